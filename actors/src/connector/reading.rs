//! One sync while it goes on: the streams still to read, the one being read, and what came of it so far.

use std::collections::VecDeque;
use std::time::Duration;

use autonomos_runtime::ids::TaskId;
use autonomos_runtime::supervision::Task;

use super::intake::Intake;
use super::source::{BatchStream, StreamInfo};

/// See the module. Dropping it cancels the read at its source.
#[derive(Debug)]
pub struct Run {
    /// The task that asked for it; none: the schedule did.
    pub task: Option<TaskId>,
    /// Tells this run's messages from those of one before.
    pub number: u64,
    /// Streams still to read.
    pub queue: VecDeque<StreamInfo>,
    /// The stream being read.
    pub reading: Option<Reading>,
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
}

impl Run {
    /// A sync of the given streams.
    pub fn new(task: Option<TaskId>, number: u64, streams: Vec<StreamInfo>) -> Self {
        Self {
            task,
            number,
            queue: streams.into(),
            reading: None,
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
}
