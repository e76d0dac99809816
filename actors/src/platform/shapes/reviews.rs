//! Questions to people, and their answers.

use autonomos_runtime::ids::{ReviewId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

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
