//! Arrow columns as JSON text, written straight into a byte buffer: no value tree, no allocation a value.
//!
//! Money is an exact number literal without trailing zeros, a datetime is RFC 3339 with `Z`, a float that JSON cannot
//! hold is null. Pure.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, ListArray,
    MapArray, StringArray, StructArray, TimestampMicrosecondArray, UInt64Array, UnionArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};

/// A column whose type has been looked at once.
#[derive(Clone, Debug)]
pub(crate) enum Column {
    Text(StringArray),
    /// Text that is JSON already.
    Json(StringArray),
    Int(Int64Array),
    UInt(UInt64Array),
    Float(Float64Array),
    Decimal(Decimal128Array, u8),
    Bool(BooleanArray),
    Date(Date32Array),
    Micros(TimestampMicrosecondArray),
    Object(StructArray, Vec<(Vec<u8>, Column)>),
    List(ListArray, Box<Column>),
    /// Keys as text, and values.
    Map(MapArray, StringArray, Box<Column>),
    /// Its members by type id.
    Union(UnionArray, Vec<(i8, Column)>),
    Null,
}

impl Column {
    /// Looks at the type; rare ones are cast to the nearest of ours, and what has none is told as text.
    pub(crate) fn of(array: &ArrayRef) -> Self {
        let as_type = |to: DataType| cast(array, &to).map_or_else(|_| described(array), |a| Self::of(&a));
        match array.data_type() {
            DataType::Utf8 => Self::Text(array.as_string().clone()),
            DataType::Int64 => Self::Int(array.as_primitive().clone()),
            DataType::UInt64 => Self::UInt(array.as_primitive().clone()),
            DataType::Float64 => Self::Float(array.as_primitive().clone()),
            DataType::Boolean => Self::Bool(array.as_boolean().clone()),
            DataType::Date32 => Self::Date(array.as_primitive().clone()),
            DataType::Timestamp(TimeUnit::Microsecond, _) => Self::Micros(array.as_primitive().clone()),
            DataType::Decimal128(_, scale) if *scale >= 0 => {
                Self::Decimal(array.as_primitive().clone(), scale.unsigned_abs())
            }
            DataType::Null => Self::Null,
            DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32 => as_type(DataType::Int64),
            DataType::Float16 | DataType::Float32 => as_type(DataType::Float64),
            DataType::Date64 => as_type(DataType::Date32),
            DataType::Timestamp(_, zone) => as_type(DataType::Timestamp(TimeUnit::Microsecond, zone.clone())),
            DataType::Struct(fields) => {
                let object = array.as_struct();
                let mut members: Vec<(Vec<u8>, Self)> = fields
                    .iter()
                    .zip(object.columns())
                    .map(|(f, c)| {
                        let mut name = Vec::with_capacity(f.name().len() + 3);
                        text(&mut name, f.name());
                        name.push(b':');
                        (name, Self::of(c))
                    })
                    .collect();
                // One order of names whatever order the columns came in, so that equal objects are equal text.
                members.sort_by(|a, b| a.0.cmp(&b.0));
                Self::Object(object.clone(), members)
            }
            DataType::List(_) => {
                let list = array.as_list::<i32>();
                Self::List(list.clone(), Box::new(Self::of(list.values())))
            }
            DataType::LargeList(field) | DataType::FixedSizeList(field, _) => {
                as_type(DataType::List(Arc::clone(field)))
            }
            DataType::Map(..) => {
                let map = array.as_map();
                match cast(map.keys(), &DataType::Utf8) {
                    Ok(keys) => Self::Map(map.clone(), keys.as_string().clone(), Box::new(Self::of(map.values()))),
                    Err(_) => described(array),
                }
            }
            DataType::Union(members, _) => {
                let union = array.as_union();
                Self::Union(union.clone(), members.iter().map(|(id, _)| (id, Self::of(union.child(id)))).collect())
            }
            DataType::Binary => {
                Self::Text(array.as_binary::<i32>().iter().map(|bytes| bytes.map(hex::encode)).collect())
            }
            DataType::LargeBinary | DataType::FixedSizeBinary(_) | DataType::BinaryView => as_type(DataType::Binary),
            _ => as_type(DataType::Utf8),
        }
    }

    /// The same column, its text taken as JSON.
    pub(crate) fn raw(self) -> Self {
        match self {
            Self::Text(values) => Self::Json(values),
            other => other,
        }
    }

    pub(crate) fn is_null(&self, row: usize) -> bool {
        match self {
            Self::Text(a) | Self::Json(a) => a.is_null(row),
            Self::Int(a) => a.is_null(row),
            Self::UInt(a) => a.is_null(row),
            Self::Float(a) => a.is_null(row),
            Self::Decimal(a, _) => a.is_null(row),
            Self::Bool(a) => a.is_null(row),
            Self::Date(a) => a.is_null(row),
            Self::Micros(a) => a.is_null(row),
            Self::Object(a, _) => a.is_null(row),
            Self::List(a, _) => a.is_null(row),
            Self::Map(a, ..) => a.is_null(row),
            Self::Union(a, members) => member(a, members, row).is_none_or(|(column, at)| column.is_null(at)),
            Self::Null => true,
        }
    }

    /// Writes the value of a row.
    pub(crate) fn write(&self, out: &mut Vec<u8>, row: usize) {
        if self.is_null(row) {
            return out.extend_from_slice(b"null");
        }
        match self {
            Self::Text(a) => text(out, a.value(row)),
            Self::Json(a) => out.extend_from_slice(a.value(row).as_bytes()),
            Self::Int(a) => int(out, a.value(row)),
            Self::UInt(a) => out.extend_from_slice(itoa::Buffer::new().format(a.value(row)).as_bytes()),
            Self::Float(a) => float(out, a.value(row)),
            Self::Decimal(a, scale) => decimal(out, a.value(row), *scale),
            Self::Bool(a) => out.extend_from_slice(if a.value(row) { b"true" } else { b"false" }),
            Self::Date(a) => {
                out.push(b'"');
                date(out, i64::from(a.value(row)));
                out.push(b'"');
            }
            Self::Micros(a) => {
                out.push(b'"');
                datetime(out, a.value(row));
                out.push(b'"');
            }
            Self::Object(_, members) => object(out, members, row, false),
            Self::List(list, values) => {
                let (from, to) = (list.value_offsets()[row] as usize, list.value_offsets()[row + 1] as usize);
                out.push(b'[');
                for i in from..to {
                    if i > from {
                        out.push(b',');
                    }
                    values.write(out, i);
                }
                out.push(b']');
            }
            Self::Map(map, keys, values) => {
                let (from, to) = (map.value_offsets()[row] as usize, map.value_offsets()[row + 1] as usize);
                out.push(b'{');
                for i in from..to {
                    if i > from {
                        out.push(b',');
                    }
                    text(out, keys.value(i));
                    out.push(b':');
                    values.write(out, i);
                }
                out.push(b'}');
            }
            Self::Union(union, members) => {
                if let Some((column, at)) = member(union, members, row) {
                    column.write(out, at);
                }
            }
            Self::Null => {}
        }
    }
}

/// The member that a row of a union is of, and where in it.
fn member<'a>(union: &UnionArray, members: &'a [(i8, Column)], row: usize) -> Option<(&'a Column, usize)> {
    let of = union.type_id(row);
    members.iter().find(|(id, _)| *id == of).map(|(_, column)| (column, union.value_offset(row)))
}

/// A column of a type that none of ours is near to, in words.
fn described(array: &ArrayRef) -> Column {
    let Ok(words) = ArrayFormatter::try_new(array, &FormatOptions::default()) else {
        return Column::Text((0..array.len()).map(|_| Some(array.data_type().to_string())).collect());
    };
    Column::Text((0..array.len()).map(|i| array.is_valid(i).then(|| words.value(i).to_string())).collect())
}

/// Writes an object, without its nulls if told; whether it has any member.
pub(crate) fn object(out: &mut Vec<u8>, members: &[(Vec<u8>, Column)], row: usize, skip_nulls: bool) {
    out.push(b'{');
    let start = out.len();
    for (name, column) in members {
        if skip_nulls && column.is_null(row) {
            continue;
        }
        if out.len() > start {
            out.push(b',');
        }
        out.extend_from_slice(name);
        column.write(out, row);
    }
    out.push(b'}');
}

const PLAIN: [bool; 256] = {
    let mut table = [true; 256];
    let mut i = 0;
    while i < 0x20 {
        table[i] = false;
        i += 1;
    }
    table[b'"' as usize] = false;
    table[b'\\' as usize] = false;
    table
};

/// Writes a string with its quotes.
pub(crate) fn text(out: &mut Vec<u8>, value: &str) {
    out.push(b'"');
    escape(out, value);
    out.push(b'"');
}

/// Writes a string without its quotes.
pub(crate) fn escape(out: &mut Vec<u8>, value: &str) {
    let bytes = value.as_bytes();
    let mut start = 0;
    for (i, &byte) in bytes.iter().enumerate() {
        if PLAIN[byte as usize] {
            continue;
        }
        out.extend_from_slice(&bytes[start..i]);
        start = i + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(byte >> 4)]);
                out.push(HEX[usize::from(byte & 15)]);
            }
        }
    }
    out.extend_from_slice(&bytes[start..]);
}

/// Writes a whole number.
pub(crate) fn int(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Writes a float; JSON has no word for the infinite ones.
pub(crate) fn float(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        out.extend_from_slice(ryu::Buffer::new().format_finite(value).as_bytes());
    } else {
        out.extend_from_slice(b"null");
    }
}

/// Writes an exact decimal without trailing zeros.
pub(crate) fn decimal(out: &mut Vec<u8>, value: i128, scale: u8) {
    let unit = 10_u128.pow(u32::from(scale.min(38)));
    if value < 0 {
        out.push(b'-');
    }
    let (whole, mut part) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    match u64::try_from(whole) {
        Ok(small) => out.extend_from_slice(itoa::Buffer::new().format(small).as_bytes()),
        Err(_) => out.extend_from_slice(itoa::Buffer::new().format(whole).as_bytes()),
    }
    if part == 0 {
        return;
    }
    out.push(b'.');
    let mut unit = unit / 10;
    while part > 0 {
        out.push(b'0' + (part / unit) as u8);
        part %= unit;
        unit /= 10;
    }
}

fn digits(out: &mut Vec<u8>, value: u64, width: usize) {
    let start = out.len();
    out.resize(start + width, b'0');
    let mut rest = value;
    for slot in out[start..].iter_mut().rev() {
        *slot = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
}

/// Writes a day counted from 1970 as `2024-05-01`.
pub(crate) fn date(out: &mut Vec<u8>, days: i64) {
    // Counts from 1 March of year 0, so that the leap day is the last of its year.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    if (0..=9999).contains(&year) {
        digits(out, year as u64, 4);
    } else {
        out.push(if year < 0 { b'-' } else { b'+' });
        digits(out, year.unsigned_abs(), 6);
    }
    out.push(b'-');
    digits(out, month as u64, 2);
    out.push(b'-');
    digits(out, day as u64, 2);
}

/// Writes a moment as RFC 3339 in UTC, with a fraction only if there is one.
pub(crate) fn datetime(out: &mut Vec<u8>, micros: i64) {
    const DAY: i64 = 86_400_000_000;
    date(out, micros.div_euclid(DAY));
    let rest = micros.rem_euclid(DAY) as u64;
    let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000);
    out.push(b'T');
    digits(out, seconds / 3600, 2);
    out.push(b':');
    digits(out, seconds / 60 % 60, 2);
    out.push(b':');
    digits(out, seconds % 60, 2);
    if fraction > 0 {
        out.push(b'.');
        if fraction.is_multiple_of(1000) {
            digits(out, fraction / 1000, 3);
        } else {
            digits(out, fraction, 6);
        }
    }
    out.push(b'Z');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn scalars_read_as_json() {
        assert_eq!(told(|o| text(o, "a\"b\\\n\u{1}é")), "\"a\\\"b\\\\\\n\\u0001é\"");
        for (value, want) in
            [(0, "0"), (15_000_000_000, "1.5"), (-1, "-0.0000000001"), (-120_000_000_000, "-12"), (1, "0.0000000001")]
        {
            assert_eq!(told(|o| decimal(o, value, 10)), want);
        }
        assert_eq!(told(|o| float(o, f64::NAN)), "null");
        assert_eq!(told(|o| float(o, 2.5)), "2.5");
        assert_eq!(told(|o| int(o, i64::MIN)), i64::MIN.to_string());
    }

    #[test]
    fn days_and_moments_agree_with_chrono() {
        for days in (-200_000..200_000).step_by(37) {
            let want = chrono::DateTime::from_timestamp(days * 86_400, 0).unwrap().format("%Y-%m-%d").to_string();
            assert_eq!(told(|o| date(o, days)), want);
        }
        assert_eq!(told(|o| datetime(o, 0)), "1970-01-01T00:00:00Z");
        assert_eq!(told(|o| datetime(o, -1)), "1969-12-31T23:59:59.999999Z");
        assert_eq!(told(|o| datetime(o, 1_714_564_861_250_000)), "2024-05-01T12:01:01.250Z");
    }

    #[test]
    fn nested_values_and_absent_members() {
        use arrow::array::{Int32Array, StructArray};
        use arrow::datatypes::Field;
        let inner: ArrayRef = Arc::new(StructArray::from(vec![
            (
                Arc::new(Field::new("z", DataType::Int32, true)),
                Arc::new(Int32Array::from(vec![Some(1), None])) as ArrayRef,
            ),
            (
                Arc::new(Field::new("a", DataType::Utf8, true)),
                Arc::new(StringArray::from(vec![Some("x"), None])) as ArrayRef,
            ),
        ]));
        let column = Column::of(&inner);
        assert_eq!(told(|o| column.write(o, 0)), r#"{"a":"x","z":1}"#);
        let Column::Object(_, members) = &column else { panic!("an object") };
        assert_eq!(told(|o| object(o, members, 1, true)), "{}");
        assert_eq!(told(|o| object(o, members, 1, false)), r#"{"a":null,"z":null}"#);
    }

    #[test]
    fn no_type_is_silently_null() {
        use arrow::array::builder::{Int32Builder, Int64Builder, MapBuilder};
        use arrow::array::{Int32Array, IntervalYearMonthArray};
        use arrow::datatypes::{Field, UnionFields};
        let mut map = MapBuilder::new(None, Int32Builder::new(), Int64Builder::new());
        map.keys().append_slice(&[1, 2]);
        map.values().append_slice(&[10, 20]);
        map.append(true).unwrap();
        map.append(false).unwrap();
        let map: ArrayRef = Arc::new(map.finish());
        let column = Column::of(&map);
        assert_eq!(told(|o| column.write(o, 0)), r#"{"1":10,"2":20}"#);
        assert!(column.is_null(1));

        let members = [(0, Field::new("n", DataType::Int32, true)), (1, Field::new("t", DataType::Utf8, true))];
        let members: UnionFields = members.into_iter().map(|(id, f)| (id, Arc::new(f))).collect();
        let children: Vec<ArrayRef> =
            vec![Arc::new(Int32Array::from(vec![Some(7), None, None])), Arc::new(StringArray::from(vec!["", "x", ""]))];
        let union: ArrayRef = Arc::new(UnionArray::try_new(members, vec![0, 1, 0].into(), None, children).unwrap());
        let column = Column::of(&union);
        assert_eq!(told(|o| (0..3).for_each(|row| column.write(o, row))), r#"7"x"null"#);

        let interval: ArrayRef = Arc::new(IntervalYearMonthArray::from(vec![14]));
        assert_eq!(told(|o| Column::of(&interval).write(o, 0)), r#""1 years 2 mons""#);
    }
}
