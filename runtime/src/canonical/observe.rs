//! The schema of a batch, read off the batch itself: types that all its values allow, nullability, a few samples.
//!
//! Every value of a text column is looked at, so that a type that changes in the middle of a batch is seen; but a column
//! that is known to be text is looked at no more, and a value like those before it costs a comparison of shape and no
//! parse. Runs on each batch in the hot path. Pure.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::DataType;

use super::cast::word::{is_null, trim};
use super::cast::{Fault, Parsed, map, moment, number, text, word};
use super::entity::FieldType;
use super::record::RawBatch;
use super::schema::{SourceField, SourceSchema, SourceType};
use super::source::simplify;

/// Samples kept of a field.
pub const SAMPLES: usize = 5;
/// Rows searched for them.
const SEARCHED: usize = 128;
/// Longest sample.
const SAMPLE_CAP: usize = 200;

/// The schema of a batch; the key and the cursor are the source's to say.
pub fn observe(raw: &RawBatch) -> SourceSchema {
    observe_columns(&raw.columns)
}

/// The schema of some columns.
pub fn observe_columns(columns: &RecordBatch) -> SourceSchema {
    let fields = columns.schema_ref().fields().iter().zip(columns.columns()).map(|(field, array)| {
        let (data_type, nullable) = look(array);
        SourceField { name: field.name().clone(), data_type, nullable, samples: samples(array) }
    });
    SourceSchema { fields: fields.collect(), ..SourceSchema::default() }
}

fn look(array: &ArrayRef) -> (SourceType, bool) {
    let nullable = array.null_count() > 0;
    match array.data_type() {
        DataType::Utf8 => look_at_text(array.as_string::<i32>()),
        DataType::LargeUtf8 | DataType::Utf8View => match simplify(array).as_string_opt::<i32>() {
            Some(text) => look_at_text(text),
            None => (SourceType::String, nullable),
        },
        DataType::Dictionary(..) => look(&simplify(array)),
        other => (typed(other), nullable),
    }
}

const fn typed(data_type: &DataType) -> SourceType {
    match data_type {
        DataType::Null => SourceType::Unknown,
        DataType::Boolean => SourceType::Boolean,
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64 => SourceType::Integer,
        DataType::Decimal32(_, scale) | DataType::Decimal64(_, scale) if *scale <= 0 => SourceType::Integer,
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) if *scale <= 0 => SourceType::Integer,
        DataType::Float16
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => SourceType::Number,
        DataType::Date32 => SourceType::Date,
        DataType::Date64 | DataType::Timestamp(..) => SourceType::Datetime,
        DataType::Struct(_) | DataType::Map(..) => SourceType::Object,
        DataType::List(_)
        | DataType::LargeList(_)
        | DataType::FixedSizeList(..)
        | DataType::ListView(_)
        | DataType::LargeListView(_) => SourceType::List,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            SourceType::Binary
        }
        _ => SourceType::String,
    }
}

fn look_at_text(array: &StringArray) -> (SourceType, bool) {
    let data = array.value_data();
    let ends = array.value_offsets();
    let mut seen = SourceType::Unknown;
    let mut nullable = array.null_count() > 0;
    let mut row = 0;
    loop {
        // A loop of its own for each type: what a value is compared with does not change from row to row.
        row = match seen {
            SourceType::Integer => skip(array, row, digits),
            SourceType::Number => skip(array, row, numberish),
            SourceType::Date => skip(array, row, |v| v.len() == 10 && (dayish(v) || slashed(v))),
            SourceType::Datetime => skip(array, row, |v| match v {
                [_, _, _, _, _, _, _, _, _, _, b'T' | b' ', _, _, b':', ..] if v.len() < 36 => dayish(v),
                _ => false,
            }),
            SourceType::Boolean => skip(array, row, |v| matches!(v, b"true" | b"false")),
            _ => skip(array, row, |_| false),
        };
        let Some([start, end]) = ends.get(row..row + 2) else { return (seen, nullable) };
        let value = &data[*start as usize..*end as usize];
        let next = match seen {
            SourceType::Date | SourceType::Datetime => time(trim(value)).unwrap_or_else(|| classify(value)),
            _ => classify(value),
        };
        match next {
            SourceType::Unknown => nullable = true,
            other => seen = seen.widen(other),
        }
        if seen == SourceType::String {
            // Nothing can change the type now; only an empty value is still news.
            return (seen, nullable || any_empty(&ends[row..]));
        }
        row += 1;
    }
}

/// The next row whose value is neither null nor like those before it.
#[inline]
fn skip(array: &StringArray, from: usize, alike: impl Fn(&[u8]) -> bool) -> usize {
    let data = array.value_data();
    let nulls = array.nulls().filter(|n| n.null_count() > 0);
    let ends = array.value_offsets().get(from..).unwrap_or_default();
    for (past, pair) in ends.windows(2).enumerate() {
        let row = from + past;
        if nulls.is_none_or(|n| n.is_valid(row)) && !alike(&data[pair[0] as usize..pair[1] as usize]) {
            return row;
        }
    }
    array.len()
}

/// Whether a value is empty, by blocks that need no branch inside.
fn any_empty(ends: &[i32]) -> bool {
    const BLOCK: usize = 256;
    let next = ends.get(1..).unwrap_or_default();
    let mut blocks = ends.chunks(BLOCK).zip(next.chunks(BLOCK));
    blocks.any(|(a, b)| a.iter().zip(b).fold(0, |found, (a, b)| found | u8::from(a == b)) != 0)
}

/// Digits of a whole number.
#[inline]
fn digits(value: &[u8]) -> bool {
    value.len() < 18 && matches!(value, [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit))
}

/// `NNNN-NN-NN` at the start, with a year that is none of the zero dates'.
#[inline]
fn dayish(value: &[u8]) -> bool {
    // Eight bytes at a time: what differs from the pattern is 0 under a dash and 0 to 9 under a digit.
    const SIXES: u64 = u64::from_le_bytes([6, 6, 6, 6, 0, 6, 6, 0]);
    const HIGH: u64 = u64::from_le_bytes([0xf0, 0xf0, 0xf0, 0xf0, 0xff, 0xf0, 0xf0, 0xff]);
    let (Some(head), Some(d1), Some(d2)) = (value.first_chunk::<8>(), value.get(8), value.get(9)) else { return false };
    let differs = u64::from_le_bytes(*head) ^ u64::from_le_bytes(*b"0000-00-");
    let shaped = differs & HIGH == 0 && differs.wrapping_add(SIXES) & HIGH == 0;
    shaped && d1.is_ascii_digit() && d2.is_ascii_digit() && differs & 0xffff != 0
}

/// `NN/NN/NNNN`, and none of the zero dates.
#[inline]
fn slashed(value: &[u8]) -> bool {
    let [m1, m2, b'/', d1, d2, b'/', y1, y2, y3, y4] = *value else { return false };
    [m1, m2, d1, d2, y1, y2, y3, y4].iter().all(u8::is_ascii_digit) && (y1, y2) != (b'0', b'0')
}

/// The type of a day or a moment that is no bare number.
fn time(clean: &[u8]) -> Option<SourceType> {
    if clean.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(match moment::moment(clean).ok()? {
        None => SourceType::Unknown,
        Some(m) if m.time == 0 && !clean.contains(&b':') => SourceType::Date,
        Some(_) => SourceType::Datetime,
    })
}

/// Digits, with the marks that amounts wear. A column of numbers holds few things of this shape that are none, and one
/// that is none fails its cast.
#[inline]
fn numberish(value: &[u8]) -> bool {
    // A table of bytes: a loop over it costs a load a byte.
    const MARKS: [bool; 256] = {
        let mut marks = [false; 256];
        let mut at = 0;
        let list = b"0123456789.,$%+ ";
        while at < list.len() {
            marks[list[at] as usize] = true;
            at += 1;
        }
        marks
    };
    let body = match value {
        [b'-', rest @ ..] => rest,
        _ => value,
    };
    let sound = match body {
        [b'1'..=b'9', ..] | [b'0', b'.', ..] | [b'$' | b' ', b'0'..=b'9', ..] => body.len() < 24,
        _ => false,
    };
    sound && body.iter().all(|b| MARKS[*b as usize])
}

/// The narrowest type of one value of a text source; [`SourceType::Unknown`] for none.
pub fn classify(value: &[u8]) -> SourceType {
    let clean = trim(value);
    if is_null(clean) {
        return SourceType::Unknown;
    }
    let word = |words: &[&str]| words.iter().any(|w| clean.eq_ignore_ascii_case(w.as_bytes()));
    if word(&["true", "false", "yes", "no"]) {
        return SourceType::Boolean;
    }
    let mut lossy = false;
    if let Some((_, places, padded)) = number::plain(clean) {
        // What a number would not give back (007) is an identifier.
        return match (padded, places, clean.contains(&b'.')) {
            (true, ..) => SourceType::String,
            (false, 0, false) => SourceType::Integer,
            _ => SourceType::Number,
        };
    }
    if clean.iter().any(u8::is_ascii_digit) {
        if let Ok(Some(_)) = number::number(clean, &mut lossy) {
            return if lossy { SourceType::String } else { SourceType::Number };
        }
        if let Some(found) = time(clean) {
            return found;
        }
    }
    SourceType::String
}

fn samples(array: &ArrayRef) -> Vec<String> {
    let head = simplify(&array.slice(0, array.len().min(SEARCHED)));
    let mut out: Vec<String> = Vec::with_capacity(SAMPLES);
    let mut take = |value: &str| {
        let clean = value.trim();
        let clean = clean.get(..clean.floor_char_boundary(SAMPLE_CAP)).unwrap_or_default();
        if !is_null(clean.as_bytes()) && !out.iter().any(|o| o == clean) {
            out.push(clean.to_owned());
        }
        out.len() < SAMPLES
    };
    if let Some(texts) = head.as_string_opt::<i32>() {
        let _ = texts.iter().flatten().all(&mut take);
    } else {
        // Typed and nested values a row at a time: most columns show enough in a few rows.
        let _ = (0..head.len()).filter(|row| head.is_valid(*row)).all(|row| {
            let one = text::text_of(&head.slice(row, 1));
            take(one.value(0))
        });
    }
    out
}

/// Whether a text is taken by a field of a type; nothing counts as taken.
pub fn casts(kind: FieldType, sample: &str) -> bool {
    fn fine<T>(parsed: Parsed<T>) -> Result<(), Fault> {
        parsed.map(|_| ())
    }
    let bytes = sample.as_bytes();
    let mut lossy = false;
    let outcome = match kind {
        FieldType::Integer => fine(number::integer(bytes, &mut lossy)),
        FieldType::Number => fine(number::number(bytes, &mut lossy)),
        FieldType::Money => fine(number::money(bytes, &mut lossy)),
        FieldType::Boolean => fine(word::boolean(bytes)),
        FieldType::Date => fine(moment::date(bytes, &mut lossy)),
        FieldType::Datetime => fine(moment::datetime(bytes, &mut lossy)),
        FieldType::Map => fine(map::map(sample)),
        _ => Ok(()),
    };
    outcome.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Float64Array, Int64Array};
    use arrow::datatypes::{Field, Schema};
    use std::sync::Arc;

    fn of(values: Vec<Option<&str>>) -> (SourceType, bool) {
        look(&(Arc::new(StringArray::from(values)) as ArrayRef))
    }

    #[test]
    fn types_are_the_narrowest_that_hold_every_value() {
        use SourceType::{Boolean, Date, Datetime, Integer, Number, String, Unknown};
        for (values, expected) in [
            (vec!["1", "20", "-3"], Integer),
            (vec!["1", "2.5", "3"], Number),
            (vec!["$1,234.50", "7", "(3.5)"], Number),
            (vec!["007", "8"], String),
            (vec!["006000000000000001"], String),
            (vec!["true", "No"], Boolean),
            (vec!["2024-01-01", "01/31/2024", "0000-00-00"], Date),
            (vec!["2024-01-01", "20240102"], String),
            (vec!["01/31/2024", "2024-01-01"], Date),
            (vec!["2024-01-01", "2024-01-01T00:00:00Z"], Datetime),
            (vec!["2024-01-01T10:00:00Z", "soon"], String),
            (vec!["1", "2", "x"], String),
            (vec!["1", "2024-01-01"], String),
            (vec!["1.5", "2.5", "3.5 kg"], String),
            (vec!["", "N/A"], Unknown),
            (vec!["+1-234-567-8901"], String),
            (vec!["192.168.0.1"], String),
        ] {
            assert_eq!(of(values.iter().copied().map(Some).collect()).0, expected, "{values:?}");
        }
    }

    #[test]
    fn a_type_that_changes_late_is_seen() {
        let mut values = vec![Some("2024-01-01T10:00:00Z"); 10_000];
        values[9_000] = Some("next week");
        assert_eq!(of(values), (SourceType::String, false));
        let mut values = vec![Some("42"); 10_000];
        values[9_999] = Some("4.2");
        assert_eq!(of(values), (SourceType::Number, false));
    }

    #[test]
    fn nulls_are_seen_wherever_they_are() {
        assert_eq!(of(vec![Some("a"), Some("b"), Some("")]), (SourceType::String, true));
        assert_eq!(of(vec![Some("1"), Some("n/a")]), (SourceType::Integer, true));
        assert_eq!(of(vec![Some("1"), None]), (SourceType::Integer, true));
        assert_eq!(of(vec![Some("a"), Some("b")]), (SourceType::String, false));
    }

    #[test]
    fn typed_columns_say_their_type_and_show_samples() {
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("n", Arc::new(Int64Array::from(vec![1, 1, 2]))),
            ("f", Arc::new(Float64Array::from(vec![Some(0.5), None, Some(1.0)]))),
            ("t", Arc::new(StringArray::from(vec![" a ", "a", "b"]))),
        ];
        let fields: Vec<Field> = columns.iter().map(|(n, a)| Field::new(*n, a.data_type().clone(), true)).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, a)| a).collect());
        let schema = observe(&RawBatch::of(batch.unwrap()));
        let of = |name: &str| schema.field(name).map(|f| (f.data_type, f.nullable, f.samples.join(","))).unwrap();
        assert_eq!(of("n"), (SourceType::Integer, false, "1,2".into()));
        assert_eq!(of("f"), (SourceType::Number, true, "0.5,1".into()));
        assert_eq!(of("t"), (SourceType::String, false, "a,b".into()));
    }

    #[test]
    fn gates_ask_whether_a_sample_fits() {
        assert!(casts(FieldType::Money, "$1,000.00"));
        assert!(casts(FieldType::Date, "N/A"));
        assert!(!casts(FieldType::Date, "soon"));
        assert!(!casts(FieldType::Integer, "1.5"));
    }
}
