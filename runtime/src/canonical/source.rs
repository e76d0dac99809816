//! Source columns in few shapes: whatever width, encoding or unit a source chose, what follows sees text, booleans,
//! 64-bit integers and doubles, decimals, days, UTC microseconds, and nested values.
//!
//! Guarantee: no value is lost; what has no shape here becomes its text. Columns that are in shape already are shared,
//! not copied.

use std::sync::Arc;

use arrow::array::types::{
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow::array::{Array, ArrayRef, AsArray, PrimitiveArray, StringArray, StringBuilder, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{ArrowPrimitiveType, DataType, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::entity::UTC;

/// A moment column of any precision that was brought to microseconds.
pub type Moments = PrimitiveArray<TimestampMicrosecondType>;

/// The column in one of the few shapes.
pub fn simplify(array: &ArrayRef) -> ArrayRef {
    let to = match array.data_type() {
        DataType::Utf8
        | DataType::Boolean
        | DataType::Int64
        | DataType::Float64
        | DataType::Decimal128(..)
        | DataType::Date32
        | DataType::Struct(_)
        | DataType::List(_)
        | DataType::LargeList(_)
        | DataType::FixedSizeList(..)
        | DataType::Map(..) => return Arc::clone(array),
        DataType::Null => return new_null_array(&DataType::Utf8, array.len()),
        DataType::Timestamp(unit, zone) => return moments(array, *unit, zone.as_deref()),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            return bytes(array);
        }
        DataType::Dictionary(_, values) => {
            return cast(array, values).map_or_else(|_| shown(array), |plain| simplify(&plain));
        }
        DataType::LargeUtf8 | DataType::Utf8View | DataType::Time32(_) | DataType::Time64(_) => DataType::Utf8,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => {
            DataType::Int64
        }
        DataType::UInt64 => DataType::Decimal128(20, 0),
        DataType::Float16 | DataType::Float32 => DataType::Float64,
        DataType::Decimal32(_, scale) | DataType::Decimal64(_, scale) => DataType::Decimal128(38, *scale),
        DataType::Date64 => DataType::Timestamp(TimeUnit::Millisecond, None),
        _ => return shown(array),
    };
    let Ok(plain) = cast(array, &to) else { return shown(array) };
    match to {
        DataType::Timestamp(unit, _) => moments(&plain, unit, None),
        _ => plain,
    }
}

fn moments(array: &ArrayRef, unit: TimeUnit, zone: Option<&str>) -> ArrayRef {
    // A zone of a typed column only says how to show it: the values are UTC. Without one they are taken for UTC.
    let micros: Option<Moments> = match unit {
        TimeUnit::Microsecond if zone == Some(UTC) => return Arc::clone(array),
        TimeUnit::Microsecond => Some(array.as_primitive::<TimestampMicrosecondType>().clone()),
        TimeUnit::Second => scaled::<TimestampSecondType>(array, |v| v.checked_mul(1_000_000)),
        TimeUnit::Millisecond => scaled::<TimestampMillisecondType>(array, |v| v.checked_mul(1000)),
        TimeUnit::Nanosecond => scaled::<TimestampNanosecondType>(array, |v| Some(v.div_euclid(1000))),
    };
    micros.map_or_else(|| shown(array), |m| Arc::new(m.with_timezone(UTC)))
}

fn scaled<T: ArrowPrimitiveType<Native = i64>>(array: &ArrayRef, by: impl Fn(i64) -> Option<i64>) -> Option<Moments> {
    array.as_primitive::<T>().try_unary(|v| by(v).ok_or(())).ok()
}

fn bytes(array: &ArrayRef) -> ArrayRef {
    let Ok(plain) = cast(array, &DataType::LargeBinary) else { return shown(array) };
    let mut out = StringBuilder::new();
    for value in plain.as_binary::<i64>() {
        match value {
            None => out.append_null(),
            Some(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => out.append_value(text),
                Err(_) => out.append_value(hex::encode(bytes)),
            },
        }
    }
    Arc::new(out.finish())
}

/// Whatever arrow shows for it.
fn shown(array: &ArrayRef) -> ArrayRef {
    let options = FormatOptions::default().with_display_error(true);
    match ArrayFormatter::try_new(array, &options) {
        Ok(formatter) => {
            let text = (0..array.len()).map(|row| array.is_valid(row).then(|| formatter.value(row).to_string()));
            Arc::new(text.collect::<StringArray>())
        }
        Err(_) => new_null_array(&DataType::Utf8, array.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::cast::text::text_of;
    use arrow::array::*;

    #[test]
    fn every_width_and_unit_gives_the_same_text() {
        let one = |array: ArrayRef| text_of(&simplify(&array)).value(0).to_owned();
        assert_eq!(one(Arc::new(Int8Array::from(vec![7]))), "7");
        assert_eq!(one(Arc::new(UInt64Array::from(vec![u64::MAX]))), u64::MAX.to_string());
        assert_eq!(one(Arc::new(LargeStringArray::from(vec!["x"]))), "x");
        assert_eq!(one(Arc::new(StringViewArray::from(vec!["x"]))), "x");
        assert_eq!(one(Arc::new(BinaryArray::from(vec![&[0xff_u8, 1][..]]))), "ff01");
        assert_eq!(one(Arc::new(Date32Array::from(vec![0]))), "1970-01-01");
        assert_eq!(one(Arc::new(Date64Array::from(vec![86_400_000]))), "1970-01-02T00:00:00Z");
        for array in [
            Arc::new(TimestampSecondArray::from(vec![1])) as ArrayRef,
            Arc::new(TimestampMillisecondArray::from(vec![1000]).with_timezone("+02:00")),
            Arc::new(TimestampMicrosecondArray::from(vec![1_000_000])),
            Arc::new(TimestampNanosecondArray::from(vec![1_000_000_000]).with_timezone("Europe/Berlin")),
        ] {
            let simple = simplify(&array);
            assert_eq!(*simple.data_type(), DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())));
            assert_eq!(one(simple), "1970-01-01T00:00:01Z");
        }
        let words: DictionaryArray<types::Int8Type> = vec!["a", "b"].into_iter().collect();
        assert_eq!(one(Arc::new(words)), "a");
        assert_eq!(simplify(&(Arc::new(NullArray::new(2)) as ArrayRef)).null_count(), 2);
    }
}
