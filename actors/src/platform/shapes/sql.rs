//! A query in SQL, and the table that it and questions without SQL come back as.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// One `SELECT` over the tenant's views.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlQuery {
    /// In DuckDB's dialect. Views are tables by their names (`accounts`), with `id`, their fields, `extras` (JSON of what no
    /// field took) and `source_key`.
    pub sql: String,
    /// Rows at most: 1000 unless said, 10000 at most unless the node says otherwise.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// Rows of an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableAnswer {
    /// The columns, in order.
    pub columns: Vec<TableColumn>,
    /// The rows, a value a column.
    #[schema(value_type = Vec<Vec<Object>>)]
    pub rows: Vec<Vec<Value>>,
    /// Whether there are more rows than these.
    pub truncated: bool,
    /// Log position that the views had.
    pub position: i64,
    /// What it took, in milliseconds.
    pub ms: i64,
}

/// A column of an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableColumn {
    /// Its name or expression.
    pub name: String,
    /// `string`, `integer`, `number`, `money`, `boolean`, `date`, `datetime`, `time`, `interval`, `list`, `map`, `union`,
    /// `binary`, `null`.
    #[serde(rename = "type")]
    pub kind: String,
}
