//! Text to text: white space around a value goes, words for nothing become null, and a column in which neither happens
//! is the very column that came in.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, BooleanBufferBuilder, StringArray, StringBuilder};
use arrow::buffer::{Buffer, OffsetBuffer};
use arrow::compute::nullif;
use arrow::datatypes::DataType;

use super::super::json;
use super::word::{is_null, trim};
use super::{each_text, moment, number};

/// The trimmed column.
pub fn text(array: &StringArray) -> ArrayRef {
    let mut padded: Vec<u32> = Vec::new();
    let mut nothing: Option<BooleanBufferBuilder> = None;
    each_text(array, |row, value| {
        let clean = trim(value);
        if clean.len() < 5 && is_null(clean) {
            nothing
                .get_or_insert_with(|| {
                    let mut bits = BooleanBufferBuilder::new(array.len());
                    bits.append_n(array.len(), false);
                    bits
                })
                .set_bit(row, true);
        } else if clean.len() != value.len() {
            padded.push(row as u32);
        }
    });
    let trimmed: Option<StringArray> = if padded.is_empty() { None } else { without_padding(array, &padded) };
    let array = trimmed.as_ref().unwrap_or(array);
    let nulled = nothing.and_then(|mut bits| nullif(array, &BooleanArray::new(bits.finish(), None)).ok());
    nulled.unwrap_or_else(|| Arc::new(array.clone()))
}

/// Copies the column in runs between the rows that have to be trimmed.
fn without_padding(array: &StringArray, padded: &[u32]) -> Option<StringArray> {
    let source = array.value_offsets();
    let data = array.value_data();
    let first = source[0];
    let size = (source[source.len() - 1] - first) as usize;
    let mut bytes = Vec::with_capacity(size);
    let mut offsets = Vec::with_capacity(source.len());
    offsets.push(0_i32);
    let mut cut = 0_i32;
    let mut row = 0;
    for next in padded.iter().map(|p| *p as usize).chain(std::iter::once(array.len())) {
        bytes.extend_from_slice(&data[source[row] as usize..source[next] as usize]);
        offsets.extend(source[row + 1..=next].iter().map(|end| end - first - cut));
        if next < array.len() {
            let value = &data[source[next] as usize..source[next + 1] as usize];
            let clean = trim(value);
            bytes.extend_from_slice(clean);
            cut += (value.len() - clean.len()) as i32;
            offsets.push(source[next + 1] - first - cut);
        }
        row = (next + 1).min(array.len());
    }
    StringArray::try_new(OffsetBuffer::new(offsets.into()), Buffer::from_vec(bytes), array.nulls().cloned()).ok()
}

/// Changes every value that is not null.
pub fn map_text<'a>(array: &'a StringArray, mut change: impl FnMut(&'a str) -> Cow<'a, str>) -> StringArray {
    let mut out = StringBuilder::with_capacity(array.len(), array.value_data().len());
    for value in array {
        match value {
            Some(value) => out.append_value(change(value)),
            None => out.append_null(),
        }
    }
    out.finish()
}

fn collect(array: &ArrayRef, mut write: impl FnMut(usize) -> String) -> StringArray {
    let mut out = StringBuilder::with_capacity(array.len(), array.len() * 12);
    for row in 0..array.len() {
        if array.is_null(row) {
            out.append_null();
        } else {
            out.append_value(write(row));
        }
    }
    out.finish()
}

/// The text of every value of a simplified column; nested values as JSON.
pub fn text_of(array: &ArrayRef) -> StringArray {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().clone(),
        DataType::Boolean => collect(array, |row| array.as_boolean().value(row).to_string()),
        DataType::Int64 => collect(array, |row| array.as_primitive::<Int64Type>().value(row).to_string()),
        DataType::Float64 => {
            let values = array.as_primitive::<Float64Type>();
            collect(array, |row| number::number_text(values.value(row)))
        }
        DataType::Decimal128(_, scale) => {
            let values = array.as_primitive::<Decimal128Type>();
            collect(array, |row| number::decimal_text(values.value(row), *scale))
        }
        DataType::Date32 => {
            let values = array.as_primitive::<Date32Type>();
            collect(array, |row| moment::day_text(values.value(row)))
        }
        DataType::Timestamp(..) => {
            let values = array.as_primitive::<TimestampMicrosecondType>();
            collect(array, |row| moment::moment_text(values.value(row)))
        }
        _ => collect(array, |row| {
            let mut out = Vec::new();
            json::write_value(&mut out, array, row);
            String::from_utf8_lossy(&out).into_owned()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_column_is_shared_and_a_padded_one_trimmed() {
        let clean = StringArray::from(vec![Some("a"), None, Some("b c"), Some("é")]);
        let out = text(&clean);
        assert_eq!(out.as_string::<i32>(), &clean);
        assert_eq!(out.as_string::<i32>().value_data().as_ptr(), clean.value_data().as_ptr());

        let words = StringArray::from(vec![Some("a"), Some(""), Some("N/A"), None, Some("b")]);
        let out = text(&words);
        assert_eq!(out.as_string::<i32>(), &StringArray::from(vec![Some("a"), None, None, None, Some("b")]));
        assert_eq!(out.as_string::<i32>().value_data().as_ptr(), words.value_data().as_ptr());

        let padded =
            StringArray::from(vec![Some(" a "), Some("b"), None, Some("  "), Some("c\n"), Some("\t ü"), Some("d")]);
        let expected = StringArray::from(vec![Some("a"), Some("b"), None, None, Some("c"), Some("ü"), Some("d")]);
        assert_eq!(text(&padded).as_string::<i32>(), &expected);
        assert_eq!(text(&padded.slice(3, 4)).as_string::<i32>(), &expected.slice(3, 4));
        assert_eq!(text(&padded.slice(6, 1)).as_string::<i32>(), &expected.slice(6, 1));
        assert_eq!(text(&padded.slice(0, 0)).len(), 0);
    }
}
