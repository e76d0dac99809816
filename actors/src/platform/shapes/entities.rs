//! Entities, and decisions about what belongs together.

use autonomos_runtime::ids::ReviewId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Which entities are asked for.
#[derive(Clone, Debug, Default)]
pub struct EntitiesRequest {
    /// Plural name: `accounts`, `contacts`.
    pub view: String,
    /// Entities that have a record for which all of these hold: field and `op:value`.
    pub filters: Vec<(String, String)>,
    /// Entities of at least so many records.
    pub members: Option<u32>,
    /// At most so many.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Entities that are one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeEntities {
    /// Ids of two or more; any id that ever led to one of them will do.
    pub ids: Vec<String>,
    /// Why, for people.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Records that are not of their entity.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitEntity {
    /// Ids of the records that become an entity of their own.
    pub records: Vec<String>,
    /// Why, for people.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What a decision about entities came to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdentityDecided {
    /// The merged entity; or the one that keeps its id, and the new one.
    pub entities: Vec<String>,
    /// Views at this position or a later one show it.
    pub position: i64,
    /// Where two people are wanted, nothing is done yet: these questions wait for somebody else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub reviews: Vec<ReviewId>,
}

/// An entity: one real thing, made of records.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntityView {
    /// Its id: given once, and never changed. Any id that it or one of its records ever had leads here.
    pub id: String,
    /// Its golden record, by field.
    #[schema(value_type = Object)]
    pub record: Value,
    /// Which of its records each value comes from, by field.
    #[schema(value_type = Object)]
    pub sources: Value,
    /// Its records: in a list their ids, by itself each with its values, its source and whether it is there still.
    pub members: Vec<Value>,
    /// Why they are one: pairs that were found, each comparison with its level and weight. Only by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub pairs: Option<Vec<Value>>,
    /// What people said of pairs of its records. Only by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub said: Option<Vec<Value>>,
    /// Position of the log that it reflects.
    pub position: i64,
}

/// A page of entities.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntitiesView {
    /// Entities, by id.
    pub items: Vec<EntityView>,
    /// Pass as `cursor` to read on; null at the end.
    pub next_cursor: Option<String>,
    /// How many match.
    pub total: i64,
    /// Position of the log that they reflect.
    pub position: i64,
}
