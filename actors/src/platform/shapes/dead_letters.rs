//! Rows that could not be taken.

use autonomos_runtime::ids::{ConnectionId, DeadLetterId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A row that could not be taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeadLetterView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: DeadLetterId,
    /// Connection it came by.
    #[schema(value_type = String, format = Uuid)]
    pub connection_id: ConnectionId,
    /// Stream it came by.
    pub stream: String,
    /// File or table, if the stream has several.
    pub origin: Option<String>,
    /// Row number in it, from 1.
    pub row: i64,
    /// Field at fault.
    pub field: Option<String>,
    /// Stable code.
    pub code: String,
    /// One sentence.
    pub reason: String,
    /// The row as far as it could be read.
    #[schema(value_type = Value)]
    pub raw: Value,
    /// `open` or `replayed`.
    pub state: String,
    /// When.
    pub at: DateTime<Utc>,
}
