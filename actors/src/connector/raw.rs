//! What a source hands over: columns as the source has them, where they stood, and what could not be read at all.

use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch};

/// Rows of one stream, with the cursors they lie between.
#[derive(Clone, Debug)]
pub struct RawBatch {
    /// Source columns: text for text formats, typed otherwise.
    pub columns: RecordBatch,
    /// The file they came from, if any.
    pub origin: Option<Arc<str>>,
    /// Number of the first row within its origin, from 1.
    pub first_row: u64,
    /// Number of each row, when they are not contiguous.
    pub rows: Option<Vec<u64>>,
    /// True where the source says that the record is gone.
    pub deletes: Option<BooleanArray>,
    /// Rows that the parser itself could not take.
    pub rejects: Vec<Reject>,
    /// Cursor before these rows; none at the very start.
    pub from: Option<String>,
    /// Cursor after them.
    pub to: String,
}

/// One row that could not be taken, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Reject {
    /// Its number within its origin, from 1.
    pub row: u64,
    /// The file, if any.
    pub origin: Option<Arc<str>>,
    /// The field at fault, if one is.
    pub field: Option<String>,
    /// Stable, dotted: `csv.ragged_row`.
    pub code: &'static str,
    /// One sentence.
    pub reason: String,
    /// The row as far as readable, as JSON, capped.
    pub raw: String,
}
