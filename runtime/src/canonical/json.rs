//! One value of any column as JSON: amounts as exact decimal literals with trailing zeros trimmed, days as dates, moments
//! as RFC 3339 with `Z`, nested values as objects and lists. For the edges: events, dead letters, samples, previews.
//!
//! Guarantee: what is written is valid JSON whatever the column holds; what JSON cannot hold (NaN) is null.

use arrow::array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StructArray};
use arrow::datatypes::DataType;

use super::cast::{moment, number};
use super::source::simplify;

/// Appends a text with its quotes.
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    // Writing to memory cannot fail; if it did, an empty text is still JSON.
    if serde_json::to_writer(&mut *out, text).is_err() {
        out.extend_from_slice(b"\"\"");
    }
}

/// Appends the value at a row of any column.
pub fn write_value(out: &mut Vec<u8>, array: &ArrayRef, row: usize) {
    if array.is_null(row) {
        out.extend_from_slice(b"null");
        return;
    }
    match array.data_type() {
        DataType::Utf8 => write_text(out, array.as_string::<i32>().value(row)),
        DataType::Boolean => {
            out.extend_from_slice(if array.as_boolean().value(row) { b"true" } else { b"false" });
        }
        DataType::Int64 => {
            out.extend_from_slice(itoa::Buffer::new().format(array.as_primitive::<Int64Type>().value(row)).as_bytes());
        }
        DataType::Float64 => {
            let value = array.as_primitive::<Float64Type>().value(row);
            if value.is_finite() {
                out.extend_from_slice(number::number_text(value).as_bytes());
            } else {
                out.extend_from_slice(b"null");
            }
        }
        DataType::Decimal128(_, scale) => {
            let value = array.as_primitive::<Decimal128Type>().value(row);
            out.extend_from_slice(number::decimal_text(value, *scale).as_bytes());
        }
        DataType::Date32 => {
            let text = moment::day_text(array.as_primitive::<Date32Type>().value(row));
            write_text(out, &text);
        }
        DataType::Timestamp(arrow::datatypes::TimeUnit::Microsecond, _) => {
            let text = moment::moment_text(array.as_primitive::<TimestampMicrosecondType>().value(row));
            write_text(out, &text);
        }
        DataType::Struct(_) => write_struct(out, array.as_struct(), row),
        DataType::List(_) => write_list(out, &array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => write_list(out, &array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => write_list(out, &array.as_fixed_size_list().value(row)),
        DataType::Map(..) => write_map(out, &array.as_map().value(row)),
        _ => write_value(out, &simplify(&array.slice(row, 1)), 0),
    }
}

fn write_list(out: &mut Vec<u8>, items: &ArrayRef) {
    out.push(b'[');
    for item in 0..items.len() {
        if item > 0 {
            out.push(b',');
        }
        write_value(out, items, item);
    }
    out.push(b']');
}

fn write_struct(out: &mut Vec<u8>, value: &StructArray, row: usize) {
    write_members(out, value.fields().iter().map(|f| f.name().as_str()).zip(value.columns()), row);
}

fn write_map(out: &mut Vec<u8>, entries: &StructArray) {
    let [keys, values] = entries.columns() else {
        out.extend_from_slice(b"{}");
        return;
    };
    let keys = super::cast::text::text_of(&simplify(keys));
    out.push(b'{');
    for entry in 0..entries.len() {
        if entry > 0 {
            out.push(b',');
        }
        write_text(out, keys.value(entry));
        out.push(b':');
        write_value(out, values, entry);
    }
    out.push(b'}');
}

/// Appends an object of named columns at a row.
pub fn write_members<'a>(out: &mut Vec<u8>, members: impl Iterator<Item = (&'a str, &'a ArrayRef)>, row: usize) {
    out.push(b'{');
    for (at, (name, column)) in members.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_text(out, name);
        out.push(b':');
        write_value(out, column, row);
    }
    out.push(b'}');
}

/// A row of a batch as an object, cut at a number of bytes.
pub fn row_text(batch: &RecordBatch, row: usize, cap: usize) -> String {
    let mut out = Vec::with_capacity(256);
    let schema = batch.schema_ref();
    out.push(b'{');
    for (at, column) in batch.columns().iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_text(&mut out, schema.field(at).name());
        out.push(b':');
        let huge = *column.data_type() == DataType::Utf8
            && column.is_valid(row)
            && column.as_string::<i32>().value_length(row) as usize > cap;
        if huge {
            // Do not write megabytes in order to cut them off.
            let value = column.as_string::<i32>().value(row);
            let end = value.floor_char_boundary(cap);
            write_text(&mut out, value.get(..end).unwrap_or_default());
        } else {
            write_value(&mut out, column, row);
        }
        if out.len() > cap {
            break;
        }
    }
    out.push(b'}');
    let text = String::from_utf8_lossy(&out);
    if text.len() <= cap {
        return text.into_owned();
    }
    let end = text.floor_char_boundary(cap);
    format!("{}… (cut)", text.get(..end).unwrap_or_default())
}
