//! Reads one connection: batch after batch from its source, through its rules, into the log with the cursor.
//!
//! Supervised by the tenant's `connectors` tree, permanent. A restart loses the batch in hand, which is read again from
//! the stored cursor; nothing else is held. Its queue is bounded by design: nudges coalesce, and the batches it takes
//! ride on credits. It pauses by itself while the views lag too far behind the log.
//!
//! In: `Wake` (look for what is to do), `Sync` (a task asks), `Next` (to itself: the next batch), `Settled` (the views
//! have caught up). Out: rows in the log, facts on the bus, nudges to materializer, repairer and task runner.

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::bus::Fact;
use autonomos_runtime::canonical::record::RawBatch;
use autonomos_runtime::ids::{ConnectionId, TaskId};
use autonomos_runtime::store::{Connection, ConnectionState};
use autonomos_runtime::supervision::{Actor, ActorRef, Address, Alarm, Backoff, Failure, Seat, Wake, task};
use autonomos_runtime::{Error, Kind, Result};
use serde_json::json;

use super::bookkeeping::{self, idle, switched_off};
use super::catalog;
use super::commit::{Stored, commit};
use super::intake::{Held, Intake, Outcome, Prepared};
use super::reading::Run;
use super::replaying;
use super::schedule::Schedule;
use super::source::{Source, StreamInfo};
use super::stock;
use super::stream::{self, Opened};
use crate::flags::Flag;
use crate::task::ending;
use crate::task::stop::{STOPPED, stopped};
use crate::tenant::Desk;

/// How long one wait for a batch may hold the mailbox: what a pause or cancel waits at most.
const POLL: Duration = Duration::from_millis(200);
/// Log entries that the views may be behind before reading pauses.
const MAX_LAG: i64 = 64;

/// What it needs to start.
#[derive(Clone, Debug)]
pub struct Args {
    /// From the kit.
    pub seat: Seat,
    /// The tenant's.
    pub desk: Arc<Desk>,
    /// Which connection it reads.
    pub connection: ConnectionId,
}

/// See the module.
#[derive(Debug)]
pub enum Msg {
    // from outside
    /// A task asks for a sync.
    Sync(TaskId),
    /// A task asks to try refused rows again.
    Replay(TaskId),
    // from siblings and from itself
    /// There may be something to do.
    Wake(Wake),
    /// Take the next batch of this run.
    Next(u64),
    /// The views reflect this run.
    Settled(u64),
    /// It is time to look at the source again.
    Due,
}

impl From<Wake> for Msg {
    fn from(wake: Wake) -> Self {
        Self::Wake(wake)
    }
}

/// What it holds; all of it can be made again from rows.
pub struct State {
    seat: Seat,
    desk: Arc<Desk>,
    id: ConnectionId,
    source: Option<Arc<dyn Source>>,
    /// Version of the connection that `source` and `schedule` were made from.
    version: i64,
    schedule: Schedule,
    run: Option<Run>,
    runs: u64,
    failures: u32,
    alarm: Alarm,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("id", &self.id).field("run", &self.run).finish_non_exhaustive()
    }
}

/// The actor.
#[derive(Clone, Copy, Debug)]
pub struct Connector;

impl Actor for Connector {
    type Msg = Msg;
    type State = State;
    type Arguments = Args;

    async fn pre_start(&self, myself: ActorRef<Msg>, args: Args) -> Result<State, Failure> {
        args.seat.wake(&myself);
        Ok(State {
            seat: args.seat,
            desk: args.desk,
            id: args.connection,
            source: None,
            version: -1,
            schedule: Schedule::default(),
            run: None,
            runs: 0,
            failures: 0,
            alarm: Alarm::new(),
        })
    }

    async fn handle(&self, myself: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        let done = match message {
            Msg::Wake(wake) => {
                wake.begin();
                state.on_wake(&myself).await
            }
            Msg::Sync(task) => state.on_sync(&myself, Some(task)).await,
            Msg::Replay(task) => state.on_replay(task).await,
            Msg::Next(run) => state.on_next(&myself, run).await,
            Msg::Settled(run) => state.on_settled(&myself, run).await,
            Msg::Due => state.on_due(&myself).await,
        };
        match done {
            Ok(()) => Ok(()),
            Err(error) => state.on_error(&myself, error).await,
        }
    }
}

impl State {
    /// Finds out what there is to do: the connection may have been paused, edited, or have a task that waits.
    async fn on_wake(&mut self, myself: &ActorRef<Msg>) -> Result<()> {
        let mut tx = self.desk.parts.store.read(&self.desk.scope).await?;
        let connection = tx.connection(self.id).await?;
        let running = tx.running_tasks().await?;
        let waiting = running.into_iter().find(|task| task.kind == "sync" && task.connection_id == Some(self.id));
        drop(tx);
        self.refresh(&connection).await?;
        if matches!(connection.state, ConnectionState::Paused | ConnectionState::Quarantined) {
            self.alarm.clear();
            return self.abandon(waiting.map(|t| t.id), idle(&connection)).await;
        }
        match (&self.run, waiting) {
            (Some(run), _) if run.stop.is_asked() => Err(stopped()),
            // It waits for the scheduled one to end.
            (Some(run), Some(task)) if run.task.is_none() && task.cancel_requested => {
                ending::end(&self.desk, task.id, "sync", Err(stopped())).await
            }
            (Some(run), Some(task)) if run.task.is_none() => {
                // A scheduled run is under way; the task gets its own after it, so that it sees everything before it.
                tracing::debug!(task = %task.id, "a sync waits for the scheduled one to end");
                Ok(())
            }
            (None, Some(task)) => self.on_sync(myself, Some(task.id)).await,
            (None, None) => {
                self.set_alarm(myself, connection.state);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn on_due(&mut self, myself: &ActorRef<Msg>) -> Result<()> {
        if self.run.is_some() {
            return Ok(());
        }
        let mut tx = self.desk.parts.store.read(&self.desk.scope).await?;
        let streams = tx.streams(self.id).await?;
        let reads = Flag::AamAsSource.is_on(tx.as_mut()).await?;
        drop(tx);
        if !reads {
            self.set_alarm(myself, ConnectionState::Active);
            return Ok(());
        }
        let cursors = streams.into_iter().filter_map(|s| Some((s.name, s.cursor?))).collect();
        if self.source()?.has_news(&self.desk.scope, &cursors).await? {
            return self.on_sync(myself, None).await;
        }
        self.set_alarm(myself, ConnectionState::Active);
        Ok(())
    }

    /// Begins a sync.
    async fn on_sync(&mut self, myself: &ActorRef<Msg>, task: Option<TaskId>) -> Result<()> {
        if self.run.is_some() {
            // It is found again when this one ends.
            return Ok(());
        }
        let mut tx = self.desk.parts.store.begin(&self.desk.scope).await?;
        let connection = tx.connection(self.id).await?;
        if matches!(connection.state, ConnectionState::Paused | ConnectionState::Quarantined) {
            drop(tx);
            return self.abandon(task, idle(&connection)).await;
        }
        if !Flag::AamAsSource.is_on(tx.as_mut()).await? {
            drop(tx);
            self.refresh(&connection).await?;
            self.set_alarm(myself, ConnectionState::Active);
            return self.abandon(task, switched_off()).await;
        }
        tx.set_connection_state(self.id, ConnectionState::Syncing, None).await?;
        tx.save().await?;
        self.alarm.clear();
        self.refresh(&connection).await?;
        self.runs += 1;
        let began = self.desk.parts.ambient().now();
        // A run without streams stands in until discovery answers, so that an error finds its task.
        let stop = task.map(|task| self.desk.stops.of(task)).unwrap_or_default();
        self.run = Some(Run::new(task, stop.clone(), self.runs, Vec::new(), began));
        self.desk.publish(Fact::connector_state(self.id, "syncing"));
        let source = self.source()?;
        let streams = stop.or(source.discover(&self.desk.scope)).await?;
        let undecided = stock::take(&self.desk, &connection, &streams).await?;
        let warnings: Vec<String> = streams.iter().flat_map(|s| s.warnings.clone()).collect();
        let mut run = Run::new(task, stop, self.runs, streams, began);
        run.warnings = warnings;
        self.run = Some(run);
        if undecided {
            self.next_once_decided(myself);
            return Ok(());
        }
        self.next(myself)
    }

    /// Takes the next batch, or opens the next stream, or ends the run.
    async fn on_next(&mut self, myself: &ActorRef<Msg>, number: u64) -> Result<()> {
        let Some(run) = self.run.as_mut().filter(|run| run.number == number && run.settling.is_none()) else {
            return Ok(());
        };
        run.stop.check()?;
        let Some(reading) = run.reading.as_mut() else {
            let Some(info) = run.queue.pop_front() else {
                self.settle(myself);
                return Ok(());
            };
            self.open(info).await?;
            return self.next(myself);
        };
        let behind = run.last_seq - self.desk.position();
        if behind > MAX_LAG {
            // The views must catch up before more is read: what is in memory and on disk stays bounded.
            let (desk, at) = (self.desk.clone(), run.last_seq - MAX_LAG / 2);
            let (myself, run_number) = (myself.clone(), number);
            reading.waiting_since = self.desk.parts.ambient().elapsed();
            run.holding = Some(task(async move {
                desk.until_folded(at).await;
                myself.cast(Msg::Next(run_number)).ok();
            }));
            return Ok(());
        }
        let permit = run.stop.or(self.desk.parts.batches.take(&self.desk.scope, 1)).await?;
        let Ok(next) = tokio::time::timeout(POLL, reading.batches.next()).await else {
            let waited = self.desk.parts.ambient().elapsed().saturating_sub(reading.waiting_since);
            if waited > Duration::from_secs(self.desk.parts.config.connector.call_seconds) {
                return Err(Error::unavailable("source.no_progress", "The source sent nothing within its deadline.")
                    .remedy("Try again; if it stays, check that the source answers."));
            }
            return self.next(myself);
        };
        let Some(batch) = next else {
            self.close_stream().await?;
            return self.next(myself);
        };
        let undecided = self.take(batch?).await?;
        drop(permit);
        self.show_progress().await?;
        if undecided {
            self.next_once_decided(myself);
            return Ok(());
        }
        self.next(myself)
    }

    /// The views reflect the whole run: now it is done, for whoever asked.
    async fn on_settled(&mut self, myself: &ActorRef<Msg>, number: u64) -> Result<()> {
        let Some(run) = self.run.as_mut().filter(|run| run.number == number) else { return Ok(()) };
        let Some(state) = bookkeeping::done(&self.desk, self.id, run).await? else {
            run.queue = std::mem::take(&mut run.capped).into();
            run.settling = None;
            return self.next(myself);
        };
        self.run = None;
        self.failures = 0;
        self.seat.recovered();
        self.set_alarm(myself, state);
        self.seat.wake(myself);
        Ok(())
    }

    /// Refused rows through the rules in force now. What passes is in the log with the dead letters settled.
    async fn on_replay(&mut self, task: TaskId) -> Result<()> {
        let stop = self.desk.stops.of(task);
        let mut replayed = stop.or(replaying::replay(&self.desk, self.id, task)).await;
        // Also what was taken before an error is in the log.
        self.desk.materializer().wake();
        if let Ok(done) = replayed {
            let folded = async {
                self.desk.until_folded(done.position).await;
                Ok(done)
            };
            replayed = stop.or(folded).await;
        }
        let result =
            replayed.map(|done| json!({"replayed": done.taken, "refused": done.refused, "position": done.position}));
        ending::end(&self.desk, task, "replay", result).await
    }

    /// An error ends the run: what can pass is tried again later, what cannot is shown; a panic is the supervisor's.
    async fn on_error(&mut self, myself: &ActorRef<Msg>, error: Error) -> Result<(), Failure> {
        if error.kind == Kind::NotFound && error.code.starts_with("connection.") {
            // Deleted under our feet; the supervisor is about to stop us.
            self.run = None;
            return Ok(());
        }
        if error.code == STOPPED {
            return Ok(self.stop_here(myself).await?);
        }
        tracing::warn!(connection = %self.id, error = error.chain(), "a sync failed");
        let run = self.run.take();
        if error.kind == Kind::Fenced || error.code == "source.panicked" {
            return Err(error.into());
        }
        self.seat.error(&error);
        self.failures += 1;
        let longest = Duration::from_secs(self.desk.parts.config.connector.backoff_seconds);
        let pause =
            Backoff::new(Duration::from_millis(200), longest).wait(self.failures, self.desk.parts.ambient().fraction());
        let (task, began) = run.map(|r| (r.task, r.began)).unzip();
        if let Err(second) = bookkeeping::failed(&self.desk, self.id, task.flatten(), began, &error, pause).await {
            tracing::warn!(connection = %self.id, error = second.chain(), "the failure could not be recorded");
        }
        if error.retryable() || self.schedule.every.is_some() {
            self.alarm.set(myself, pause, || Msg::Due);
        }
        Ok(())
    }

    // ---- steps

    fn next(&self, myself: &ActorRef<Msg>) -> Result<()> {
        if let Some(run) = &self.run {
            myself
                .cast(Msg::Next(run.number))
                .map_err(|e| Error::internal("connector.gone", "The connector ends.").source(e.to_string()))?;
        }
        Ok(())
    }

    /// The next step, once the repairer has looked at what was detected. Truth is in rows: if it cannot be asked now, what
    /// it did not decide is not read.
    fn next_once_decided(&mut self, myself: &ActorRef<Msg>) {
        if let Some(run) = self.run.as_mut() {
            let (desk, number, myself) = (self.desk.clone(), run.number, myself.clone());
            run.holding = Some(task(async move {
                if let Err(error) = desk.repairer().decided().await {
                    tracing::warn!(error = error.chain(), "drifts are not decided yet");
                }
                myself.cast(Msg::Next(number)).ok();
            }));
        }
    }

    /// Makes the source anew when the connection was edited.
    async fn refresh(&mut self, connection: &Connection) -> Result<()> {
        if self.version == connection.version && self.source.is_some() {
            return Ok(());
        }
        self.source = None;
        self.schedule = Schedule::of(connection, &self.desk.parts.config.connector);
        self.source = Some(catalog::open(&self.desk.parts, &self.desk.scope, connection).await?);
        self.version = connection.version;
        Ok(())
    }

    fn source(&self) -> Result<Arc<dyn Source>> {
        self.source.clone().ok_or_else(|| Error::unavailable("connector.no_source", "The source is not open yet."))
    }

    fn set_alarm(&mut self, myself: &ActorRef<Msg>, state: ConnectionState) {
        if let Some(every) = self.schedule.every
            && state != ConnectionState::Paused
        {
            self.alarm.set(myself, every, || Msg::Due);
        }
    }

    /// Opens a stream, or says why it is not read.
    async fn open(&mut self, info: StreamInfo) -> Result<()> {
        let source = self.source()?;
        let Some(run) = self.run.as_mut() else { return Ok(()) };
        let opened = run.stop.or(stream::open(&self.desk, source.as_ref(), self.id, info)).await?;
        match opened {
            Opened::Reading(reading) => run.reading = Some(*reading),
            Opened::PassedBy(why) => run.warnings.extend(why),
            Opened::Capped(info) => run.cap(*info, self.desk.parts.config.connector.safe_mode_rows),
        }
        Ok(())
    }

    /// One batch into the log; says whether its stream waits for the repairer.
    async fn take(&mut self, raw: RawBatch) -> Result<bool> {
        let began = self.desk.parts.ambient().elapsed();
        let rows_in = raw.columns.num_rows() as u64 + raw.rejects.len() as u64;
        let Some(reading) = self.run.as_mut().and_then(|run| run.reading.as_mut()) else { return Ok(false) };
        let Some(mut intake) = reading.intake.take() else { return Ok(false) };
        let (intake, prepared) = tokio::task::spawn_blocking(move || {
            let prepared = intake.prepare(raw);
            (intake, prepared)
        })
        .await
        .map_err(|e| Error::internal("source.panicked", "A batch could not be prepared.").source(e))?;
        match prepared? {
            Outcome::Ready(prepared) => self.keep(intake, *prepared, rows_in, began).await.map(|()| false),
            Outcome::Held(held) => self.hold(*held).await,
        }
    }

    /// A batch that is ready: into the log, counted, told, and whoever goes on from there is woken.
    async fn keep(&mut self, intake: Intake, batch: Prepared, rows_in: u64, began: Duration) -> Result<()> {
        let (stream, entity, version) = (intake.stream.clone(), intake.mapping.entity.clone(), intake.mapping.version);
        let (rows, rejected, stop) = (batch.rows, batch.rejects.len() as u64, batch.stop.clone());
        let Stored { seq, adopted } = commit(&self.desk, self.id, &intake, batch).await?;
        let (desk, now) = (&self.desk, self.desk.parts.ambient().elapsed());
        let Some(run) = self.run.as_mut() else { return Ok(()) };
        run.rows += rows;
        run.rejected += rejected;
        run.last_seq = run.last_seq.max(seq);
        if let Some(reading) = run.reading.as_mut() {
            let intake = reading.intake.insert(intake);
            if let Some(mapping) = adopted {
                intake.adopt(mapping);
            }
            reading.waiting_since = now;
            reading.rejected += rejected;
            reading.seen += rows_in;
        }
        let ms = now.saturating_sub(began).as_millis() as u64;
        desk.publish(Fact::fetched(self.id, &stream, rows_in, ms));
        desk.publish(Fact::normalized(self.id, &stream, &entity, rows, rejected, version, ms));
        if rejected > 0 {
            desk.publish(Fact::quarantined(self.id, &stream, rejected, "rows that could not be taken"));
        }
        desk.publish(Fact::stored(self.id, &stream, &entity, rows, seq));
        self.seat.progress(seq as u64, 0);
        desk.materializer().wake();
        if let Some(reading) = run.reading.as_ref() {
            reading.guard_against_a_changed_source(&desk.parts.config.connector)?;
        }
        if let Some(why) = stop {
            // The batch is in; nothing after it is, until somebody decides.
            run.reading = None;
            run.warnings.push(format!("{stream} is not read on: {why}."));
        }
        Ok(())
    }

    /// A batch that cannot be taken now; says whether there is something to decide about its stream, which is looked at
    /// once more then: a renamed key is healed by that time.
    async fn hold(&mut self, held: Held) -> Result<bool> {
        let Some(reading) = self.run.as_mut().and_then(|run| run.reading.take()) else { return Ok(false) };
        let why = stream::hold(&self.desk, self.id, &reading.info.name, held).await?;
        let undecided = why.is_none();
        if let Some(run) = self.run.as_mut() {
            run.warnings.extend(why);
            if undecided {
                run.queue.push_front(reading.info);
            }
        }
        Ok(undecided)
    }

    /// A stream is read to its end, or as far as Safe Mode goes.
    async fn close_stream(&mut self) -> Result<()> {
        let Some(run) = self.run.as_mut() else { return Ok(()) };
        let Some(reading) = run.reading.take() else { return Ok(()) };
        if reading.is_capped() {
            run.cap(reading.info, self.desk.parts.config.connector.safe_mode_rows);
            return Ok(());
        }
        stream::close(&self.desk, self.id, reading).await?;
        run.streams += 1;
        Ok(())
    }

    /// Everything is read; the run is done when the views show it.
    fn settle(&mut self, myself: &ActorRef<Msg>) {
        if let Some(run) = self.run.as_mut() {
            let (desk, position, number, myself) = (self.desk.clone(), run.last_seq, run.number, myself.clone());
            run.settling = Some(task(async move {
                desk.until_folded(position).await;
                myself.cast(Msg::Settled(number)).ok();
            }));
        }
    }

    /// Says how far the run is; an error if somebody wants it to end where it is.
    async fn show_progress(&self) -> Result<()> {
        let Some(run) = self.run.as_ref() else { return Ok(()) };
        if bookkeeping::progress(&self.desk, self.id, run).await? { Err(stopped()) } else { Ok(()) }
    }

    /// The run ends where it is; the cursor is good.
    async fn stop_here(&mut self, myself: &ActorRef<Msg>) -> Result<()> {
        let Some(run) = self.run.take() else { return Ok(()) };
        bookkeeping::stopped(&self.desk, self.id, &run).await?;
        // The last batch may be in the log and nobody told of it.
        self.desk.materializer().wake();
        self.seat.wake(myself);
        Ok(())
    }

    /// Nothing is read; whoever asked for it is told why.
    async fn abandon(&mut self, task: Option<TaskId>, why: Error) -> Result<()> {
        match self.run.take().and_then(|run| run.task).or(task) {
            Some(id) => ending::end(&self.desk, id, "sync", Err(why)).await,
            None => Ok(()),
        }
    }
}

/// What others hold.
#[derive(Clone, Debug)]
pub struct Handle(Address<Msg>);

impl Handle {
    /// For whoever knows where it sits.
    pub const fn new(address: Address<Msg>) -> Self {
        Self(address)
    }

    /// A task asks for a sync.
    pub fn sync(&self, task: TaskId) -> Result<()> {
        self.0.cast(Msg::Sync(task))
    }

    /// A task asks to try refused rows again.
    pub fn replay(&self, task: TaskId) -> Result<()> {
        self.0.cast(Msg::Replay(task))
    }

    /// Something about the connection changed.
    pub fn wake(&self) {
        self.0.wake();
    }
}
