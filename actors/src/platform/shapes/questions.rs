//! Saved questions.

use autonomos_runtime::ids::QuestionId;
use autonomos_runtime::store::Question;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::StructuredQuery;

/// What a question is made from: one of `sql` and `structured`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuestion {
    /// Unique in the tenant.
    pub name: String,
    /// One SELECT over the views.
    #[serde(default)]
    pub sql: Option<String>,
    /// The same without SQL.
    #[serde(default)]
    pub structured: Option<StructuredQuery>,
}

/// What may be changed on a question; absent means unchanged.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionPatch {
    /// Another name.
    #[serde(default)]
    pub name: Option<String>,
    /// Asks this instead.
    #[serde(default)]
    pub sql: Option<String>,
    /// Asks this instead.
    #[serde(default)]
    pub structured: Option<StructuredQuery>,
}

/// A question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuestionView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: QuestionId,
    /// Its name.
    pub name: String,
    /// What it asks, if in SQL.
    pub sql: Option<String>,
    /// What it asks, if without.
    #[schema(value_type = Option<StructuredQuery>)]
    pub structured: Option<Value>,
    /// Rises with every edit.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    pub updated_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: String,
}

impl From<Question> for QuestionView {
    fn from(row: Question) -> Self {
        Self {
            id: row.id,
            name: row.name,
            sql: row.body["sql"].as_str().map(str::to_owned),
            structured: row.body.get("structured").cloned(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            created_by: row.created_by,
        }
    }
}
