//! Agents and what they found.

use autonomos_runtime::ids::{FindingId, RunId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

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
