//! The identity of a record in its source, and what orders two states of it.
//!
//! A key of one column is that column's text, shared where it is a mapped field already; one of several is their texts
//! joined by `|` (a `|` or `\` inside is escaped, a null part is empty); without key columns it is the row's position,
//! `file#row`. A version is a number as it is, or a moment in microseconds, or 0; it does not depend on the rules, so
//! that versions of before and after a repair compare.

use std::sync::Arc;

use arrow::array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, StringBuilder};
use arrow::datatypes::{DataType, Schema};

use super::cast::text::{text, text_of};
use super::cast::{each_text, moment, number, word};
use super::path::Path;
use super::record::RawBatch;
use super::source;

/// Where a record's identity comes from.
#[derive(Debug)]
pub(super) struct Key {
    names: Vec<String>,
    paths: Vec<Path>,
}

impl Key {
    pub(super) fn find(names: &[String], columns: &Schema) -> Self {
        let paths: Vec<Path> = names.iter().filter_map(|name| Path::find(columns.fields(), name)).collect();
        Self { names: names.to_vec(), paths }
    }

    /// Whether every key column is there.
    pub(super) fn is_whole(&self) -> bool {
        !self.paths.is_empty() && self.paths.len() == self.names.len()
    }

    /// The key's only column.
    pub(super) fn single(&self) -> Option<&Path> {
        match self.paths.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// How to call it to a person.
    pub(super) fn name(&self) -> Option<String> {
        if self.names.is_empty() { None } else { Some(self.names.join(", ")) }
    }

    /// The key column, and the rows that have none.
    pub(super) fn column(
        &self,
        columns: &RecordBatch,
        shared: Option<ArrayRef>,
        raw: &RawBatch,
    ) -> (ArrayRef, Vec<u32>) {
        if self.paths.is_empty() {
            return (Arc::new(positions(raw)), Vec::new());
        }
        let key = shared.unwrap_or_else(|| self.texts(columns));
        let missing = if key.null_count() > 0 {
            (0..key.len()).filter(|row| key.is_null(*row)).map(|row| row as u32).collect()
        } else {
            Vec::new()
        };
        (key, missing)
    }

    /// The key's texts; null where there is none.
    pub(super) fn texts(&self, columns: &RecordBatch) -> ArrayRef {
        let mut parts = self.paths.iter().map(|path| {
            let simple = source::simplify(&path.take(columns));
            match simple.data_type() {
                DataType::Utf8 => text(simple.as_string::<i32>()),
                _ => Arc::new(text_of(&simple)),
            }
        });
        if self.paths.len() == 1
            && let Some(only) = parts.next()
        {
            return only;
        }
        let parts: Vec<ArrayRef> = parts.collect();
        let parts: Vec<&StringArray> = parts.iter().map(AsArray::as_string::<i32>).collect();
        let rows = columns.num_rows();
        let mut out = StringBuilder::with_capacity(rows, rows * 24);
        let mut joined = String::new();
        for row in 0..rows {
            if parts.iter().all(|part| part.is_null(row)) {
                out.append_null();
                continue;
            }
            joined.clear();
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    joined.push('|');
                }
                if part.is_valid(row) {
                    escape(&mut joined, part.value(row));
                }
            }
            out.append_value(&joined);
        }
        Arc::new(out.finish())
    }
}

fn escape(out: &mut String, part: &str) {
    if !part.contains(['|', '\\']) {
        out.push_str(part);
        return;
    }
    for c in part.chars() {
        if matches!(c, '|' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
}

fn positions(raw: &RawBatch) -> StringArray {
    let rows = raw.columns.num_rows();
    let origin = raw.origin.as_deref().unwrap_or_default();
    let mut out = StringBuilder::with_capacity(rows, rows * (origin.len() + 8));
    let mut text = format!("{origin}#");
    let stem = text.len();
    let mut digits = itoa::Buffer::new();
    for row in 0..rows {
        text.truncate(stem);
        text.push_str(digits.format(raw.row_number(row)));
        out.append_value(&text);
    }
    out.finish()
}

/// What orders two states of a record.
#[derive(Debug)]
pub(super) struct Order {
    name: Option<String>,
    path: Option<Path>,
}

impl Order {
    pub(super) fn find(name: Option<&str>, columns: &Schema) -> Self {
        Self { name: name.map(ToOwned::to_owned), path: name.and_then(|n| Path::find(columns.fields(), n)) }
    }

    /// Its column.
    pub(super) const fn path(&self) -> Option<&Path> {
        self.path.as_ref()
    }

    /// Its name.
    pub(super) fn name(&self) -> Option<String> {
        self.name.clone()
    }

    /// The version column, and the rows whose value orders nothing.
    pub(super) fn column(&self, columns: &RecordBatch, moments: Option<ArrayRef>) -> (ArrayRef, Vec<u32>) {
        let Some(path) = &self.path else {
            return (Arc::new(Int64Array::from(vec![0; columns.num_rows()])), Vec::new());
        };
        match moments {
            Some(moments) => (versions(&moments).0, Vec::new()),
            None => versions(&source::simplify(&path.take(columns))),
        }
    }
}

fn versions(array: &ArrayRef) -> (ArrayRef, Vec<u32>) {
    let whole: Int64Array = match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().clone(),
        DataType::Timestamp(..) => array.as_primitive::<TimestampMicrosecondType>().reinterpret_cast::<Int64Type>(),
        DataType::Date32 => array.as_primitive::<Date32Type>().unary(|d| i64::from(d).saturating_mul(moment::DAY)),
        DataType::Float64 => array.as_primitive::<Float64Type>().unary(number::whole_of),
        DataType::Decimal128(_, scale) => {
            let power = 10_i128.checked_pow(u32::try_from(*scale).unwrap_or(0)).unwrap_or(i128::MAX);
            array
                .as_primitive::<Decimal128Type>()
                .unary(|v| i64::try_from(v / power).unwrap_or(if v < 0 { i64::MIN } else { i64::MAX }))
        }
        _ => return of_text(&text_of(array)),
    };
    if whole.null_count() == 0 {
        return (Arc::new(whole), Vec::new());
    }
    let filled: Int64Array = whole.iter().map(|v| Some(v.unwrap_or(0))).collect();
    (Arc::new(filled), Vec::new())
}

fn of_text(array: &StringArray) -> (ArrayRef, Vec<u32>) {
    let mut values = vec![0_i64; array.len()];
    let mut unordered = Vec::new();
    each_text(array, |row, value| {
        let clean = word::trim(value);
        if word::is_null(clean) {
            return;
        }
        // Digits order themselves; they are not taken for compact dates or times since 1970.
        if let Some((whole, 0, _)) = number::plain(clean) {
            values[row] = whole;
            return;
        }
        match moment::datetime(clean, &mut false) {
            Ok(micros) => values[row] = micros.unwrap_or(0),
            Err(_) => match number::whole(clean) {
                Ok(whole) => values[row] = whole.unwrap_or(0),
                Err(_) => unordered.push(row as u32),
            },
        }
    });
    (Arc::new(Int64Array::from(values)), unordered)
}

#[cfg(test)]
mod tests {
    use super::super::cast::typed;
    use super::super::entity::FieldType;
    use super::*;
    use arrow::datatypes::Field;

    fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
        let fields: Vec<Field> = columns.iter().map(|(n, a)| Field::new(*n, a.data_type().clone(), true)).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, a)| a).collect()).unwrap()
    }

    #[test]
    fn keys_of_one_column_of_several_and_of_none() {
        let raw = RawBatch {
            origin: Some("a.csv".into()),
            first_row: 7,
            ..RawBatch::of(batch(vec![
                ("a", Arc::new(StringArray::from(vec![Some("x|y"), Some(""), None]))),
                ("b", Arc::new(Int64Array::from(vec![Some(1), Some(2), None]))),
            ]))
        };
        let texts = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
            let key = Key::find(&names, raw.columns.schema_ref());
            let (array, missing) = key.column(&raw.columns, None, &raw);
            let texts: Vec<String> = array.as_string::<i32>().iter().map(|t| t.unwrap_or("null").to_owned()).collect();
            (texts.join(" "), missing)
        };
        assert_eq!(texts(&["a"]), ("x|y null null".into(), vec![1, 2]));
        assert_eq!(texts(&["b"]), ("1 2 null".into(), vec![2]));
        assert_eq!(texts(&["a", "b"]), ("x\\|y|1 |2 null".into(), vec![2]));
        assert_eq!(texts(&[]), ("a.csv#7 a.csv#8 a.csv#9".into(), vec![]));
    }

    #[test]
    fn versions_of_moments_numbers_and_nonsense() {
        let of = |array: ArrayRef| {
            let (versions, bad) = versions(&array);
            (versions.as_primitive::<Int64Type>().values().to_vec(), bad)
        };
        let texts =
            StringArray::from(vec![Some("1970-01-01T00:00:01Z"), Some("17"), Some("20240101"), None, Some("x")]);
        assert_eq!(of(Arc::new(texts)), (vec![1_000_000, 17, 20_240_101, 0, 0], vec![4]));
        assert_eq!(of(Arc::new(Int64Array::from(vec![Some(5), None]))), (vec![5, 0], vec![]));
        // However it is held: a version that a remap reads off an amount is the one that was read off its text.
        let long = Arc::new(StringArray::from(vec!["22009469985859930.103"])) as ArrayRef;
        let amount = typed::column(&long, FieldType::Money).array;
        assert_eq!(
            (of(long), of(amount)),
            ((vec![22_009_469_985_859_930], vec![]), (vec![22_009_469_985_859_930], vec![]))
        );
    }
}
