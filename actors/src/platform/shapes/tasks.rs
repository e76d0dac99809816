//! Pieces of work.

use autonomos_runtime::ids::TaskId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A piece of work to be done.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTask {
    /// `noop` for measuring; `sync`, `rebuild`, `agent` are made by their own routes.
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
    /// What is known of how far it is: `{rows, rejected, ...}`.
    #[schema(value_type = Object)]
    pub progress: Value,
    /// Attempts begun.
    pub attempts: i64,
    /// What it came to.
    #[schema(value_type = Option<Value>)]
    pub result: Option<Value>,
    /// Why it failed: `{code, message, remedy?}`.
    #[schema(value_type = Option<Object>)]
    pub error: Option<Value>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When the last attempt began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}
