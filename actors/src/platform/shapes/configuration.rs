//! Configuration as a document, and what applying one came to.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A document to apply.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyConfiguration {
    /// The configuration as YAML, in the shape that `GET /api/v1/config/export` shows.
    pub document: String,
    /// Secrets by the names that stand in the document as `${NAME}`. One that is not given stays as it is.
    #[serde(default)]
    pub secrets: std::collections::BTreeMap<String, String>,
}

impl std::fmt::Debug for ApplyConfiguration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApplyConfiguration").field("secrets", &self.secrets.keys()).finish_non_exhaustive()
    }
}

/// What applying a document came to, or would come to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConfigurationApplied {
    /// Nothing was done; this is what would be.
    pub dry_run: bool,
    /// What there was to do; empty: the tenant is as the document says.
    #[schema(value_type = Vec<Object>)]
    pub changes: Vec<crate::configuration::Change>,
    /// Connections that the document does not name. They stay.
    pub left_alone: Vec<String>,
    /// Secrets that are needed and were not given.
    pub secrets: Vec<String>,
}
