//! What callers of the platform say and hear: the shapes of SPEC N, spelled once.
//!
//! They are plain data. A request refuses unknown fields; an answer names every field it may carry, so nothing that
//! lives beside it in a row (a sealed secret, a cursor of another tenant) can leak by being added to a struct.

use autonomos_runtime::ids::{
    ConnectionId, DeadLetterId, DriftId, FindingId, ReviewId, RunId, TaskId, TenantId, UserId,
};
use autonomos_runtime::store::{Tenant, Usage};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::limits::Limits;
use crate::task::work;

mod lineage;

pub use lineage::*;

/// What a connection is made from.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConnection {
    /// Shown to people; unique within the tenant.
    pub name: String,
    /// `file`, `postgres`, `demo`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Settings of that type; secrets inside are sealed.
    #[schema(value_type = Object)]
    pub config: Value,
    /// Drift kind to `propagate`, `propose`, `quarantine` or `stop`; what is not named keeps the default.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub policy: Option<Value>,
    /// Begin in Safe Mode: of each stream no more rows are read than `connector.safe_mode_rows`, and no repair is applied
    /// by itself, until the connection is confirmed.
    #[serde(default)]
    pub safe_mode: bool,
}

/// What may be changed on a connection; absent means unchanged.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionPatch {
    /// New name.
    #[serde(default)]
    pub name: Option<String>,
    /// New settings, whole; a secret given as `***` keeps its value.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub config: Option<Value>,
    /// New policy, whole.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub policy: Option<Value>,
    /// What it is now, or the change is refused: Safe Mode is chosen when a connection is made, and left by confirming it.
    #[serde(default)]
    pub safe_mode: Option<bool>,
}

/// One stream of a connection.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StreamView {
    /// Its name in the source.
    pub name: String,
    /// Canonical entity it feeds; null until it is mapped.
    pub entity: Option<String>,
    /// Rows taken so far.
    pub rows: i64,
    /// Rows refused so far; they are in dead letters.
    pub rejected: i64,
    /// Where the next read begins, as the source says it.
    #[schema(value_type = Option<Value>)]
    pub cursor: Option<Value>,
    /// Digest of its schema.
    pub fingerprint: Option<String>,
    /// Version of the rules in force.
    pub mapping_version: Option<i64>,
    /// `active`, `drifted`, `quarantined`; `stopped` until somebody decides, `disabled` until somebody takes it in, `gone`
    /// from its source.
    pub state: String,
    /// Why it is there, for people.
    pub reason: Option<String>,
    /// Safe Mode has read as many rows of it as it does; the rest is read from the cursor once the connection is confirmed.
    pub capped: bool,
}

/// A connection as its tenant sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConnectionView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: ConnectionId,
    /// Its name.
    pub name: String,
    /// `file`, `postgres`, `demo`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `pending`, `syncing`, `active`, `drifted`, `paused`, `quarantined`, `failed`.
    pub state: String,
    /// Settings; secrets as `***`.
    #[schema(value_type = Object)]
    pub config: Value,
    /// Policy by drift kind.
    #[schema(value_type = Option<Object>)]
    pub policy: Option<Value>,
    /// Whether it is in Safe Mode: read a little, nothing applied by itself, until confirmed.
    pub safe_mode: bool,
    /// Its streams; empty until it was read once.
    pub streams: Vec<StreamView>,
    /// Why it is not well, with the remedy.
    pub last_error: Option<String>,
    /// Rises with every change; the ETag.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last read to the end of its source.
    pub last_sync_at: Option<DateTime<Utc>>,
}

/// A connection that left Safe Mode.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Confirmed {
    /// As it is now.
    pub connection: ConnectionView,
    /// The sync that reads on; none while the connection is paused or quarantined.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub task_id: Option<TaskId>,
}

/// One rule in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MappingRow {
    /// Stream the rule belongs to.
    pub stream: String,
    /// Source field.
    pub source_path: String,
    /// Canonical entity.
    pub entity: String,
    /// Canonical field.
    pub field: String,
    /// How sure its author was.
    pub confidence: f64,
    /// `human`, `rule`, `model`, `imported`.
    pub origin: String,
    /// Version of the stream's rules.
    pub version: i64,
    /// Transform beyond the cast.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub transform: Option<Value>,
}

/// One rule as a person writes it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleEdit {
    /// Source field.
    pub source_path: String,
    /// Canonical field.
    pub field: String,
    /// Transform beyond the cast.
    #[serde(default)]
    #[schema(value_type = Option<Value>)]
    pub transform: Option<Value>,
}

/// New rules of one stream, whole.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingEdit {
    /// The stream.
    pub stream: String,
    /// Canonical entity.
    pub entity: String,
    /// All rules.
    pub rules: Vec<RuleEdit>,
    /// Source fields that identify a record; absent keeps the present ones.
    #[serde(default)]
    pub key: Option<Vec<String>>,
    /// Source field that orders states of a record; absent keeps the present one.
    #[serde(default)]
    pub order_by: Option<String>,
    /// Version this edit was made from; absent: whatever is in force.
    #[serde(default)]
    pub version: Option<i64>,
}

/// An entity of the canonical model.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntityType {
    /// Its name, singular.
    pub name: String,
    /// The name of its view.
    pub view: String,
    /// Rises with every change of its meaning.
    pub version: u32,
    /// What it is.
    pub description: String,
    /// The field that identifies it in its source.
    pub id: Option<String>,
    /// Fields that no row may lack, besides the id.
    pub required: Vec<String>,
    /// How many fields it has.
    pub fields: usize,
    /// `$id` of its JSON Schema.
    pub schema_id: String,
}

/// One version of a stream's rules.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MappingVersionView {
    /// The stream.
    pub stream: String,
    /// Version, from 1.
    pub version: i64,
    /// `active`, `superseded`, `reverted`.
    pub state: String,
    /// Canonical entity.
    pub entity: String,
    /// Its rules.
    pub rules: Vec<MappingRow>,
    /// Source fields that identify a record.
    pub key: Vec<String>,
    /// Source field that orders states of a record.
    pub order_by: Option<String>,
    /// Who adopted it.
    pub author: String,
    /// `human`, `rule`, `model`, `imported`.
    pub origin: String,
    /// Why, for people.
    pub reason: Option<String>,
    /// Log position of the stream's first record it holds for.
    pub from_seq: i64,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What rules that are not in force yet would make of the source's first rows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MappingTrial {
    /// Rows tried.
    pub tried: usize,
    /// Rows as they would be, canonical field to value.
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<Value>,
    /// Rows that would be refused.
    pub refused: Vec<TrialRefusal>,
}

/// A row that the tried rules would refuse.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrialRefusal {
    /// Its number in the source.
    pub row: u64,
    /// Source column at fault.
    pub field: Option<String>,
    /// Stable code of the reason.
    pub code: String,
    /// The reason.
    pub reason: String,
}

/// What a check of a connection found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckReport {
    /// Whether the source answers.
    pub ok: bool,
    /// What is wrong and what to do.
    pub message: Option<String>,
}

/// A stream as its source describes it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiscoveredStream {
    /// Its name.
    pub name: String,
    /// Its fields, key and cursor.
    #[schema(value_type = Object)]
    pub schema: autonomos_runtime::canonical::schema::SourceSchema,
    /// Digest of its schema.
    pub fingerprint: String,
}

/// A few rows of a stream as the source holds them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Preview {
    /// The stream.
    pub stream: String,
    /// Column names.
    pub columns: Vec<String>,
    /// Rows, a value a column.
    #[schema(value_type = Vec<Vec<Value>>)]
    pub rows: Vec<Vec<Value>>,
}

/// A row that could not be taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeadLetterView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: DeadLetterId,
    /// Connection it came by.
    #[schema(value_type = String, format = Uuid)]
    pub connection_id: ConnectionId,
    /// Stream it came by.
    pub stream: String,
    /// File or table, if the stream has several.
    pub origin: Option<String>,
    /// Row number in it, from 1.
    pub row: i64,
    /// Field at fault.
    pub field: Option<String>,
    /// Stable code.
    pub code: String,
    /// One sentence.
    pub reason: String,
    /// The row as far as it could be read.
    #[schema(value_type = Value)]
    pub raw: Value,
    /// `open` or `replayed`.
    pub state: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a demo source is told to do to its schema.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemoDrift {
    /// Stream; absent: the source's first.
    #[serde(default)]
    pub stream: Option<String>,
    /// `{from: to}` fields to rename.
    #[serde(default)]
    pub rename: std::collections::BTreeMap<String, String>,
    /// Fields to stop sending.
    #[serde(default)]
    pub remove: Vec<String>,
    /// Fields to start sending.
    #[serde(default)]
    pub add: Vec<String>,
    /// `{field: type}` fields whose values change type.
    #[serde(default)]
    pub retype: std::collections::BTreeMap<String, String>,
}

/// A file of the tenant's folder.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FileView {
    /// Path beneath the tenant's folder.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Digest of the content, hex; absent in listings of files not written through the API.
    pub sha256: Option<String>,
    /// When it was last written.
    pub modified_at: Option<DateTime<Utc>>,
}

/// A piece of work to be done.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTask {
    /// `noop`, for measuring; `wait`, which takes a slot for as long as it says (`{"ms": 500}`). `sync`, `rebuild` and others
    /// are made by their own routes.
    pub kind: String,
    /// What the kind needs.
    #[serde(default)]
    #[schema(value_type = Value)]
    pub payload: Value,
    /// Told when it ends, by a signed message (Standard Webhooks): a public `https://` address.
    #[serde(default)]
    pub callback_url: Option<String>,
    /// At most this many attempts.
    #[serde(default)]
    pub max_attempts: Option<u32>,
}

/// Many pieces of work, asked for together: all of them, or none.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManyTasks {
    /// 10,000 at most; they begin in this order.
    pub tasks: Vec<NewTask>,
}

/// Something that happened to a piece of work.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskLineView {
    /// Its number, from 1. The last 500 are kept; what is missing before the first was let go.
    pub n: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// In which attempt; 0: in none.
    pub attempt: i64,
    /// `info`, `warn`, `error`.
    pub level: String,
    /// In a sentence.
    pub message: String,
    /// What else there is to say.
    #[schema(value_type = Option<Value>)]
    pub data: Option<Value>,
}

/// A piece of work.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: TaskId,
    /// Its kind.
    pub kind: String,
    /// `queued`, `in_progress`, `retry_wait`, `success`, `failed`, `cancelled`.
    pub state: String,
    /// What its kind needs.
    #[schema(value_type = Value)]
    pub payload: Value,
    /// The connection it works on.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub connection_id: Option<ConnectionId>,
    /// What is known of how far it is: `{rows, rejected, ...}`.
    #[schema(value_type = Object)]
    pub progress: Value,
    /// Attempts begun, without those that a process did not live to see the end of.
    pub attempts: i64,
    /// Attempts allowed.
    pub max_attempts: i64,
    /// Times a process ended while it ran. After more than `tenant.poison_after` of them it is parked as failed, with the
    /// code `task.poison`.
    pub losses: i64,
    /// Somebody asked it to stop while it ran; it does within two seconds.
    pub cancel_requested: bool,
    /// What it came to.
    #[schema(value_type = Option<Value>)]
    pub result: Option<Value>,
    /// Why it failed: `{code, message, remedy?}`.
    #[schema(value_type = Option<Object>)]
    pub error: Option<Value>,
    /// Not before; while it waits for its next attempt, when that is.
    pub run_at: DateTime<Utc>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When the last attempt began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Who asked.
    pub created_by: String,
}

/// A detected change of a source's schema.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DriftView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: DriftId,
    /// Connection.
    #[schema(value_type = String, format = Uuid)]
    pub connection_id: ConnectionId,
    /// Stream.
    pub stream: String,
    /// `added`, `removed`, `renamed`, `retyped`, `nesting_changed`, `enum_changed`,
    /// `distribution_changed`, `key_changed`, `cursor_changed`, `stream_added`, `stream_removed`.
    pub kind: String,
    /// Field, key or stream before; the field whose values changed.
    pub from: Option<String>,
    /// Field, key or stream after; the field and the values it gained or lost, or how its values are spread now.
    pub to: Option<String>,
    /// `info`, `warning`, `breaking`.
    pub severity: String,
    /// `detected`, `review`, `healed`, `quarantined`, `reverted`, `ignored`, `rejected`; `noted`: told, with nothing to decide.
    pub state: String,
    /// Confidence of the repair.
    pub confidence: Option<f64>,
    /// Scores, samples, gates, what it touches. `change` says which way: `widened`, `narrowed`, `changed` of a type, `gained`,
    /// `lost` of values, these with their shares; `options` are ways on, each a proposal to answer its question with.
    #[schema(value_type = Value)]
    pub evidence: Value,
    /// The question it led to.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub review_id: Option<ReviewId>,
    /// Version in force when it was seen.
    pub mapping_before: Option<i64>,
    /// Version that healed it.
    pub mapping_after: Option<i64>,
    /// When the first batch had it.
    pub detected_at: DateTime<Utc>,
    /// When it was last decided on.
    pub resolved_at: Option<DateTime<Utc>>,
}

/// A question to a human.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReviewView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: ReviewId,
    /// `drift`, `mapping`, `merge`, `agent_action`.
    #[serde(rename = "type")]
    pub kind: String,
    /// For If-Match.
    pub version: i64,
    /// `pending`, `approved`, `edited`, `rejected`, `snoozed`, `expired`.
    pub state: String,
    /// Calibrated.
    pub confidence: Option<f64>,
    /// What it is about: connection, stream, field, drift.
    #[schema(value_type = Object)]
    pub subject: Value,
    /// What is proposed.
    #[schema(value_type = Object)]
    pub proposal: Value,
    /// Why: scores, samples replayed, gates.
    #[schema(value_type = Value)]
    pub evidence: Value,
    /// The person behind the proposal as it stands; null: a part of the platform.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub proposed_by: Option<UserId>,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// When it lapses.
    pub expires_at: Option<DateTime<Utc>>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
}

/// What a human may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As proposed.
    Approve,
    /// Not.
    Reject,
    /// As edited.
    Edit,
}

/// A human's answer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The answer.
    pub decision: Verdict,
    /// What to do instead, in the shape of `proposal`; with `edit` only.
    #[serde(default)]
    #[schema(value_type = Option<Value>)]
    pub edit: Option<Value>,
}

/// Who may decide what, beyond roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessPolicy {
    /// Whether nobody approves what they proposed themselves.
    pub four_eyes: bool,
}

/// A field as a caller describes it to the matcher.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DescribedField {
    /// Its name in the source.
    pub name: String,
    /// Its type, in any system's words.
    #[serde(default, rename = "type")]
    pub data_type: Option<String>,
    /// Values seen.
    #[serde(default)]
    #[schema(value_type = Vec<Value>)]
    pub samples: Vec<Value>,
}

/// An object whose mapping is asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeMapping {
    /// `salesforce`, ...; absent: unknown.
    #[serde(default)]
    pub system: Option<String>,
    /// The object's name.
    pub object: String,
    /// Its fields.
    pub fields: Vec<DescribedField>,
}

/// What one field should feed; nulls mean nothing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposedMapping {
    /// The source field.
    pub field: String,
    /// Canonical entity.
    pub entity: Option<String>,
    /// Canonical field.
    pub canonical_field: Option<String>,
    /// Calibrated.
    pub confidence: f64,
    /// Why, a phrase a feature.
    pub reasons: Vec<String>,
}

/// Two states of an object whose difference is asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeRepair {
    /// `salesforce`, ...; absent: unknown.
    #[serde(default)]
    pub system: Option<String>,
    /// The object's name.
    pub object: String,
    /// Fields before.
    pub before: Vec<DescribedField>,
    /// Fields after.
    pub after: Vec<DescribedField>,
}

/// One change between two states.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposedRepair {
    /// `renamed`, `added`, `removed`, `retyped`, `split`, `merged`.
    pub kind: String,
    /// Field before; several where they were merged.
    #[schema(value_type = Value)]
    pub from: Value,
    /// Field after; several where one was split.
    #[schema(value_type = Value)]
    pub to: Value,
    /// Calibrated.
    pub confidence: f64,
    /// Why, a phrase a feature.
    pub reasons: Vec<String>,
}

/// A question to a view, as its caller spelled it; the DCL resolves names against its catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ViewRequest {
    /// `accounts`, `opportunities`, ...
    pub view: String,
    /// Rows a page.
    pub limit: Option<u32>,
    /// From the page before.
    pub cursor: Option<String>,
    /// `name` or `-amount`, several by comma.
    pub sort: Option<String>,
    /// Fields, by comma.
    pub select: Option<String>,
    /// `filter[field]=op:value`, in the order given.
    pub filters: Vec<(String, String)>,
}

/// A page of a view, encoded once; cloning shares the bytes.
#[derive(Clone, Debug)]
pub struct EncodedPage {
    /// `{"items":[...],"next_cursor":...,"total":...,"position":...}`.
    pub body: Bytes,
    /// Log position it reflects.
    pub position: i64,
}

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// A JSON array of objects.
    Json,
    /// RFC 4180 with formula cells defused.
    Csv,
    /// Arrow IPC stream.
    Arrow,
    /// Parquet.
    Parquet,
}

/// An export while it is written.
pub struct Export {
    /// Log position it reflects.
    pub position: i64,
    /// The bytes.
    pub body: futures::stream::BoxStream<'static, std::io::Result<Bytes>>,
}

/// A finding of an agent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FindingView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: FindingId,
    /// Agent that found it.
    pub agent: String,
    /// Run that found it.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub run_id: Option<RunId>,
    /// Check of the agent.
    pub check: String,
    /// One sentence.
    pub title: String,
    /// `info`, `warning`, `critical`.
    pub severity: String,
    /// What it is worth, with its unit.
    #[schema(value_type = Option<Value>)]
    pub impact: Option<Value>,
    /// Rows it rests on.
    #[schema(value_type = Value)]
    pub evidence: Value,
    /// `open`, `accepted`, `dismissed`, `resolved`.
    pub state: String,
    /// In how many runs.
    pub times_seen: i64,
    /// Rises with every change.
    pub version: i64,
    /// When it was first found.
    pub created_at: DateTime<Utc>,
    /// When it was last seen.
    pub updated_at: DateTime<Utc>,
}

/// An agent and how it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentView {
    /// `revops`, `finops`.
    pub id: String,
    /// Shown to people.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// `observe`, `propose`, `act`.
    pub autonomy: String,
    /// Views it reads.
    pub entities: Vec<String>,
    /// Findings open.
    pub open_findings: i64,
    /// When it last ran.
    pub last_run_at: Option<DateTime<Utc>>,
    /// How that ended.
    pub last_run_state: Option<String>,
}

/// Which entities are asked for.
#[derive(Clone, Debug, Default)]
pub struct EntitiesRequest {
    /// Plural name: `accounts`, `contacts`.
    pub view: String,
    /// Entities that have a record for which all of these hold: field and `op:value`.
    pub filters: Vec<(String, String)>,
    /// Entities of at least so many records.
    pub members: Option<u32>,
    /// At most so many.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Entities that are one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeEntities {
    /// Ids of two or more; any id that ever led to one of them will do.
    pub ids: Vec<String>,
    /// Why, for people.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Records that are not of their entity.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitEntity {
    /// Ids of the records that become an entity of their own.
    pub records: Vec<String>,
    /// Why, for people.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What a decision about entities came to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdentityDecided {
    /// The merged entity; or the one that keeps its id, and the new one.
    pub entities: Vec<String>,
    /// Views at this position or a later one show it.
    pub position: i64,
    /// Where two people are wanted, nothing is done yet: these questions wait for somebody else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub reviews: Vec<ReviewId>,
}

/// An entity: one real thing, made of records.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntityView {
    /// Its id: given once, and never changed. Any id that it or one of its records ever had leads here.
    pub id: String,
    /// Its golden record, by field.
    #[schema(value_type = Object)]
    pub record: Value,
    /// Which of its records each value comes from, by field.
    #[schema(value_type = Object)]
    pub sources: Value,
    /// Its records: in a list their ids, by itself each with its values, its source and whether it is there still.
    #[schema(value_type = Vec<Object>)]
    pub members: Vec<Value>,
    /// Why they are one: pairs that were found, each comparison with its level and weight. Only by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub pairs: Option<Vec<Value>>,
    /// What people said of pairs of its records. Only by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub said: Option<Vec<Value>>,
    /// Position of the log that it reflects.
    pub position: i64,
}

/// A page of entities.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntitiesView {
    /// Entities, by id.
    pub items: Vec<EntityView>,
    /// Pass as `cursor` to read on; null at the end.
    pub next_cursor: Option<String>,
    /// How many match.
    pub total: i64,
    /// Position of the log that they reflect.
    pub position: i64,
}

/// A tenant.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TenantView {
    /// Id.
    #[schema(value_type = String, format = Uuid)]
    pub id: TenantId,
    /// Name people see.
    pub name: String,
    /// `active`, `suspended`, `deleting`.
    pub state: String,
    /// Suspended by whoever operates the platform, who alone resumes it.
    pub held: bool,
    /// What it may have.
    pub limits: Limits,
    /// What it has.
    #[schema(value_type = Object)]
    pub usage: Usage,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// For If-Match.
    pub version: i64,
}

impl TenantView {
    /// Of its row, its limits and what it has.
    pub fn new(tenant: Tenant, limits: Limits, usage: Usage) -> Self {
        Self {
            id: tenant.id,
            name: tenant.name,
            state: tenant.state.to_string(),
            held: tenant.held,
            limits,
            usage,
            created_at: tenant.created_at,
            version: tenant.version,
        }
    }
}

/// What may be changed on a tenant; absent means unchanged.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantPatch {
    /// New name.
    #[serde(default)]
    pub name: Option<String>,
    /// Limits that differ from the configured ones, whole: `connections`, `rows`, `file_bytes`, `users`. For the operator of
    /// the platform.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub limits: Option<Value>,
}

/// A feature flag and how it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FlagView {
    /// Its name.
    pub name: String,
    /// Whether it is on.
    pub enabled: bool,
    /// How it stands when nobody turned it.
    pub default: bool,
    /// What it does.
    pub about: String,
    /// Who turned it last.
    pub updated_by: Option<String>,
    /// When.
    pub updated_at: Option<DateTime<Utc>>,
}

/// A flag to turn.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToggleFlag {
    /// Its name.
    pub flag_name: String,
    /// On or off.
    pub enabled: bool,
}

/// What flows through the three layers, for a page that was just opened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FlowView {
    /// The stream goes on behind this number: `after={seq}`.
    pub seq: u64,
    /// The lowest number that can still be resumed from.
    pub floor: u64,
    /// Latest events of the connectors, oldest first.
    #[schema(value_type = Vec<Object>)]
    pub aam_events: Vec<Value>,
    /// Latest events of log and views.
    #[schema(value_type = Vec<Object>)]
    pub dcl_events: Vec<Value>,
    /// Latest events of agents.
    #[schema(value_type = Vec<Object>)]
    pub agent_events: Vec<Value>,
    /// How many events these are.
    pub total_count: usize,
    /// Whose.
    #[schema(value_type = String, format = Uuid)]
    pub tenant_id: TenantId,
    /// When this was looked at.
    pub timestamp: DateTime<Utc>,
    /// Connections and their states.
    #[schema(value_type = Vec<Object>)]
    pub connections: Vec<Value>,
    /// Questions that wait for people.
    pub reviews_pending: i64,
}

/// Where one entity came from and who used it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JourneyView {
    /// Its view.
    pub view: String,
    /// Its id.
    pub id: String,
    /// What happened to it, oldest first.
    pub steps: Vec<JourneyStep>,
    /// Whether there is more than is shown.
    pub truncated: bool,
    /// Position of the log that this reflects.
    pub position: i64,
    /// Later events follow behind this number of the live stream.
    pub seq: u64,
}

/// One step of a journey.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JourneyStep {
    /// `aam`, `dcl` or `agent`.
    pub layer: String,
    /// `normalized`, `stored`, `merged`, `finding`.
    pub step: String,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// What there is to say.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// A document to apply.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyConfiguration {
    /// The configuration as YAML, in the shape that `GET /api/v1/config/export` shows.
    pub document: String,
    /// Secrets by the names that stand in the document as `${NAME}`. One that is not given stays as it is.
    #[serde(default)]
    pub secrets: std::collections::BTreeMap<String, String>,
}

impl std::fmt::Debug for ApplyConfiguration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApplyConfiguration").field("secrets", &self.secrets.keys()).finish_non_exhaustive()
    }
}

/// What applying a document came to, or would come to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConfigurationApplied {
    /// Nothing was done; this is what would be.
    pub dry_run: bool,
    /// What there was to do; empty: the tenant is as the document says.
    #[schema(value_type = Vec<Object>)]
    pub changes: Vec<crate::configuration::Change>,
    /// Connections that the document does not name. They stay.
    pub left_alone: Vec<String>,
    /// Secrets that are needed and were not given.
    pub secrets: Vec<String>,
}

/// A run through all layers and how far it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PipelineView {
    /// `idle` (none was started), `running`, `success`, `failed`.
    pub state: String,
    /// Whether connectors read at all (`USE_AAM_AS_SOURCE`).
    pub aam_enabled: bool,
    /// When it was started.
    pub started_at: Option<DateTime<Utc>>,
    /// `AOD_DISCOVERY`, `AAM_ONBOARDING`, `DCL_INTELLIGENCE`, `AGENT_EXECUTION`, in this order.
    pub stages: Vec<StageView>,
}

/// A stage of a run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StageView {
    /// Its name.
    pub stage: String,
    /// `waiting`, `running`, `success`, `failed`, `skipped`.
    pub state: String,
    /// What there is to say: sources and streams, tasks and rows, positions, runs of agents.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// What to run.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RunOrchestra {
    /// Connections by name or id, by comma; all that are not paused unless said.
    pub sources: Option<String>,
    /// Agents by comma; all unless said.
    pub agents: Option<String>,
}

/// How sources, views and agents of a tenant are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrchestraView {
    /// Of the last run: `idle`, `running`, `success`, `failed`.
    pub state: String,
    /// The last run.
    pub run: PipelineView,
    /// Tasks of the tenant that run at once.
    pub running_limit: u32,
    /// Tasks that are not done, by state.
    #[schema(value_type = Object)]
    pub tasks: Value,
    /// Connections and their states.
    #[schema(value_type = Vec<Object>)]
    pub sources: Vec<Value>,
    /// The views, as `GET /api/v1/dcl/state` says.
    #[schema(value_type = Object)]
    pub views: Value,
    /// Agents.
    pub agents: Vec<AgentView>,
}

/// What to look for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscoverAssets {
    /// In words: "opportunities in salesforce".
    pub nlp_query: String,
    /// At most so many, 1 to 100; 20 unless said.
    #[serde(default)]
    pub max_results: Option<usize>,
    /// At least this likely, 0 to 1; 0.7 unless said.
    #[serde(default)]
    pub min_confidence: Option<f64>,
}

/// Something that is read, or could be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Asset {
    /// `connection/stream`, a file's path, or a stream of a system.
    pub entity_name: String,
    /// Canonical entity that it maps to, if it does.
    pub entity_type: Option<String>,
    /// What the source is.
    pub source_system: String,
    /// The connection that reads it.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub connection_id: Option<ConnectionId>,
    /// `CONNECTED` or `READY_FOR_CONNECT`.
    pub state: String,
    /// Fields, as the source names them, where they are known.
    pub fields: Vec<String>,
    /// How well it fits what was asked, 0 to 1.
    pub confidence_score: Option<f64>,
}

/// What was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Discovered {
    /// The likeliest first.
    pub entities: Vec<Asset>,
    /// Agents that read what was found.
    #[schema(value_type = Vec<Object>)]
    pub agent_recommendations: Vec<Value>,
    /// How many fit at all.
    pub total_entities_found: usize,
    /// How many of them were left out.
    pub filtered_count: usize,
    /// Mean likelihood of those shown.
    pub overall_confidence: f64,
    /// When.
    pub timestamp: DateTime<Utc>,
}

/// The demo's systems and what they offer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScanView {
    /// Each stream of each system.
    pub assets: Vec<Asset>,
    /// How many these are.
    pub total_assets: usize,
    /// How many of them are connected.
    pub connected: usize,
    /// When.
    pub timestamp: DateTime<Utc>,
}

/// What sets a schedule off: one of `cron`, `every_seconds` and `after`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Five fields (minute, hour, day, month, weekday), or six with seconds before them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// Where its hours are, by the IANA's name; UTC unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Once in so many seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_seconds: Option<u64>,
    /// When each of these connections, by name, was read to its end since the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<String>>,
}

/// What schedules set off: a kind of task and what it is about, by names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// `sync`, `agent`, `rebuild`, `playbook`, `bulk_mapping`, `noop`.
    pub kind: String,
    /// What it needs: `{connection}`, `{agent}`, `{playbook}`, `{connections?}`, or nothing.
    #[serde(default = "work::nothing", skip_serializing_if = "work::is_nothing")]
    #[schema(value_type = Object)]
    pub payload: Value,
    /// Attempts of the task; 3 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
}
