//! What goes into and comes out of normalisation: a batch of source columns with its position, and the rows that could
//! not be taken.
//!
//! Guarantee: a row is either in a batch or a [`Reject`] with its position and reason; nothing is dropped silently.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch};

/// Longest text of a rejected row that is kept.
pub const RAW_CAP: usize = 16 * 1024;

/// A batch as a source yields it: its columns under their own names, and where it stands in the source.
#[derive(Clone, Debug)]
pub struct RawBatch {
    /// Source columns: text for CSV, typed where the source is typed. Names are unique.
    pub columns: RecordBatch,
    /// File or object that the rows come from, where a stream has several.
    pub origin: Option<Arc<str>>,
    /// Number of the first row in its origin.
    pub first_row: u64,
    /// Row number of each row, where they are not contiguous.
    pub rows: Option<Vec<u64>>,
    /// Which rows tell that a record was deleted; none: no row does.
    pub deletes: Option<BooleanArray>,
    /// Rows that the parser itself could not take; they are not in `columns`.
    pub rejects: Vec<Reject>,
    /// Opaque position before the batch (JSON text); none: the beginning.
    pub from: Option<String>,
    /// Opaque position after the batch (JSON text).
    pub to: String,
}

impl RawBatch {
    /// A batch of columns and nothing else, for tests, samples and replays.
    pub fn of(columns: RecordBatch) -> Self {
        Self {
            columns,
            origin: None,
            first_row: 0,
            rows: None,
            deletes: None,
            rejects: Vec::new(),
            from: None,
            to: String::new(),
        }
    }

    /// The number in its origin of the row at an index of this batch.
    pub fn row_number(&self, index: usize) -> u64 {
        match &self.rows {
            Some(rows) => rows.get(index).copied().unwrap_or(self.first_row + index as u64),
            None => self.first_row + index as u64,
        }
    }
}

/// A row that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reject {
    /// Its number in its origin.
    pub row: u64,
    /// File or object that it comes from.
    pub origin: Option<Arc<str>>,
    /// Source column at fault.
    pub field: Option<String>,
    /// Stable code: `value.not_a_number`.
    pub code: Cow<'static, str>,
    /// One sentence for a person.
    pub reason: String,
    /// The row as JSON, as far as it could be read; at most [`RAW_CAP`] bytes and a mark.
    pub raw: String,
}
