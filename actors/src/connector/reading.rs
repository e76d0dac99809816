//! One sync while it goes on: the streams still to read, the one being read, and what came of it so far.

use std::collections::VecDeque;
use std::time::Duration;

use autonomos_runtime::ids::TaskId;
use autonomos_runtime::supervision::Task;
use autonomos_runtime::{Error, Result, Timestamp, config};

use super::intake::Intake;
use super::source::{BatchStream, StreamInfo};
use crate::task::stop::Stop;

/// See the module. Dropping it cancels the read at its source.
#[derive(Debug)]
pub struct Run {
    /// The task that asked for it; none: the schedule did.
    pub task: Option<TaskId>,
    /// Hears whether that task is to stop.
    pub stop: Stop,
    /// Tells this run's messages from those of one before.
    pub number: u64,
    /// Streams still to read.
    pub queue: VecDeque<StreamInfo>,
    /// The stream being read.
    pub reading: Option<Reading>,
    /// When it began.
    pub began: Timestamp,
    /// Rows taken.
    pub rows: u64,
    /// Rows refused.
    pub rejected: u64,
    /// Streams read to their end.
    pub streams: u64,
    /// Log position of its last batch.
    pub last_seq: i64,
    /// What people should know.
    pub warnings: Vec<String>,
    /// Streams of which Safe Mode read no more.
    pub capped: Vec<StreamInfo>,
    /// Waits for the views, once all is read.
    pub settling: Option<Task<()>>,
    /// Waits for the views to come closer, or for drifts to be decided.
    pub holding: Option<Task<()>>,
}

/// One stream being read.
#[derive(Debug)]
pub struct Reading {
    /// What the source said of it.
    pub info: StreamInfo,
    /// What happens to its batches; none while one is being prepared on another thread.
    pub intake: Option<Intake>,
    /// Its batches.
    pub batches: BatchStream,
    /// Since when we wait for the next one.
    pub waiting_since: Duration,
    /// Rows refused of this stream in this run.
    pub rejected: u64,
    /// Rows seen of this stream in this run.
    pub seen: u64,
    /// Rows that Safe Mode lets this read have; none: as many as there are.
    pub most: Option<u64>,
}

impl Reading {
    /// Whether it ended because Safe Mode reads no more.
    pub fn is_capped(&self) -> bool {
        self.most.is_some_and(|most| self.seen >= most)
    }

    /// A source that suddenly gives mostly refused rows has changed in a way no rule covers: stop instead of emptying it
    /// into the dead letters.
    pub fn guard_against_a_changed_source(&self, config: &config::Connector) -> Result<()> {
        let share = self.rejected as f64 / self.seen.max(1) as f64;
        if self.rejected <= config.refused_rows || share <= config.refused_share {
            return Ok(());
        }
        let stream = &self.info.name;
        Err(Error::invalid(
            "connector.source_changed",
            format!(
                "{} of {} rows of stream {stream} could not be taken; it looks as if the source has changed.",
                self.rejected, self.seen
            ),
        )
        .field(stream.clone())
        .remedy("Look at the connection's dead letters and mappings, mend the mapping, then sync again."))
    }
}

impl Run {
    /// A sync of the given streams.
    pub fn new(task: Option<TaskId>, stop: Stop, number: u64, streams: Vec<StreamInfo>, began: Timestamp) -> Self {
        Self {
            task,
            stop,
            number,
            queue: streams.into(),
            reading: None,
            began,
            rows: 0,
            rejected: 0,
            streams: 0,
            last_seq: 0,
            warnings: Vec::new(),
            capped: Vec::new(),
            settling: None,
            holding: None,
        }
    }

    /// A stream of which Safe Mode reads no more than so many rows; its cursor is good.
    pub fn cap(&mut self, info: StreamInfo, most: u64) {
        self.warnings.push(format!(
            "Safe Mode: {} is read no further than {most} rows. Confirm the connection to read on.",
            info.name
        ));
        self.capped.push(info);
    }
}
