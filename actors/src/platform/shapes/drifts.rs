//! Detected changes of sources.

use autonomos_runtime::ids::{ConnectionId, DriftId, ReviewId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

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
