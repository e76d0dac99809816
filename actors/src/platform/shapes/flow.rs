//! What flows through the layers, and the journey of one entity.

use autonomos_runtime::ids::TenantId;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

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
