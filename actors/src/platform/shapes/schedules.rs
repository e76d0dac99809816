//! What schedules set off, and when.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::task::work;

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
