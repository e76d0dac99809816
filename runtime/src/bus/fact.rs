//! What happened, before it has a place in a sequence. Typed constructors for the facts that pages rely on, so that
//! every publisher of a fact says it in the same words.

use serde_json::{Value, json};

use super::Topic;
use crate::ids::{
    ConnectionId, DeliveryId, DriftId, FindingId, MappingId, PlaybookRunId, ReviewId, RunId, ScheduleId, TaskId,
};

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// What it is about.
    pub topic: Topic,
    /// What kind of thing it happened to.
    pub entity: Option<String>,
    /// To which one.
    pub id: Option<String>,
    /// And to which version of it.
    pub version: Option<i64>,
    /// What else there is to say.
    pub data: Value,
}

impl Fact {
    /// A fact about nothing in particular.
    pub const fn new(topic: Topic, data: Value) -> Self {
        Self { topic, entity: None, id: None, version: None, data }
    }

    /// About one thing of a kind.
    #[must_use]
    pub fn about(mut self, entity: impl Into<String>, id: impl std::fmt::Display) -> Self {
        self.entity = Some(entity.into());
        self.id = Some(id.to_string());
        self
    }

    /// About a version of it.
    #[must_use]
    pub const fn version(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }

    /// With one more thing to say.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Value::Object(fields) = &mut self.data {
            fields.insert(name.to_owned(), value.into());
        }
        self
    }

    /// Rows were read from a stream of a connection.
    pub fn fetched(connection: ConnectionId, stream: &str, rows: u64, ms: u64) -> Self {
        Self::new(Topic::AamFetched, json!({"stream": stream, "rows": rows, "ms": ms})).about("connection", connection)
    }

    /// They were checked and cast; some may have been rejected.
    pub fn normalized(
        connection: ConnectionId,
        stream: &str,
        entity: &str,
        rows: u64,
        rejected: u64,
        mapping_version: i64,
        ms: u64,
    ) -> Self {
        let data = json!({"stream": stream, "entity": entity, "rows": rows, "rejected": rejected, "mapping_version": mapping_version, "ms": ms});
        Self::new(Topic::AamNormalized, data).about("connection", connection)
    }

    /// A stream was given a mapping.
    pub fn mapped(
        connection: ConnectionId,
        stream: &str,
        entity: &str,
        mapping: MappingId,
        version: i64,
        fields: u64,
    ) -> Self {
        let data = json!({"stream": stream, "entity": entity, "mapping_id": mapping, "fields": fields});
        Self::new(Topic::AamMapped, data).about("connection", connection).version(version)
    }

    /// Rows, or a field, of a stream were put aside.
    pub fn quarantined(connection: ConnectionId, stream: &str, rows: u64, reason: &str) -> Self {
        Self::new(Topic::AamQuarantined, json!({"stream": stream, "rows": rows, "reason": reason}))
            .about("connection", connection)
    }

    /// A stream could not be read.
    pub fn fetch_failed(connection: ConnectionId, stream: &str, code: &str, message: &str) -> Self {
        Self::new(Topic::AamFailed, json!({"stream": stream, "code": code, "message": message}))
            .about("connection", connection)
    }

    /// Rows are in the canonical log, up to a position.
    pub fn stored(connection: ConnectionId, stream: &str, entity: &str, rows: u64, position: i64) -> Self {
        let data = json!({"stream": stream, "entity": entity, "rows": rows, "position": position});
        Self::new(Topic::DclStored, data).about("connection", connection)
    }

    /// A view reflects the log up to a position.
    pub fn view_refreshed(view: &str, rows: u64, position: i64, ms: u64) -> Self {
        Self::new(Topic::DclViewRefreshed, json!({"view": view, "rows": rows, "position": position, "ms": ms}))
            .about("view", view)
            .version(position)
    }

    /// Records were found to be one entity.
    pub fn merged(entity: &str, id: &str, members: &[String]) -> Self {
        Self::new(Topic::DclMerged, json!({"members": members})).about(entity, id)
    }

    /// Records were found not to be one entity.
    pub fn split(entity: &str, id: &str, members: &[String]) -> Self {
        Self::new(Topic::DclSplit, json!({"members": members})).about(entity, id)
    }

    /// An agent began a run.
    pub fn agent_started(agent: &str, run: RunId) -> Self {
        Self::new(Topic::AgentStarted, json!({"agent": agent})).about("run", run)
    }

    /// An agent finished a step of a run.
    pub fn agent_stepped(agent: &str, run: RunId, step: &str, ms: u64) -> Self {
        Self::new(Topic::AgentStepped, json!({"agent": agent, "step": step, "ms": ms})).about("run", run)
    }

    /// An agent found something.
    pub fn agent_found(agent: &str, run: RunId, finding: FindingId, title: &str) -> Self {
        Self::new(Topic::AgentFound, json!({"agent": agent, "run_id": run, "title": title})).about("finding", finding)
    }

    /// An agent finished a run.
    pub fn agent_completed(agent: &str, run: RunId, findings: u64, position: i64, ms: u64) -> Self {
        let data = json!({"agent": agent, "findings": findings, "position": position, "ms": ms});
        Self::new(Topic::AgentCompleted, data).about("run", run)
    }

    /// An agent's run failed.
    pub fn agent_failed(agent: &str, run: RunId, code: &str, message: &str) -> Self {
        Self::new(Topic::AgentFailed, json!({"agent": agent, "code": code, "message": message})).about("run", run)
    }

    /// A connection is in a state; add `lag`, `cursor`, `next_run`, `code` with [`with`](Self::with).
    pub fn connector_state(connection: ConnectionId, state: &str) -> Self {
        Self::new(Topic::ConnectorState, json!({"state": state})).about("connection", connection)
    }

    /// A stream's schema changed: the typed diff and how bad it is.
    pub fn drift_detected(
        drift: DriftId,
        connection: ConnectionId,
        stream: &str,
        severity: &str,
        changes: impl Into<Value>,
    ) -> Self {
        let data = json!({"connection_id": connection, "stream": stream, "severity": severity});
        Self::new(Topic::DriftDetected, data).about("drift", drift).with("changes", changes)
    }

    /// A repair was proposed, applied or reverted (say which by the topic).
    pub fn repair(
        topic: Topic,
        drift: DriftId,
        connection: ConnectionId,
        stream: &str,
        confidence: f64,
        mapping_version: Option<i64>,
    ) -> Self {
        let data = json!({"connection_id": connection, "stream": stream, "confidence": confidence, "mapping_version": mapping_version});
        Self { version: mapping_version, ..Self::new(topic, data).about("drift", drift) }
    }

    /// A review item was created, taken, decided or has expired (say which by the topic).
    pub fn review(topic: Topic, review: ReviewId, version: i64, actor: &str, kind: &str) -> Self {
        Self::new(topic, json!({"actor": actor, "type": kind})).about("review", review).version(version)
    }

    /// Mapping of sources got further.
    pub fn mapping_progressed(done: u64, total: u64, source: &str, entity: &str) -> Self {
        Self::new(Topic::MappingProgressed, json!({"done": done, "total": total, "source": source, "entity": entity}))
    }

    /// All sources are connected.
    pub fn sources_connected(sources: u64) -> Self {
        Self::new(Topic::SourcesConnected, json!({"sources": sources}))
    }

    /// A task is in a state.
    pub fn task_state(task: TaskId, kind: &str, state: &str, attempt: u32, progress: f64) -> Self {
        Self::new(Topic::TaskState, json!({"kind": kind, "state": state, "attempt": attempt, "progress": progress}))
            .about("task", task)
    }

    /// So many tasks came into a state at once: told instead of each of them, as `sampled` says.
    pub fn tasks_in_state(state: &str, count: u64) -> Self {
        let fact = Self::new(Topic::TaskState, json!({"state": state, "count": count, "sampled": true}));
        Self { entity: Some("task".to_owned()), ..fact }
    }

    /// A task said something.
    pub fn task_logged(task: TaskId, line: &str) -> Self {
        Self::new(Topic::TaskLogged, json!({"line": line})).about("task", task)
    }

    /// A message to the outside is in a state after it was sent.
    pub fn delivery_sent(delivery: DeliveryId, channel: &str, subject: &str, state: &str) -> Self {
        Self::new(Topic::DeliverySent, json!({"channel": channel, "subject": subject, "state": state}))
            .about("delivery", delivery)
    }

    /// A schedule set a task off, or says why it could not.
    pub fn schedule_fired(schedule: ScheduleId, name: &str, task: Option<TaskId>, error: Option<&str>) -> Self {
        Self::new(Topic::ScheduleFired, json!({"name": name, "task_id": task, "error": error}))
            .about("schedule", schedule)
    }

    /// A run of a playbook is in a state; the step that brought it there, if one did.
    pub fn playbook_stepped(run: PlaybookRunId, playbook: &str, step: Option<&str>, state: &str) -> Self {
        Self::new(Topic::PlaybookStepped, json!({"playbook": playbook, "step": step, "state": state}))
            .about("playbook_run", run)
    }

    /// A language model was asked: what for, which one, and what it took.
    pub fn model_asked(purpose: &str, model: &str, outcome: &str, tokens: i64, cost_micros: i64) -> Self {
        let said = json!({"model": model, "outcome": outcome, "tokens": tokens, "cost_micros": cost_micros});
        Self::new(Topic::ModelAsked, said).about("purpose", purpose)
    }

    /// A switch was turned.
    pub fn flag_changed(name: &str, value: impl Into<Value>) -> Self {
        Self::new(Topic::FlagChanged, json!({})).about("flag", name).with("value", value)
    }

    /// A limit will soon be reached.
    pub fn limit_neared(limit: &str, used: u64, allowed: u64) -> Self {
        Self::new(Topic::LimitNeared, json!({"used": used, "allowed": allowed})).about("limit", limit)
    }

    /// Events may be missing here, and why.
    pub fn stream_gap(reason: &str) -> Self {
        Self::new(Topic::StreamGap, json!({"reason": reason}))
    }

    /// An actor failed, was taken out or came back.
    pub fn actor_state(path: &str, kind: &str, state: &str, error: Option<&str>) -> Self {
        Self::new(Topic::ActorState, json!({"kind": kind, "state": state, "error": error})).about("actor", path)
    }
}
