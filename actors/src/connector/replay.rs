//! Pure: rows that could not be taken, as they were sealed, become raw batches again and are tried under rules: those in
//! force now when they are replayed, those coming into force when a repair is taken back.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::canonical::mapping::Mapping;
use autonomos_runtime::canonical::normalize::Plan;
use autonomos_runtime::canonical::record::RawBatch;
use autonomos_runtime::{Error, Result};
use serde_json::{Map, Value};

/// One refused row, opened.
#[derive(Clone, Debug)]
pub struct Refused<T> {
    /// Whose row it is, for the caller.
    pub of: T,
    /// File it came from.
    pub origin: Option<String>,
    /// Row number there.
    pub row: i64,
    /// Its columns.
    pub columns: Map<String, Value>,
}

impl<T> Refused<T> {
    /// A row as it was sealed; none when it was cut off or never was a row.
    pub fn parse(of: T, origin: Option<String>, row: i64, raw: &[u8]) -> Option<Self> {
        match serde_json::from_slice(raw) {
            Ok(Value::Object(columns)) if !columns.is_empty() => Some(Self { of, origin, row, columns }),
            _ => None,
        }
    }
}

/// What became of rows that share their columns and their file.
#[derive(Clone, Debug)]
pub struct Tried<T> {
    /// Those that were taken, as the canonical batch; none if none was.
    pub batch: Option<RecordBatch>,
    /// Whose they are, in its order.
    pub passed: Vec<T>,
    /// Whose were refused.
    pub refused: Vec<T>,
}

/// Tries rows under rules, strictly as the first time.
pub fn attempt<T: Copy>(vocabulary: &Vocabulary, rules: &Mapping, rows: &[Refused<T>]) -> Result<Vec<Tried<T>>> {
    let mut out = Vec::new();
    for (raw, of) in batches(rows)? {
        let plan = match Plan::compile(vocabulary, rules, raw.columns.schema_ref()) {
            Ok(plan) => plan,
            // Rows that lack a column of the key are nobody's under these rules; the others are no worse for it.
            Err(error) if error.code == "mapping.key_absent" => {
                out.push(Tried { batch: None, passed: Vec::new(), refused: of });
                continue;
            }
            Err(error) => return Err(error),
        };
        let normalized = plan.run(&raw)?;
        let mut still = normalized.refused.iter().copied().peekable();
        let (mut passed, mut refused) = (Vec::with_capacity(of.len()), Vec::new());
        for (of, at) in of.into_iter().zip(0..) {
            if still.next_if_eq(&at).is_some() { refused.push(of) } else { passed.push(of) }
        }
        out.push(Tried { batch: (!passed.is_empty()).then_some(normalized.batch), passed, refused });
    }
    Ok(out)
}

/// Batches of rows that share their columns and their file, because a column that is absent means something; and whose
/// each row is.
fn batches<T: Copy>(rows: &[Refused<T>]) -> Result<Vec<(RawBatch, Vec<T>)>> {
    let mut groups = BTreeMap::<_, Vec<&Refused<T>>>::new();
    for row in rows {
        let names: Vec<&str> = row.columns.keys().map(String::as_str).collect();
        groups.entry((row.origin.as_deref(), names)).or_default().push(row);
    }
    let made = groups
        .into_iter()
        .map(|((origin, names), rows)| Ok((batch(origin, &names, &rows)?, rows.iter().map(|r| r.of).collect())));
    made.collect()
}

fn batch<T>(origin: Option<&str>, names: &[&str], rows: &[&Refused<T>]) -> Result<RawBatch> {
    let fields: Vec<Field> = names.iter().map(|n| Field::new(*n, DataType::Utf8, true)).collect();
    let column = |name: &&str| -> ArrayRef {
        let text = |row: &&Refused<T>| match row.columns.get(*name) {
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
    use autonomos_runtime::canonical::mapping::{FieldRule, Origin, Transform};

    fn row(of: u8, n: i64, raw: &str) -> Refused<u8> {
        Refused::parse(of, None, n, raw.as_bytes()).unwrap()
    }

    #[test]
    fn rows_with_other_columns_are_other_batches() {
        let rows = [row(0, 1, r#"{"a":"1","b":2}"#), row(1, 5, r#"{"a":null,"b":"x"}"#), row(2, 2, r#"{"a":"3"}"#)];
        let made = batches(&rows).unwrap();
        assert_eq!(
            made.iter().map(|(b, of)| (b.columns.num_rows(), of.as_slice())).collect::<Vec<_>>(),
            [(1, &[2][..]), (2, &[0, 1][..])]
        );
        assert_eq!(made[1].0.row_number(1), 5);
        assert!(Refused::parse((), None, 1, b"{\"cut").is_none());
    }

    #[test]
    fn each_row_is_told_apart_even_when_its_place_is_not() {
        let rule = |source: &str, field: &str| FieldRule {
            source_path: source.to_owned(),
            field: field.to_owned(),
            transform: Transform::None,
            confidence: 1.0,
            origin: Origin::Rule,
            lenient: false,
        };
        let rules = Mapping {
            version: 1,
            entity: "account".to_owned(),
            rules: vec![rule("Id", "account_id"), rule("Name", "name"), rule("Staff", "employees")],
            key: vec!["Id".to_owned()],
            order_by: None,
        };
        // A stream that was read again from its start refuses the same row of the same file a second time.
        let rows = [
            row(0, 4, r#"{"Id":"a","Name":"A","Staff":"many"}"#),
            row(1, 4, r#"{"Id":"a","Name":"A","Staff":"7"}"#),
            row(2, 9, r#"{"Id":"b","Name":"B","Staff":"8"}"#),
            row(3, 9, r#"{"Name":"nobody"}"#),
        ];
        let tried = attempt(Vocabulary::builtin(), &rules, &rows).unwrap();
        let told: Vec<_> = tried.iter().map(|t| (t.passed.as_slice(), t.refused.as_slice())).collect();
        assert_eq!(told, [(&[1, 2][..], &[0][..]), (&[][..], &[3][..])]);
        assert_eq!(tried[0].batch.as_ref().map(RecordBatch::num_rows), Some(2));
        assert!(tried[1].batch.is_none());
    }
}
