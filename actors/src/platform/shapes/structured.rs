//! A question to a view without SQL: what to group by, what to count and add up.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Rows of a view, or what groups of them amount to. Words are spelled as for a page of a view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StructuredQuery {
    /// `accounts`, `opportunities`, ...
    pub view: String,
    /// Fields of single rows; not together with groups and measures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub select: Vec<String>,
    /// Fields that make groups. A date or moment may be cut: `close_date:month` (`day`, `week`, `month`, `quarter`, `year`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_by: Vec<String>,
    /// `count`, and of a field `count:`, `count_distinct:`, `sum:`, `avg:`, `min:`, `max:`, like `sum:amount`. Their columns
    /// are called like them, with an underscore.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<String>,
    /// Conditions, all of which hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filter: Vec<StructuredFilter>,
    /// Columns of the answer by comma, a minus in front for descending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Rows at most: 1000 unless said, 10000 at most unless the node says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StructuredFilter {
    /// The field.
    pub field: String,
    /// `op:value`; op is `eq`, `ne`, `lt`, `le`, `gt`, `ge`, `in`, `contains`, `starts_with`, `is_null`, `between`.
    pub is: String,
}
