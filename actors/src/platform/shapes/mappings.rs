//! Rules that map a stream, their versions, and trials of them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// One rule in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MappingRow {
    /// Stream the rule belongs to.
    pub stream: String,
    /// Source field.
    pub source_path: String,
    /// Canonical entity.
    pub entity: String,
    /// Canonical field.
    pub field: String,
    /// How sure its author was.
    pub confidence: f64,
    /// `human`, `rule`, `model`, `imported`.
    pub origin: String,
    /// Version of the stream's rules.
    pub version: i64,
    /// Transform beyond the cast.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub transform: Option<Value>,
}

/// One rule as a person writes it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleEdit {
    /// Source field.
    pub source_path: String,
    /// Canonical field.
    pub field: String,
    /// Transform beyond the cast.
    #[serde(default)]
    #[schema(value_type = Option<Value>)]
    pub transform: Option<Value>,
}

/// New rules of one stream, whole.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingEdit {
    /// The stream.
    pub stream: String,
    /// Canonical entity.
    pub entity: String,
    /// All rules.
    pub rules: Vec<RuleEdit>,
    /// Source fields that identify a record; absent keeps the present ones.
    #[serde(default)]
    pub key: Option<Vec<String>>,
    /// Source field that orders states of a record; absent keeps the present one.
    #[serde(default)]
    pub order_by: Option<String>,
    /// Version this edit was made from; absent: whatever is in force.
    #[serde(default)]
    pub version: Option<i64>,
}

/// An entity of the canonical model.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntityType {
    /// Its name, singular.
    pub name: String,
    /// The name of its view.
    pub view: String,
    /// Rises with every change of its meaning.
    pub version: u32,
    /// What it is.
    pub description: String,
    /// The field that identifies it in its source.
    pub id: Option<String>,
    /// Fields that no row may lack, besides the id.
    pub required: Vec<String>,
    /// How many fields it has.
    pub fields: usize,
    /// `$id` of its JSON Schema.
    pub schema_id: String,
}

/// One version of a stream's rules.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MappingVersionView {
    /// The stream.
    pub stream: String,
    /// Version, from 1.
    pub version: i64,
    /// `active`, `superseded`, `reverted`.
    pub state: String,
    /// Canonical entity.
    pub entity: String,
    /// Its rules.
    pub rules: Vec<MappingRow>,
    /// Source fields that identify a record.
    pub key: Vec<String>,
    /// Source field that orders states of a record.
    pub order_by: Option<String>,
    /// Who adopted it.
    pub author: String,
    /// `human`, `rule`, `model`, `imported`.
    pub origin: String,
    /// Why, for people.
    pub reason: Option<String>,
    /// Log position of the stream's first record it holds for.
    pub from_seq: i64,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What rules that are not in force yet would make of the source's first rows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MappingTrial {
    /// Rows tried.
    pub tried: usize,
    /// Rows as they would be, canonical field to value.
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<Value>,
    /// Rows that would be refused.
    pub refused: Vec<TrialRefusal>,
}

/// A row that the tried rules would refuse.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrialRefusal {
    /// Its number in the source.
    pub row: u64,
    /// Source column at fault.
    pub field: Option<String>,
    /// Stable code of the reason.
    pub code: String,
    /// The reason.
    pub reason: String,
}
