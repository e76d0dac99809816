//! Questions to the matcher that change nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A field as a caller describes it to the matcher.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DescribedField {
    /// Its name in the source.
    pub name: String,
    /// Its type, in any system's words.
    #[serde(default, rename = "type")]
    pub data_type: Option<String>,
    /// Values seen.
    #[serde(default)]
    #[schema(value_type = Vec<Value>)]
    pub samples: Vec<Value>,
}

/// An object whose mapping is asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeMapping {
    /// `salesforce`, ...; absent: unknown.
    #[serde(default)]
    pub system: Option<String>,
    /// The object's name.
    pub object: String,
    /// Its fields.
    pub fields: Vec<DescribedField>,
}

/// What one field should feed; nulls mean nothing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposedMapping {
    /// The source field.
    pub field: String,
    /// Canonical entity.
    pub entity: Option<String>,
    /// Canonical field.
    pub canonical_field: Option<String>,
    /// Calibrated.
    pub confidence: f64,
    /// Why, a phrase a feature.
    pub reasons: Vec<String>,
}

/// Two states of an object whose difference is asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeRepair {
    /// `salesforce`, ...; absent: unknown.
    #[serde(default)]
    pub system: Option<String>,
    /// The object's name.
    pub object: String,
    /// Fields before.
    pub before: Vec<DescribedField>,
    /// Fields after.
    pub after: Vec<DescribedField>,
}

/// One change between two states.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposedRepair {
    /// `renamed`, `added`, `removed`, `retyped`, `split`, `merged`.
    pub kind: String,
    /// Field before; several where they were merged.
    #[schema(value_type = Value)]
    pub from: Value,
    /// Field after; several where one was split.
    #[schema(value_type = Value)]
    pub to: Value,
    /// Calibrated.
    pub confidence: f64,
    /// Why, a phrase a feature.
    pub reasons: Vec<String>,
}
