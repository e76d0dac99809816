//! What a demo source is told.

use serde::Deserialize;
use utoipa::ToSchema;

/// What a demo source is told to do to its schema.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemoDrift {
    /// Stream; absent: the source's first.
    #[serde(default)]
    pub stream: Option<String>,
    /// `{from: to}` fields to rename.
    #[serde(default)]
    pub rename: std::collections::BTreeMap<String, String>,
    /// Fields to stop sending.
    #[serde(default)]
    pub remove: Vec<String>,
    /// Fields to start sending.
    #[serde(default)]
    pub add: Vec<String>,
    /// `{field: type}` fields whose values change type.
    #[serde(default)]
    pub retype: std::collections::BTreeMap<String, String>,
}
