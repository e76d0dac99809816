//! Keeps the tenant's log small: finds streams with many small batches and writes those anew as few large ones, a short
//! step at a time.
//!
//! Supervised by the tenant's tree, permanent. It holds what it found out about each stream, which a restart finds out
//! again, and the step at hand, which is written in one transaction fenced by the epoch, or never was. An error of its own
//! is shown and tried again later: a log that stays large is no reason to stop anybody. In: nudges from the
//! materializer when the views have moved. It is quiet while the log is, and after each step it rests as long as the step
//! took, so that whoever commits finds the writer free at least half of the time.
//!
//! Steps touch only what the views reflect, and are written while nothing is being folded, so no fold ever sees half of
//! one; see [`super::compaction`] for what they do and why nobody can tell.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{DriftFilter, LogEntry, Page, ReadLimit, Tx};
use autonomos_runtime::supervision::{Actor, ActorRef, Address, Alarm, Backoff, Failure, Seat, Wake};
use autonomos_runtime::{Error, Kind, Result, Timestamp};
use serde_json::json;

use super::compaction::{self, Limits, Moment, Plan, Rewritten, Step, Surroundings};
use crate::metrics;
use crate::tenant::{Desk, Post};

/// Outlines read at once.
const OUTLINES: u32 = 4096;
/// Streams looked at in one message.
const STREAMS: usize = 64;
/// The shortest rest after a step.
const REST: Duration = Duration::from_millis(20);
/// How long a step waits for a fold that is under way.
const PATIENCE: Duration = Duration::from_secs(2);
/// Pauses after errors.
const AGAIN: Backoff = Backoff::new(Duration::from_secs(2), Duration::from_mins(10));

/// See the module.
#[derive(Debug)]
pub enum Msg {
    /// The views have moved.
    Wake(Wake),
    /// Look for something to do.
    Look,
}

impl From<Wake> for Msg {
    fn from(wake: Wake) -> Self {
        Self::Wake(wake)
    }
}

/// A stream by connection and name.
type Stream = (ConnectionId, String);

/// What was found out about a stream.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// Where the views were then.
    position: i64,
    /// Up to here nothing is to be gained.
    settled: i64,
    /// When entries that were too young then are not.
    due: Option<Timestamp>,
}

/// What it holds.
pub struct State {
    seat: Seat,
    desk: Arc<Desk>,
    limits: Limits,
    known: HashMap<Stream, Known>,
    /// Streams still to look at in this round.
    queue: VecDeque<Stream>,
    alarm: Alarm,
    /// When that goes off, on the monotonic clock.
    looks_at: Option<Duration>,
    failures: u32,
    rounds: u64,
    steps: u64,
    entries: u64,
    bytes: i64,
    rows: i64,
    /// For how long a step kept folds and writers waiting at most.
    longest: Duration,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("steps", &self.steps).finish_non_exhaustive()
    }
}

/// The actor.
#[derive(Clone, Copy, Debug)]
pub struct Compactor;

impl Actor for Compactor {
    type Msg = Msg;
    type State = State;
    type Arguments = Post;

    async fn pre_start(&self, myself: ActorRef<Msg>, post: Post) -> Result<State, Failure> {
        post.seat.wake(&myself);
        Ok(State {
            limits: Limits::of(&post.desk.parts.config.compaction),
            seat: post.seat,
            desk: post.desk,
            known: HashMap::new(),
            queue: VecDeque::new(),
            alarm: Alarm::new(),
            looks_at: None,
            failures: 0,
            rounds: 0,
            steps: 0,
            entries: 0,
            bytes: 0,
            rows: 0,
            longest: Duration::ZERO,
        })
    }

    async fn handle(&self, myself: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        match message {
            Msg::Wake(wake) => {
                wake.begin();
                state.on_wake(&myself);
                Ok(())
            }
            Msg::Look => state.on_look(&myself).await.or_else(|error| state.survive(&myself, error)),
        }
    }
}

impl State {
    /// There will be a look before long.
    fn on_wake(&mut self, myself: &ActorRef<Msg>) {
        let every = Duration::from_secs(self.desk.parts.config.compaction.every_seconds);
        let soon = self.desk.parts.ambient().elapsed() + every;
        if every > Duration::ZERO && self.looks_at.is_none_or(|at| at > soon) {
            self.look_in(myself, every);
        }
    }

    /// The next step of the round, or the end of it.
    async fn on_look(&mut self, myself: &ActorRef<Msg>) -> Result<()> {
        self.looks_at = None;
        let began = self.desk.parts.ambient().elapsed();
        if self.moment().position == 0 {
            // The materializer has not opened the views yet, and tells when it has.
            return Ok(());
        }
        if self.queue.is_empty() {
            self.begin_round().await?;
        }
        for _ in 0..STREAMS {
            let Some(stream) = self.queue.front().cloned() else { break };
            match self.next_step(&stream).await? {
                Some(step) => {
                    self.carry_out(&stream, &step).await?;
                    self.rest(myself, began);
                    return Ok(());
                }
                None => drop(self.queue.pop_front()),
            }
        }
        if !self.queue.is_empty() {
            self.rest(myself, began);
        } else if let Some((stream, step)) = self.next_to_prune().await? {
            self.carry_out(&stream, &step).await?;
            self.rest(myself, began);
        } else {
            self.end_round(myself).await?;
        }
        Ok(())
    }

    /// Any error but the loss of ownership is waited out.
    fn survive(&mut self, myself: &ActorRef<Msg>, error: Error) -> Result<(), Failure> {
        if error.kind == Kind::Fenced {
            return Err(error.into());
        }
        tracing::warn!(error = error.chain(), "the log could not be compacted");
        self.seat.error(&error);
        // The stream at fault waits for the next round.
        self.queue.pop_front();
        let pause = AGAIN.wait(self.failures, self.desk.parts.ambient().fraction());
        self.failures += 1;
        self.look_in(myself, pause);
        Ok(())
    }

    // ---- steps

    fn look_in(&mut self, myself: &ActorRef<Msg>, pause: Duration) {
        self.alarm.set(myself, pause, || Msg::Look);
        self.looks_at = Some(self.desk.parts.ambient().elapsed() + pause);
    }

    fn rest(&mut self, myself: &ActorRef<Msg>, began: Duration) {
        let took = self.desk.parts.ambient().elapsed().saturating_sub(began);
        self.look_in(myself, took.max(REST));
    }

    fn moment(&self) -> Moment {
        Moment { position: self.desk.parts.dcl.seen(&self.desk.scope), now: self.desk.parts.ambient().now() }
    }

    /// Streams that have grown since they were last looked at, or whose youngest entries are old enough now.
    async fn begin_round(&mut self) -> Result<()> {
        let now = self.desk.parts.ambient().now();
        let mut tx = self.desk.parts.store.read(&self.desk.scope).await?;
        let streams = tx.all_streams().await?;
        drop(tx);
        let mut known = HashMap::with_capacity(streams.len());
        for stream in streams {
            let name: Stream = (stream.connection_id, stream.name);
            let was = self.known.get(&name).copied().unwrap_or_default();
            if stream.last_seq.is_some_and(|last| last > was.position) || was.due.is_some_and(|due| due <= now) {
                self.queue.push_back(name.clone());
            }
            known.insert(name, was);
        }
        self.known = known;
        Ok(())
    }

    async fn next_step(&mut self, stream: &Stream) -> Result<Option<Step>> {
        let moment = self.moment();
        let mut known = self.known.get(stream).copied().unwrap_or_default();
        let mut tx = self.desk.parts.store.read(&self.desk.scope).await?;
        loop {
            let outlines = tx.outline(stream.0, &stream.1, known.settled, OUTLINES).await?;
            let Plan { step, settled, due } = compaction::plan(&outlines, known.settled, moment, &self.limits);
            let more = outlines.len() >= OUTLINES as usize && settled > known.settled;
            (known.settled, known.due) = (settled, due);
            if step.is_some() || !more {
                // What the views do not reflect yet is looked at when they do.
                known.position = moment.position;
                self.known.insert(stream.clone(), known);
                return Ok(step);
            }
        }
    }

    /// The oldest pack in which nobody looked for superseded batches, with its neighbours, if its time has come.
    async fn next_to_prune(&mut self) -> Result<Option<(Stream, Step)>> {
        let moment = self.moment();
        let mut tx = self.desk.parts.store.read(&self.desk.scope).await?;
        let Some(first) = tx.first_unpruned().await?.filter(|p| p.at + self.limits.superseded <= moment.now) else {
            return Ok(None);
        };
        let outlines = tx.outline(first.connection, &first.stream, first.seq - 1, OUTLINES).await?;
        let step = compaction::prune(&outlines, moment, &self.limits);
        Ok(step.map(|step| ((first.connection, first.stream), step)))
    }

    /// Reads a step's entries, writes them anew beside the runtime's threads, and puts them into the log.
    async fn carry_out(&mut self, stream: &Stream, step: &Step) -> Result<()> {
        let mut tx = self.desk.parts.store.read(&self.desk.scope).await?;
        let entries = entries_of(tx.as_mut(), stream, step).await?;
        let around = surroundings(tx.as_mut(), stream, step, &entries).await?;
        drop(tx);
        let work = step.clone();
        let rewritten = tokio::task::spawn_blocking(move || compaction::rewrite(&entries, &work, &around)).await;
        let rewritten = rewritten
            .map_err(|e| Error::internal("compaction.failed", "Entries of the log could not be packed.").source(e))
            .and_then(|result| result);
        let last = step.seqs.last().copied().unwrap_or_default();
        match rewritten {
            Ok(Some(rewritten)) => self.write(stream, step, last, rewritten).await,
            // Nothing to gain, or damaged: these are left as they are.
            Ok(None) => {
                self.known.entry(stream.clone()).or_default().settled = last;
                Ok(())
            }
            Err(error) => {
                self.known.entry(stream.clone()).or_default().settled = last;
                Err(error)
            }
        }
    }

    async fn write(&mut self, stream: &Stream, step: &Step, last: i64, done: Rewritten) -> Result<()> {
        let desk = &self.desk;
        let Rewritten { replacements, emptied, saved, dropped } = done;
        let written = desk.parts.dcl.at_rest(&desk.scope, PATIENCE, |position| async move {
            if position < last {
                return Err(Error::busy("compaction.views_behind", "The views are being built anew."));
            }
            let mut tx = desk.parts.store.begin(&desk.scope).await?;
            let began = desk.parts.ambient().elapsed();
            tx.compact_log(desk.epoch, replacements).await?;
            tx.save().await?;
            Ok(desk.parts.ambient().elapsed().saturating_sub(began))
        });
        self.longest = self.longest.max(written.await?);
        if !step.merge {
            // What is smaller now may be merged with what stands before it.
            self.known.insert(stream.clone(), Known::default());
        }
        self.steps += 1;
        self.entries += emptied;
        self.bytes += saved;
        self.rows += dropped;
        self.failures = 0;
        metrics::log_compacted(emptied, saved.max(0) as u64, dropped as u64);
        self.seat.recovered();
        self.show();
        Ok(())
    }

    /// Nothing is left; what is too young now is looked at when it is not.
    async fn end_round(&mut self, myself: &ActorRef<Msg>) -> Result<()> {
        self.rounds += 1;
        self.show();
        let mut tx = self.desk.parts.store.read(&self.desk.scope).await?;
        let unpruned = tx.first_unpruned().await?.map(|p| p.at + self.limits.superseded);
        let due = self.known.values().filter_map(|k| k.due).chain(unpruned).min();
        if let Some(due) = due {
            let left = (due - self.desk.parts.ambient().now()).to_std().unwrap_or_default();
            let every = Duration::from_secs(self.desk.parts.config.compaction.every_seconds);
            self.look_in(myself, left.max(every));
        }
        Ok(())
    }

    fn show(&self) {
        self.seat.progress(self.steps, self.queue.len() as u64);
        self.seat.extra(json!({
            "rounds": self.rounds, "steps": self.steps, "entries_compacted": self.entries, "bytes_saved": self.bytes,
            "rows_dropped": self.rows, "longest_write_ms": self.longest.as_millis() as u64,
        }));
    }
}

/// The entries of a step, as they are now.
async fn entries_of(tx: &mut dyn Tx, (connection, name): &Stream, step: &Step) -> Result<Vec<LogEntry>> {
    let (Some(first), Some(last)) = (step.seqs.first(), step.seqs.last()) else { return Ok(Vec::new()) };
    let (mut found, mut after) = (Vec::with_capacity(step.seqs.len()), first - 1);
    while after < *last {
        let page = tx.read_stream(*connection, name, after, ReadLimit::default()).await?;
        let Some(end) = page.last() else { break };
        after = end.seq;
        found.extend(page.into_iter().filter(|e| step.seqs.binary_search(&e.seq).is_ok() && !e.payload.is_empty()));
    }
    if found.iter().map(|e| e.seq).eq(step.seqs.iter().copied()) {
        return Ok(found);
    }
    Err(Error::stale("log.changed", "Entries of the log were changed meanwhile."))
}

/// The rules and drifts of a stream, as far as a step needs them.
async fn surroundings(
    tx: &mut dyn Tx,
    (connection, name): &Stream,
    step: &Step,
    entries: &[LogEntry],
) -> Result<Surroundings> {
    if !step.prune {
        return Ok(Surroundings::default());
    }
    let mappings = tx.mapping_entries(Some((*connection, name))).await?;
    let filter = DriftFilter { connection: Some(*connection), stream: Some(name.clone()), ..DriftFilter::default() };
    let (mut drifts, mut page) = (Vec::new(), Page::first(1000));
    loop {
        let found = tx.drifts(&filter, &page).await?;
        drifts.extend(found.items.iter().map(|d| d.detected_seq));
        match found.next_cursor {
            Some(cursor) => page = Page::asked(Some(1000), Some(&cursor))?,
            None => break,
        }
    }
    Surroundings::of(&mappings, &drifts, entries)
}

/// What others hold.
#[derive(Clone, Debug)]
pub struct Handle(Address<Msg>);

impl Handle {
    /// For whoever knows where it sits.
    pub const fn new(address: Address<Msg>) -> Self {
        Self(address)
    }

    /// The views have moved.
    pub fn wake(&self) {
        self.0.wake();
    }
}
