//! Tells others of our runs: puts what the views have folded into the line of each sink, and takes what waits there to them.
//!
//! Supervised by the tenant's tree where a sink is configured, permanent. A restart loses nothing: how far folds were told of
//! is a row written with their events, and what was not sent is in line; what was sent and not yet taken out of it is sent
//! again. Nudged by whoever ends a run. A sink that does not take something is tried again later; the line is bounded.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::ids::RunId;
use autonomos_runtime::store::ForeignName;
use autonomos_runtime::supervision::{Actor, ActorRef, Address, Alarm, Failure, Seat, Wake};
use autonomos_runtime::{Error, Result};
use serde_json::{Value, json};

use super::build::Known;
use super::event::{Dataset, End, Feeds, Run};
use super::keeper::namespace;
use super::outbox::{self, FILE};
use crate::tenant::{Desk, Post};

/// The setting that says how far folds were told of.
const TOLD: &str = "lineage.told";
/// Events taken to a sink at once.
const AT_ONCE: u32 = 200;
/// Pause before a sink that would not have something is tried again.
const AGAIN: Duration = Duration::from_secs(30);

/// See the module.
#[derive(Debug)]
pub enum Msg {
    /// A run may have ended.
    Wake(Wake),
    /// Try again.
    Due,
}

impl From<Wake> for Msg {
    fn from(wake: Wake) -> Self {
        Self::Wake(wake)
    }
}

/// What it holds.
pub struct State {
    seat: Seat,
    desk: Arc<Desk>,
    alarm: Alarm,
    sent: u64,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("sent", &self.sent).finish_non_exhaustive()
    }
}

/// The actor.
#[derive(Clone, Copy, Debug)]
pub struct Exporter;

impl Actor for Exporter {
    type Msg = Msg;
    type State = State;
    type Arguments = Post;

    async fn pre_start(&self, myself: ActorRef<Msg>, post: Post) -> Result<State, Failure> {
        post.seat.wake(&myself);
        Ok(State { seat: post.seat, desk: post.desk, alarm: Alarm::new(), sent: 0 })
    }

    async fn handle(&self, myself: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        if let Msg::Wake(wake) = message {
            wake.begin();
        }
        state.on_wake().await.or_else(|error| state.survive(&myself, error))
    }
}

impl State {
    async fn on_wake(&mut self) -> Result<()> {
        self.tell_folds().await?;
        // One that does not take anything keeps nothing from the others.
        let mut failed = None;
        for sink in outbox::sinks(&self.desk.parts.config.lineage) {
            failed = self.send(sink).await.err().or(failed);
        }
        if let Some(error) = failed {
            return Err(error);
        }
        self.seat.recovered();
        Ok(())
    }

    /// Everything that was folded since is one run.
    async fn tell_folds(&self) -> Result<()> {
        let desk = &self.desk;
        let mut tx = desk.parts.store.read(&desk.scope).await?;
        if tx.log_head().await? == 0 {
            return Ok(());
        }
        let told = tx.setting(TOLD).await?.and_then(|s| s.value.as_i64()).unwrap_or(0);
        drop(tx);
        let known = desk.parts.lineage.known(&desk.parts, &desk.scope).await?;
        if known.position <= told {
            return Ok(());
        }
        let stats = desk.parts.dcl.stats(&desk.scope).await?;
        let changed: Vec<(String, String)> = stats
            .streams
            .iter()
            .filter(|s| s.last_seq > told && s.last_seq <= known.position)
            .map(|s| (s.connection_id.to_string(), s.stream.clone()))
            .collect();
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        if !changed.is_empty() {
            let began = tx.log_entry(told + 1).await?.at;
            let ours = namespace(&desk.parts, desk.scope.tenant());
            let (inputs, outputs) = folded(&known, &changed, &ours);
            let run = Run {
                id: RunId::new(desk.parts.ambient()),
                job: ForeignName { namespace: ours, name: "fold".to_owned() },
                kind: "FOLD",
                began,
                ended: desk.parts.ambient().now(),
                end: End::Complete,
                inputs,
                outputs,
            };
            outbox::queue(desk, tx.as_mut(), &run).await?;
        }
        tx.put_setting(TOLD, Some(json!(known.position))).await?;
        tx.save().await
    }

    /// Takes what waits to a sink, in order.
    async fn send(&mut self, sink: &str) -> Result<()> {
        loop {
            let mut tx = self.desk.parts.store.read(&self.desk.scope).await?;
            let waiting = tx.queued_lineage(sink, AT_ONCE).await?;
            drop(tx);
            if waiting.is_empty() {
                return Ok(());
            }
            let (taken, outcome) = if sink == FILE { self.write(waiting).await } else { self.post(waiting).await };
            if let Some(last) = taken {
                let mut tx = self.desk.parts.store.begin(&self.desk.scope).await?;
                tx.sent_lineage(sink, last).await?;
                tx.save().await?;
                self.sent += 1;
                self.seat.progress(self.sent, 0);
            }
            outcome?;
        }
    }

    /// Adds them to the tenant's file: all of them or none. The number up to which they are there.
    async fn write(&self, waiting: Vec<(i64, Value)>) -> (Option<i64>, Result<()>) {
        let file = outbox::file(&self.desk.parts.config.lineage, self.desk.scope.tenant());
        let Some(file) = file else { return (None, Ok(())) };
        let last = waiting.last().map(|(seq, _)| *seq);
        let events: Vec<Value> = waiting.into_iter().map(|(_, event)| event).collect();
        let written = tokio::task::spawn_blocking(move || append(&file, &events)).await;
        let fault = |e: std::io::Error| {
            Error::unavailable("lineage.file", "run events could not be written to their file")
                .remedy("Look at lineage.folder: its space, and who may write there.")
                .source(e)
        };
        match written {
            Ok(Ok(())) => (last, Ok(())),
            Ok(Err(error)) => (None, Err(fault(error))),
            Err(error) => (None, Err(Error::internal("lineage.file", "run events could not be written").source(error))),
        }
    }

    /// Posts them one by one. One that the receiver refuses for what it is stays refused and is left out; anything else is
    /// tried again later. The number up to which it has them.
    async fn post(&self, waiting: Vec<(i64, Value)>) -> (Option<i64>, Result<()>) {
        let settings = &self.desk.parts.config.lineage;
        let bearer = settings.api_key.reveal().map(|key| format!("Bearer {key}"));
        let headers: Vec<(&str, &str)> = bearer.iter().map(|value| ("authorization", value.as_str())).collect();
        let mut taken = None;
        for (seq, event) in waiting {
            let body = event.to_string().into();
            match self.desk.parts.outside.post(&self.desk.scope, &settings.url, &headers, body).await {
                Ok(answer) if answer.is_success() => {}
                Ok(answer) if matches!(answer.status, 400 | 409 | 413 | 422) => {
                    tracing::warn!(status = answer.status, said = %answer.beginning, "a run event was refused");
                }
                Ok(answer) => {
                    let what = format!("the receiver of run events answered {}", answer.status);
                    let error = Error::unavailable("lineage.receiver", what);
                    return (taken, Err(error.remedy("Look at lineage.url and lineage.api_key, and at the receiver.")));
                }
                Err(error) => return (taken, Err(error)),
            }
            taken = Some(seq);
        }
        (taken, Ok(()))
    }

    fn survive(&mut self, myself: &ActorRef<Msg>, error: Error) -> Result<(), Failure> {
        self.seat.survive(error, "run events could not be told")?;
        self.alarm.set(myself, AGAIN, || Msg::Due);
        Ok(())
    }
}

/// Adds lines to a file, on the disk when it answers. What a crash left half-written stays a line of its own.
fn append(file: &std::path::Path, events: &[Value]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::OpenOptions::new().create(true).read(true).append(true).open(file)?;
    let mut text = Vec::new();
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0_u8; 1];
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            text.push(b'\n');
        }
    }
    for event in events {
        serde_json::to_writer(&mut text, event)?;
        text.push(b'\n');
    }
    file.write_all(&text)?;
    file.sync_data()
}

/// The streams that were folded and the views they went into, with what feeds each field of those. Pure.
fn folded(known: &Known, changed: &[(String, String)], ours: &str) -> (Vec<Dataset>, Vec<Dataset>) {
    let graph = &known.graph;
    let mut inputs: BTreeMap<String, Dataset> = BTreeMap::new();
    let mut outputs: BTreeMap<String, (Dataset, BTreeMap<String, Vec<Feeds>>)> = BTreeMap::new();
    for line in known.lines.all() {
        let is = |(connection, stream): &(String, String)| {
            *connection == line.connection.to_string() && **stream == *line.stream
        };
        if !changed.iter().any(is) {
            continue;
        }
        let name = format!("{}.{}", line.source, line.stream);
        let new = || Dataset { namespace: ours.to_owned(), name: name.clone(), ..Dataset::default() };
        inputs.entry(name.clone()).or_insert_with(new);
        let (view, columns) = outputs.entry(line.view.to_string()).or_default();
        ours.clone_into(&mut view.namespace);
        line.view.as_ref().clone_into(&mut view.name);
        let kind = graph.node(line.target).about.data_type.as_deref().unwrap_or("string").to_owned();
        if !view.fields.iter().any(|(field, _)| **field == *line.field) {
            view.fields.push((line.field.to_string(), kind));
        }
        if !line.column.is_empty() {
            columns.entry(line.field.to_string()).or_default().push(Feeds {
                from: ForeignName { namespace: ours.to_owned(), name },
                field: line.column.to_string(),
                transform: line.transform.as_deref().map(str::to_owned),
            });
        }
    }
    let outputs = outputs.into_values().map(|(mut view, columns)| {
        view.columns = columns.into_iter().collect();
        view
    });
    (inputs.into_values().collect(), outputs.collect())
}

/// What others hold.
#[derive(Clone, Debug)]
pub struct Handle(Address<Msg>);

impl Handle {
    /// For whoever knows where it sits.
    pub const fn new(address: Address<Msg>) -> Self {
        Self(address)
    }

    /// A run may have ended.
    pub fn wake(&self) {
        self.0.wake();
    }
}
