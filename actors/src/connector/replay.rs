//! Pure: rows that could not be taken, as they were sealed, become raw batches again to be tried under the rules in
//! force now.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use autonomos_runtime::canonical::record::RawBatch;
use autonomos_runtime::{Error, Result};
use serde_json::{Map, Value};

/// One refused row, opened.
#[derive(Clone, Debug)]
pub struct Refused {
    /// File it came from.
    pub origin: Option<String>,
    /// Row number there.
    pub row: i64,
    /// Its columns.
    pub columns: Map<String, Value>,
}

impl Refused {
    /// A row as it was sealed; none when it was cut off or never was a row.
    pub fn parse(origin: Option<String>, row: i64, raw: &[u8]) -> Option<Self> {
        match serde_json::from_slice(raw) {
            Ok(Value::Object(columns)) if !columns.is_empty() => Some(Self { origin, row, columns }),
            _ => None,
        }
    }
}

/// Batches of rows that share their columns and their file, because a column that is absent means something.
pub fn batches(rows: Vec<Refused>) -> Result<Vec<RawBatch>> {
    let mut groups: BTreeMap<(Option<String>, Vec<String>), Vec<Refused>> = BTreeMap::new();
    for row in rows {
        let names: Vec<String> = row.columns.keys().cloned().collect();
        groups.entry((row.origin.clone(), names)).or_default().push(row);
    }
    groups.into_iter().map(|((origin, names), rows)| batch(origin, &names, &rows)).collect()
}

fn batch(origin: Option<String>, names: &[String], rows: &[Refused]) -> Result<RawBatch> {
    let fields: Vec<Field> = names.iter().map(|n| Field::new(n, DataType::Utf8, true)).collect();
    let column = |name: &String| -> ArrayRef {
        let text = |row: &Refused| match row.columns.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        };
        Arc::new(rows.iter().map(text).collect::<StringArray>())
    };
    let columns = RecordBatch::try_new(Arc::new(Schema::new(fields)), names.iter().map(column).collect())
        .map_err(|e| Error::internal("replay.batch", "Refused rows could not be put together.").source(e))?;
    let mut raw = RawBatch::of(columns);
    raw.origin = origin.map(Into::into);
    raw.rows = Some(rows.iter().map(|r| r.row.max(0) as u64).collect());
    Ok(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_other_columns_are_other_batches() {
        let row = |n, raw: &str| Refused::parse(None, n, raw.as_bytes()).unwrap();
        let rows = vec![row(1, r#"{"a":"1","b":2}"#), row(5, r#"{"a":null,"b":"x"}"#), row(2, r#"{"a":"3"}"#)];
        let made = batches(rows).unwrap();
        assert_eq!(made.iter().map(|b| b.columns.num_rows()).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(made[1].row_number(1), 5);
        assert!(Refused::parse(None, 1, b"{\"cut").is_none());
    }
}
