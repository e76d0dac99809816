//! A run through all layers.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

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
