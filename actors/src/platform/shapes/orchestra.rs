//! The orchestra of sources, views and agents, and what could be read.

use autonomos_runtime::ids::ConnectionId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{AgentView, PipelineView};

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
