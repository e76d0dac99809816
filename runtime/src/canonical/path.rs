//! Where a rule finds its source column: a column by its whole name, or a member of a nested one by a dotted path.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use arrow::compute::nullif;
use arrow::datatypes::{DataType, Fields};

/// Index of a column, then of members inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Vec<usize>);

impl Path {
    /// Finds a path among columns: the whole name first, so that a column called `a.b` is that column.
    pub fn find(fields: &Fields, path: &str) -> Option<Self> {
        if let Some((at, _)) = fields.find(path) {
            return Some(Self(vec![at]));
        }
        for (dot, _) in path.match_indices('.') {
            let (head, tail) = (path.get(..dot)?, path.get(dot + 1..)?);
            if let Some((at, field)) = fields.find(head)
                && let DataType::Struct(members) = field.data_type()
                && let Some(rest) = Self::find(members, tail)
            {
                return Some(Self(std::iter::once(at).chain(rest.0).collect()));
            }
        }
        None
    }

    /// The column that holds it.
    pub fn column(&self) -> usize {
        self.0.first().copied().unwrap_or_default()
    }

    /// Whether it is a whole column.
    pub const fn is_column(&self) -> bool {
        self.0.len() == 1
    }

    /// The values; null where any object on the way is.
    pub fn take(&self, batch: &RecordBatch) -> ArrayRef {
        let mut array = Arc::clone(batch.column(self.column()));
        for member in self.0.iter().skip(1) {
            let child = Arc::clone(array.as_struct().column(*member));
            array = match array.nulls() {
                Some(nulls) if nulls.null_count() > 0 => {
                    nullif(&child, &BooleanArray::new(!nulls.inner(), None)).unwrap_or(child)
                }
                _ => child,
            };
        }
        array
    }
}
