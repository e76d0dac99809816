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
use autonomos_runtime::canonical::record::{RawBatch, Reject};
use autonomos_runtime::ids::{ConnectionId, TaskId};
use autonomos_runtime::secrets::Purpose;
use autonomos_runtime::store::{
    BatchCommit, Committed, Connection, ConnectionState, DriftFilter, DriftState, NewDeadLetter, Page, Stream,
    StreamState, StreamUpdate, TaskFilter, TaskOutcome, TaskState,
};
use autonomos_runtime::supervision::{Actor, ActorRef, Address, Alarm, Backoff, Failure, Seat, Wake, task};
use autonomos_runtime::{Error, Kind, Result};

use super::catalog;
use super::intake::{Held, Intake, Outcome, Prepared};
use super::reading::{Reading, Run};
use super::replaying;
use super::schedule::Schedule;
use super::source::{Limits, Source, StreamInfo};
use super::stock;
use crate::flags::Flag;
use crate::mapping::adopt;
use crate::platform::limits;
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

/// Why nothing is read.
struct Idle {
    code: &'static str,
    message: std::borrow::Cow<'static, str>,
    remedy: &'static str,
}

impl Idle {
    const SWITCHED_OFF: Self = Self {
        code: "flag.off",
        message: std::borrow::Cow::Borrowed("USE_AAM_AS_SOURCE is off: nothing is read."),
        remedy: "Switch it on, then sync again.",
    };

    fn of(connection: &Connection) -> Self {
        let message = format!("The connection is {}.", connection.state.as_str()).into();
        Self { code: "connection.not_running", message, remedy: "Resume it, then sync again." }
    }
}

impl State {
    /// Finds out what there is to do: the connection may have been paused, edited, or have a task that waits.
    async fn on_wake(&mut self, myself: &ActorRef<Msg>) -> Result<()> {
        let mut tx = self.desk.parts.store.read(&self.desk.scope).await?;
        let connection = tx.connection(self.id).await?;
        let filter =
            TaskFilter { state: Some(TaskState::InProgress), kind: Some("sync".to_owned()), connection: Some(self.id) };
        let waiting = tx.tasks(&filter, &Page::first(1)).await?.items.into_iter().next();
        drop(tx);
        self.refresh(&connection).await?;
        if matches!(connection.state, ConnectionState::Paused | ConnectionState::Quarantined) {
            self.alarm.clear();
            return self.abandon(waiting.map(|t| t.id), Idle::of(&connection)).await;
        }
        match (&self.run, waiting) {
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
            return self.abandon(task, Idle::of(&connection)).await;
        }
        if !Flag::AamAsSource.is_on(tx.as_mut()).await? {
            drop(tx);
            self.refresh(&connection).await?;
            self.set_alarm(myself, ConnectionState::Active);
            return self.abandon(task, Idle::SWITCHED_OFF).await;
        }
        tx.set_connection_state(self.id, ConnectionState::Syncing, None).await?;
        tx.save().await?;
        self.alarm.clear();
        self.refresh(&connection).await?;
        self.runs += 1;
        // A run without streams stands in until discovery answers, so that an error finds its task.
        self.run = Some(Run::new(task, self.runs, Vec::new()));
        self.desk.publish(Fact::connector_state(self.id, "syncing"));
        let source = self.source()?;
        let streams = source.discover(&self.desk.scope).await?;
        let undecided = stock::take(&self.desk, &connection, &streams).await?;
        let warnings: Vec<String> = streams.iter().flat_map(|s| s.warnings.clone()).collect();
        let mut run = Run::new(task, self.runs, streams);
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
        let Some(reading) = run.reading.as_mut() else {
            return match run.queue.pop_front() {
                Some(info) => {
                    let opened = self.open(info).await?;
                    if let (Some(run), Some(opened)) = (self.run.as_mut(), opened) {
                        run.reading = Some(opened);
                    }
                    self.next(myself)
                }
                None => self.settle(myself),
            };
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
        let permit = self.desk.parts.batches.take(&self.desk.scope, 1).await?;
        let Ok(next) = tokio::time::timeout(POLL, reading.batches.next()).await else {
            let waited = self.desk.parts.ambient().elapsed().saturating_sub(reading.waiting_since);
            if waited > Duration::from_secs(self.desk.parts.config.connector.call_seconds) {
                return Err(Error::unavailable("source.no_progress", "The source sent nothing within its deadline.")
                    .remedy("Try again; if it stays, check that the source answers."));
            }
            return self.next(myself);
        };
        match next {
            Some(batch) => {
                let undecided = self.take(batch?).await?;
                drop(permit);
                if self.cancelled().await? {
                    self.stop_run().await
                } else if undecided {
                    self.next_once_decided(myself);
                    Ok(())
                } else {
                    self.next(myself)
                }
            }
            None => {
                self.close_stream().await?;
                self.next(myself)
            }
        }
    }

    /// The views reflect the whole run: now it is done, for whoever asked.
    async fn on_settled(&mut self, myself: &ActorRef<Msg>, number: u64) -> Result<()> {
        let Some(mut run) = self.run.take_if(|run| run.number == number) else { return Ok(()) };
        self.failures = 0;
        let mut tx = self.desk.parts.store.begin(&self.desk.scope).await?;
        let safe = tx.connection(self.id).await?.safe_mode;
        if !safe && !run.capped.is_empty() {
            // It was confirmed meanwhile, and whoever did that waits for this run: the rest is part of it.
            drop(tx);
            run.queue = std::mem::take(&mut run.capped).into();
            run.settling = None;
            self.run = Some(run);
            return self.next(myself);
        }
        let open = tx
            .drifts(&DriftFilter { connection: Some(self.id), ..DriftFilter::default() }, &Page::first(200))
            .await?
            .items
            .iter()
            .any(|d| matches!(d.state, DriftState::Review | DriftState::Quarantined));
        let state = if open { ConnectionState::Drifted } else { ConnectionState::Active };
        tx.set_connection_state(self.id, state, None).await?;
        if let Some(id) = run.task {
            let mut result = serde_json::json!({
                "rows": run.rows, "rejected": run.rejected, "streams": run.streams, "position": run.last_seq,
                "warnings": run.warnings,
            });
            if safe {
                let capped: Vec<&str> = run.capped.iter().map(|s| s.name.as_str()).collect();
                let most = self.desk.parts.config.connector.safe_mode_rows;
                result["safe_mode"] = serde_json::json!({"rows_a_stream": most, "capped": capped});
            }
            tx.finish_tasks(self.desk.epoch, vec![(id, TaskOutcome::Success(result))]).await?;
        }
        tx.save().await?;
        self.seat.recovered();
        self.desk.publish(
            Fact::connector_state(self.id, state.as_str()).with("rows", run.rows).with("rejected", run.rejected),
        );
        if let Some(id) = run.task {
            self.desk.publish(Fact::task_state(id, "sync", "success", 1, 1.0));
        }
        self.desk.tasks().wake();
        self.set_alarm(myself, state);
        self.seat.wake(myself);
        Ok(())
    }

    /// Refused rows through the rules in force now. What passes is in the log with the dead letters settled.
    async fn on_replay(&mut self, id: TaskId) -> Result<()> {
        let desk = self.desk.clone();
        let replayed = replaying::replay(&desk, self.id, id).await;
        // Also what was taken before an error is in the log.
        desk.materializer().wake();
        let outcome = match replayed {
            Ok(done) => {
                desk.until_folded(done.position).await;
                TaskOutcome::Success(
                    serde_json::json!({"replayed": done.taken, "refused": done.refused, "position": done.position}),
                )
            }
            Err(error) => TaskOutcome::Failed(
                serde_json::json!({"code": error.code, "message": error.message, "remedy": error.remedy}),
            ),
        };
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        tx.finish_tasks(desk.epoch, vec![(id, outcome)]).await?;
        tx.save().await?;
        desk.publish(Fact::task_state(id, "replay", "success", 1, 1.0));
        desk.tasks().wake();
        Ok(())
    }

    /// An error ends the run: what can pass is tried again later, what cannot is shown; a panic is the supervisor's.
    async fn on_error(&mut self, myself: &ActorRef<Msg>, error: Error) -> Result<(), Failure> {
        if error.kind == Kind::NotFound && error.code.starts_with("connection.") {
            // Deleted under our feet; the supervisor is about to stop us.
            self.run = None;
            return Ok(());
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
        if let Err(second) = self.record_failure(run.and_then(|r| r.task), &error, pause).await {
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

    /// Opens a stream: its row, its first rules if it has none, its batches from the cursor.
    async fn open(&mut self, info: StreamInfo) -> Result<Option<Reading>> {
        let (desk, source) = (self.desk.clone(), self.source()?);
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        let connection = tx.connection(self.id).await?;
        let stream = stock::ensure(tx.as_mut(), self.id, &info).await?;
        if matches!(stream.state, StreamState::Stopped | StreamState::Disabled | StreamState::Gone) {
            tx.save().await?;
            self.pass_by(&stream);
            return Ok(None);
        }
        let most = connection.safe_mode.then(|| left_in_safe_mode(desk.parts.config.connector.safe_mode_rows, &stream));
        if most == Some(0) {
            tx.save().await?;
            self.cap(info);
            return Ok(None);
        }
        let mapping = match tx.active_mapping(self.id, &info.name).await? {
            Some(version) => version.mapping,
            None => adopt::first_mapping(&desk, tx.as_mut(), &connection, &info).await?,
        };
        let declared = stock::declare(tx.as_mut(), &connection, &stream, &info, &mapping).await?;
        tx.save().await?;
        stock::announce(&desk, self.id, &info.name, &declared.ids, &declared.told);
        if let Some(why) = declared.stop {
            self.warn(format!("{} is not read: {why}.", info.name));
            return Ok(None);
        }
        let intake = Intake::new(desk.parts.vocabulary.clone(), &connection, &stream, &info, mapping, declared.schema);
        let limits = Limits { max_rows: most, ..Limits::of(&desk.parts.config.connector) };
        let batches = source.read(&desk.scope, &info.name, stream.cursor.clone(), &limits).await?;
        let waiting_since = desk.parts.ambient().elapsed();
        Ok(Some(Reading { info, intake: Some(intake), batches, waiting_since, rejected: 0, seen: 0, most }))
    }

    /// A stream that is not read now.
    fn pass_by(&mut self, stream: &Stream) {
        // One that is off, or that went, says nothing with every sync.
        if stream.state == StreamState::Stopped {
            let why = stream.last_error.as_deref().unwrap_or("it waits for a decision");
            self.warn(format!("{} is not read: {why}.", stream.name));
        }
    }

    /// A stream of which Safe Mode reads no more; its cursor is good.
    fn cap(&mut self, info: StreamInfo) {
        let most = self.desk.parts.config.connector.safe_mode_rows;
        self.warn(format!(
            "Safe Mode: {} is read no further than {most} rows. Confirm the connection to read on.",
            info.name
        ));
        if let Some(run) = self.run.as_mut() {
            run.capped.push(info);
        }
    }

    fn warn(&mut self, what: String) {
        if let Some(run) = self.run.as_mut() {
            run.warnings.push(what);
        }
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
        let (stream, entity, version) = (intake.stream.clone(), intake.mapping.entity.clone(), intake.mapping.version);
        let prepared = match prepared? {
            Outcome::Ready(prepared) => *prepared,
            Outcome::Held(held) => return self.hold(*held).await,
        };
        let (rows, rejected) = (prepared.rows, prepared.rejects.len() as u64);
        let stop = prepared.stop.clone();
        let seq = self.commit(&intake, prepared).await?;
        let adopted = self.newer_mapping(&intake).await?;
        let Some(run) = self.run.as_mut() else { return Ok(false) };
        run.rows += rows;
        run.rejected += rejected;
        run.last_seq = run.last_seq.max(seq);
        if let Some(reading) = run.reading.as_mut() {
            let mut intake = intake;
            if let Some(mapping) = adopted {
                intake.adopt(mapping);
            }
            reading.intake = Some(intake);
            reading.waiting_since = self.desk.parts.ambient().elapsed();
            reading.rejected += rejected;
            reading.seen += rows_in;
        }
        let ms = self.desk.parts.ambient().elapsed().saturating_sub(began).as_millis() as u64;
        self.desk.publish(Fact::fetched(self.id, &stream, rows_in, ms));
        self.desk.publish(Fact::normalized(self.id, &stream, &entity, rows, rejected, version, ms));
        if rejected > 0 {
            self.desk.publish(Fact::quarantined(self.id, &stream, rejected, "rows that could not be taken"));
        }
        self.desk.publish(Fact::stored(self.id, &stream, &entity, rows, seq));
        self.seat.progress(seq as u64, 0);
        self.desk.materializer().wake();
        self.guard_against_a_changed_source()?;
        if let Some(why) = stop {
            // The batch is in; nothing after it is, until somebody decides.
            if let Some(run) = self.run.as_mut() {
                run.reading = None;
            }
            self.warn(format!("{stream} is not read on: {why}."));
        }
        Ok(false)
    }

    /// A batch that cannot be taken under the rules in force. What changed is told, and the stream stops until the
    /// repairer or a person has an answer; the cursor stands before the batch.
    async fn hold(&mut self, held: Held) -> Result<bool> {
        let Some(reading) = self.run.as_mut().and_then(|run| run.reading.take()) else { return Ok(false) };
        let (desk, info) = (self.desk.clone(), reading.info);
        let remedy = held.why.remedy.as_deref().unwrap_or_default();
        let why = format!("{} {remedy}", held.why.message);
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        let state = Some((StreamState::Stopped, Some(why.clone())));
        let change = StreamUpdate { schema: held.schema, state, ..StreamUpdate::default() };
        tx.update_stream(self.id, &info.name, change).await?;
        let ids = match held.drifts.as_slice() {
            [] => Vec::new(),
            _ => tx.detect_drifts(self.id, &info.name, held.drifts.clone()).await?,
        };
        tx.save().await?;
        stock::announce(&desk, self.id, &info.name, &ids, &held.drifts);
        let undecided = !held.drifts.is_empty();
        match self.run.as_mut() {
            // Looked at once more: a renamed key is healed by then.
            Some(run) if undecided => run.queue.push_front(info),
            _ => self.warn(format!("{} is not read: {why}", info.name)),
        }
        Ok(undecided)
    }

    /// Rows, cursor, schema, dead letters and drifts in one transaction.
    async fn commit(&self, intake: &Intake, batch: Prepared) -> Result<i64> {
        let desk = &self.desk;
        let sealer = desk.parts.vault.of(&desk.scope).await?;
        let seal = |reject: Reject| -> Result<NewDeadLetter> {
            let purpose = Purpose::dead_letter(self.id);
            Ok(NewDeadLetter {
                origin: reject.origin.as_deref().map(str::to_owned),
                row: reject.row as i64,
                field: reject.field,
                code: reject.code.into_owned(),
                reason: reject.reason,
                raw: sealer.seal(&purpose, reject.raw.as_bytes())?,
            })
        };
        let dead_letters = batch.rejects.into_iter().map(seal).collect::<Result<Vec<_>>>()?;
        let drifts = batch.drifts.clone();
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        limits::rows(tx.as_mut(), &desk.parts.config, batch.rows).await?;
        let committed = tx
            .commit_batch(BatchCommit {
                epoch: desk.epoch,
                batch_id: batch.batch_id,
                connection: self.id,
                stream: intake.stream.clone(),
                entity: intake.mapping.entity.clone(),
                mapping_version: intake.mapping.version,
                fingerprint: batch.fingerprint,
                rows: batch.rows,
                cursor_from: batch.from,
                cursor_to: batch.to,
                payload: batch.payload,
                dead_letters,
                stream_update: StreamUpdate {
                    schema: batch.schema,
                    state: batch.stop.map(|why| (StreamState::Stopped, Some(why))),
                    ..StreamUpdate::default()
                },
                drifts: batch.drifts,
            })
            .await?;
        match committed {
            Committed::Committed { seq, drifts: ids } => {
                tx.save().await?;
                stock::announce(desk, self.id, &intake.stream, &ids, &drifts);
                Ok(seq)
            }
            Committed::AlreadyCommitted { seq } => Ok(seq),
            Committed::Conflict { .. } => Err(Error::unavailable(
                "connector.cursor_moved",
                "The stream was read from elsewhere meanwhile; it is read again from where it stands.",
            )),
        }
    }

    /// Rules that were adopted while the batch was under way.
    async fn newer_mapping(&self, intake: &Intake) -> Result<Option<autonomos_runtime::canonical::mapping::Mapping>> {
        let mut tx = self.desk.parts.store.read(&self.desk.scope).await?;
        let active = tx.active_mapping(self.id, &intake.stream).await?;
        Ok(active.filter(|v| v.version != intake.mapping.version).map(|v| v.mapping))
    }

    /// A source that suddenly gives mostly refused rows has changed in a way no rule covers: stop instead of emptying it
    /// into the dead letters.
    fn guard_against_a_changed_source(&self) -> Result<()> {
        let Some(reading) = self.run.as_ref().and_then(|run| run.reading.as_ref()) else { return Ok(()) };
        let config = &self.desk.parts.config.connector;
        let share = reading.rejected as f64 / reading.seen.max(1) as f64;
        if reading.rejected <= config.refused_rows || share <= config.refused_share {
            return Ok(());
        }
        Err(Error::invalid(
            "connector.source_changed",
            format!(
                "{} of {} rows of stream {} could not be taken; it looks as if the source has changed.",
                reading.rejected, reading.seen, reading.info.name
            ),
        )
        .field(reading.info.name.clone())
        .remedy("Look at the connection's dead letters and mappings, mend the mapping, then sync again."))
    }

    /// A stream is read to its end, or as far as Safe Mode goes.
    async fn close_stream(&mut self) -> Result<()> {
        let Some(reading) = self.run.as_mut().and_then(|run| run.reading.take()) else { return Ok(()) };
        if reading.is_capped() {
            self.cap(reading.info);
            return Ok(());
        }
        let (desk, stream) = (self.desk.clone(), reading.info.name);
        let settled = reading.intake.map(|intake| (intake.settle(), intake.schema));
        let (schema, drifts) = match settled {
            Some((found, before)) => ((found.schema != before).then_some(found.schema), found.drifts),
            None => (None, Vec::new()),
        };
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        let change = StreamUpdate { schema, synced: true, ..StreamUpdate::default() };
        tx.update_stream(self.id, &stream, change).await?;
        let ids = match drifts.as_slice() {
            [] => Vec::new(),
            _ => tx.detect_drifts(self.id, &stream, drifts.clone()).await?,
        };
        tx.save().await?;
        stock::announce(&desk, self.id, &stream, &ids, &drifts);
        if let Some(run) = self.run.as_mut() {
            run.streams += 1;
        }
        Ok(())
    }

    /// Everything is read; the run is done when the views show it.
    fn settle(&mut self, myself: &ActorRef<Msg>) -> Result<()> {
        if let Some(run) = self.run.as_mut() {
            let (desk, position, number, myself) = (self.desk.clone(), run.last_seq, run.number, myself.clone());
            run.settling = Some(task(async move {
                desk.until_folded(position).await;
                myself.cast(Msg::Settled(number)).ok();
            }));
        }
        Ok(())
    }

    /// Tells the task how far it is; answers whether somebody wants it to stop.
    async fn cancelled(&mut self) -> Result<bool> {
        let Some(run) = self.run.as_ref() else { return Ok(false) };
        let mut tx = self.desk.parts.store.begin(&self.desk.scope).await?;
        let paused = tx.connection(self.id).await?.state == ConnectionState::Paused;
        let cancelled = match run.task {
            Some(id) => {
                let progress = serde_json::json!({"rows": run.rows, "rejected": run.rejected, "streams": run.streams});
                let stop = tx.progress_task(id, progress).await?;
                tx.save().await?;
                self.desk.publish(Fact::task_state(id, "sync", "in_progress", 1, 0.0).with("rows", run.rows));
                stop
            }
            None => false,
        };
        Ok(cancelled || paused)
    }

    /// Ends the run where it is; the cursor is good.
    async fn stop_run(&mut self) -> Result<()> {
        let Some(run) = self.run.take() else { return Ok(()) };
        let mut tx = self.desk.parts.store.begin(&self.desk.scope).await?;
        let connection = tx.connection(self.id).await?;
        if connection.state == ConnectionState::Syncing {
            tx.set_connection_state(self.id, ConnectionState::Active, None).await?;
        }
        if let Some(id) = run.task {
            tx.finish_tasks(self.desk.epoch, vec![(id, TaskOutcome::Cancelled)]).await?;
            self.desk.publish(Fact::task_state(id, "sync", "cancelled", 1, 0.0));
        }
        tx.save().await?;
        self.desk.tasks().wake();
        Ok(())
    }

    /// A task for a connection that does not run: it fails with the reason.
    async fn abandon(&mut self, task: Option<TaskId>, why: Idle) -> Result<()> {
        let task = self.run.take().and_then(|run| run.task).or(task);
        let Some(id) = task else { return Ok(()) };
        let error = serde_json::json!({"code": why.code, "message": why.message, "remedy": why.remedy});
        let mut tx = self.desk.parts.store.begin(&self.desk.scope).await?;
        tx.finish_tasks(self.desk.epoch, vec![(id, TaskOutcome::Failed(error))]).await?;
        tx.save().await?;
        self.desk.tasks().wake();
        Ok(())
    }

    async fn record_failure(&self, task: Option<TaskId>, error: &Error, pause: Duration) -> Result<()> {
        let text = match &error.remedy {
            Some(remedy) => format!("{} {remedy}", error.message),
            None => error.message.to_string(),
        };
        let mut tx = self.desk.parts.store.begin(&self.desk.scope).await?;
        tx.set_connection_state(self.id, ConnectionState::Failed, Some(text)).await?;
        if let Some(id) = task {
            let said = serde_json::json!({"code": error.code, "message": error.message, "remedy": error.remedy, "field": error.field});
            let outcome = if error.retryable() {
                let at = self.desk.parts.ambient().now() + pause;
                TaskOutcome::Retry { at, error: said }
            } else {
                TaskOutcome::Failed(said)
            };
            tx.finish_tasks(self.desk.epoch, vec![(id, outcome)]).await?;
        }
        tx.save().await?;
        self.desk.publish(Fact::connector_state(self.id, "failed").with("code", error.code));
        self.desk.publish(Fact::fetch_failed(self.id, "", error.code, &error.message));
        self.desk.tasks().wake();
        Ok(())
    }
}

/// Rows that Safe Mode still lets a stream have.
fn left_in_safe_mode(most: u64, stream: &Stream) -> u64 {
    most.saturating_sub((stream.rows + stream.rejected).max(0) as u64)
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
