//! Pieces of work.

use autonomos_runtime::ids::{ConnectionId, TaskId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

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
