//! Connections, and what a look at a source finds.

use autonomos_runtime::ids::{ConnectionId, TaskId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

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
