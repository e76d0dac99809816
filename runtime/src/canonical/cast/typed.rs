//! Typed source columns to canonical ones. What has no direct way goes through its text, so that every pair of types
//! has a defined outcome.

use std::sync::Arc;

use arrow::array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, PrimitiveArray};
use arrow::compute::{max, min};
use arrow::datatypes::DataType;

use super::super::entity::{FieldType, MONEY_PRECISION, MONEY_SCALE, UTC};
use super::number::{in_range, money, money_number};
use super::{Cast, Fault, Parsed, map, map_primitive, moment, number, parse_boolean, parse_primitive, text};

type Faults = Vec<(u32, Fault)>;

/// An amount column of the canonical precision.
pub fn amounts((array, faults): (PrimitiveArray<Decimal128Type>, Faults), lossy: bool) -> Cast {
    let typed = array.clone().with_precision_and_scale(MONEY_PRECISION, MONEY_SCALE).unwrap_or(array);
    Cast { array: Arc::new(typed), faults, lossy }
}

fn moments((array, faults): (PrimitiveArray<TimestampMicrosecondType>, Faults), lossy: bool) -> Cast {
    Cast { array: Arc::new(array.with_timezone(UTC)), faults, lossy }
}

fn plain<A: Array + 'static>((array, faults): (A, Faults), lossy: bool) -> Cast {
    Cast { array: Arc::new(array), faults, lossy }
}

/// A simplified column as a column of a canonical type.
pub fn column(array: &ArrayRef, to: FieldType) -> Cast {
    let direct = match to {
        FieldType::Integer => integers(array),
        FieldType::Number => numbers(array),
        FieldType::Money => money_column(array),
        FieldType::Boolean => booleans(array),
        FieldType::Date => dates(array),
        FieldType::Datetime => datetimes(array),
        FieldType::Map => None,
        _ => match array.data_type() {
            DataType::Utf8 => Some(Cast::clean(text::text(array.as_string::<i32>()))),
            _ => Some(Cast::clean(Arc::new(text::text_of(array)))),
        },
    };
    direct.unwrap_or_else(|| from_text(array, to))
}

fn from_text(array: &ArrayRef, to: FieldType) -> Cast {
    let text = text::text_of(array);
    let mut lossy = false;
    match to {
        FieldType::Integer => {
            let out = parse_primitive::<Int64Type>(&text, |v| number::integer(v, &mut lossy));
            plain(out, lossy)
        }
        FieldType::Number => {
            let out = parse_primitive::<Float64Type>(&text, |v| number::number(v, &mut lossy));
            plain(out, lossy)
        }
        FieldType::Money => {
            let out = parse_primitive::<Decimal128Type>(&text, |v| money(v, &mut lossy));
            amounts(out, lossy)
        }
        FieldType::Boolean => plain(parse_boolean(&text), false),
        FieldType::Date => {
            let out = parse_primitive::<Date32Type>(&text, |v| moment::date(v, &mut lossy));
            plain(out, lossy)
        }
        FieldType::Datetime => {
            let out = parse_primitive::<TimestampMicrosecondType>(&text, |v| moment::datetime(v, &mut lossy));
            moments(out, lossy)
        }
        FieldType::Map => plain(map::maps(&text), false),
        _ => Cast::clean(text::text(&text)),
    }
}

/// A double that is a whole number of 64 bits.
fn whole(value: f64) -> Parsed<i64> {
    if value.is_nan() {
        Ok(None)
    } else if value.abs() >= 9.2e18 {
        Err(Fault::TooLarge)
    } else if value.fract() != 0.0 {
        Err(Fault::NotAnInteger)
    } else {
        Ok(Some(value as i64))
    }
}

/// A decimal at another scale, rounded half to even, and whether it was exact.
fn rescale(value: i128, from: i8, to: i8) -> Option<(i128, bool)> {
    let shift = i32::from(to) - i32::from(from);
    let power = 10_i128.checked_pow(shift.unsigned_abs());
    if shift >= 0 {
        return if value == 0 { Some((0, true)) } else { value.checked_mul(power?).map(|v| (v, true)) };
    }
    let Some(power) = power else { return Some((0, value == 0)) };
    let (quotient, rest) = (value.div_euclid(power), value.rem_euclid(power));
    let up = rest > power - rest || (rest == power - rest && quotient & 1 != 0);
    Some((quotient + i128::from(up), rest == 0))
}

fn integers(array: &ArrayRef) -> Option<Cast> {
    match array.data_type() {
        DataType::Int64 => Some(Cast::clean(Arc::clone(array))),
        DataType::Float64 => Some(plain(map_primitive::<Float64Type, Int64Type>(array.as_primitive(), whole), false)),
        DataType::Decimal128(_, scale) => {
            let out =
                map_primitive::<Decimal128Type, Int64Type>(array.as_primitive(), |v| match rescale(v, *scale, 0) {
                    Some((v, true)) => i64::try_from(v).map(Some).map_err(|_| Fault::TooLarge),
                    Some(_) => Err(Fault::NotAnInteger),
                    None => Err(Fault::TooLarge),
                });
            Some(plain(out, false))
        }
        DataType::Boolean => {
            let bits: PrimitiveArray<Int64Type> = array.as_boolean().iter().map(|b| b.map(i64::from)).collect();
            Some(Cast::clean(Arc::new(bits)))
        }
        _ => None,
    }
}

fn numbers(array: &ArrayRef) -> Option<Cast> {
    match array.data_type() {
        DataType::Float64 => {
            let values = array.as_primitive::<Float64Type>();
            if values.values().iter().all(|v| v.is_finite()) {
                return Some(Cast::clean(Arc::clone(array)));
            }
            let out = map_primitive::<Float64Type, Float64Type>(values, |v| match v {
                v if v.is_nan() => Ok(None),
                v if v.is_infinite() => Err(Fault::TooLarge),
                v => Ok(Some(v)),
            });
            Some(plain(out, false))
        }
        DataType::Int64 => {
            let mut lossy = false;
            let out = map_primitive::<Int64Type, Float64Type>(array.as_primitive(), |v| {
                lossy |= v.unsigned_abs() > 1 << 53;
                Ok(Some(v as f64))
            });
            Some(plain(out, lossy))
        }
        DataType::Decimal128(_, scale) => {
            let mut lossy = false;
            let out = map_primitive::<Decimal128Type, Float64Type>(array.as_primitive(), |v| {
                lossy |=
                    v.unsigned_abs() > 10_u128.pow(17) && v % 10_i128.pow(u32::from(scale.unsigned_abs()).min(38)) != 0;
                Ok(Some(match *scale {
                    MONEY_SCALE => money_number(v),
                    scale => number::decimal_text(v, scale).parse().unwrap_or(f64::NAN),
                }))
            });
            Some(plain(out, lossy))
        }
        DataType::Boolean => integers(array).and_then(|whole| numbers(&whole.array)),
        _ => None,
    }
}

fn money_column(array: &ArrayRef) -> Option<Cast> {
    let mut lossy = false;
    let fit = |v: Option<i128>| v.filter(|v| in_range(*v)).map(Some).ok_or(Fault::TooLarge);
    let out = match array.data_type() {
        DataType::Decimal128(MONEY_PRECISION, MONEY_SCALE) => return Some(Cast::clean(Arc::clone(array))),
        DataType::Decimal128(_, scale) => map_primitive::<Decimal128Type, Decimal128Type>(array.as_primitive(), |v| {
            let scaled = rescale(v, *scale, MONEY_SCALE);
            lossy |= scaled.is_some_and(|(_, exact)| !exact);
            fit(scaled.map(|(v, _)| v))
        }),
        DataType::Int64 => map_primitive::<Int64Type, Decimal128Type>(array.as_primitive(), |v| {
            fit(rescale(i128::from(v), 0, MONEY_SCALE).map(|(v, _)| v))
        }),
        DataType::Float64 => map_primitive::<Float64Type, Decimal128Type>(array.as_primitive(), |v| {
            // Cents, the usual case, without a detour; else the shortest decimal that means the double.
            let cents = (v * 100.0).round();
            #[expect(clippy::float_cmp, reason = "exactly equal is what makes the short way right")]
            if cents.abs() < 9.0e15 && cents / 100.0 == v {
                return Ok(Some(i128::from(cents as i64) * 100_000_000));
            }
            if v.is_nan() {
                return Ok(None);
            }
            if v.is_infinite() {
                return Err(Fault::TooLarge);
            }
            money(number::number_text(v).as_bytes(), &mut lossy)
        }),
        DataType::Boolean => return integers(array).and_then(|whole| money_column(&whole.array)),
        _ => return None,
    };
    Some(amounts(out, lossy))
}

fn booleans(array: &ArrayRef) -> Option<Cast> {
    fn bits<T: Copy>(
        values: impl Iterator<Item = Option<T>>,
        one: impl Fn(T) -> Option<bool>,
    ) -> (BooleanArray, Faults) {
        let mut faults = Vec::new();
        let bits = values.enumerate().map(|(row, value)| {
            let value = value?;
            let bit = one(value);
            if bit.is_none() {
                faults.push((row as u32, Fault::NotABoolean));
            }
            bit
        });
        (bits.collect(), faults)
    }
    let out = match array.data_type() {
        DataType::Boolean => return Some(Cast::clean(Arc::clone(array))),
        DataType::Int64 => bits(array.as_primitive::<Int64Type>().iter(), |v| match v {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }),
        DataType::Float64 => bits(array.as_primitive::<Float64Type>().iter(), |v| match v {
            0.0 => Some(false),
            1.0 => Some(true),
            _ => None,
        }),
        _ => return None,
    };
    Some(plain(out, false))
}

/// The days of a column, if all of them are of the years that text can hold.
fn dates(array: &ArrayRef) -> Option<Cast> {
    let mut lossy = false;
    let sane = |day: i64| moment::sane(day.saturating_mul(moment::DAY));
    match array.data_type() {
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>();
            let (low, high) = (min(days).map_or(0, i64::from), max(days).map_or(0, i64::from));
            if sane(low) && sane(high) {
                return Some(Cast::clean(Arc::clone(array)));
            }
            let out = map_primitive::<Date32Type, Date32Type>(days, |d| {
                if sane(i64::from(d)) { Ok(Some(d)) } else { Err(Fault::NotADate) }
            });
            Some(plain(out, false))
        }
        DataType::Timestamp(..) => {
            let out = map_primitive::<TimestampMicrosecondType, Date32Type>(array.as_primitive(), |micros| {
                if !moment::sane(micros) {
                    return Err(Fault::NotADate);
                }
                let at = moment::Moment::from_micros(micros);
                lossy |= at.time != 0;
                Ok(Some(at.day))
            });
            Some(plain(out, lossy))
        }
        DataType::Int64 => {
            let out = map_primitive::<Int64Type, Date32Type>(array.as_primitive(), |v| {
                lossy = true;
                moment::since_1970(v).map(|m| Some(m.day)).ok_or(Fault::NotADate)
            });
            Some(plain(out, lossy))
        }
        _ => None,
    }
}

fn datetimes(array: &ArrayRef) -> Option<Cast> {
    let mut lossy = false;
    let out = match array.data_type() {
        DataType::Timestamp(..) => {
            let values = array.as_primitive::<TimestampMicrosecondType>();
            if moment::sane(min(values).unwrap_or(0)) && moment::sane(max(values).unwrap_or(0)) {
                return Some(Cast::clean(Arc::clone(array)));
            }
            map_primitive::<TimestampMicrosecondType, TimestampMicrosecondType>(values, |v| {
                if moment::sane(v) { Ok(Some(v)) } else { Err(Fault::NotAMoment) }
            })
        }
        DataType::Date32 => map_primitive::<Date32Type, TimestampMicrosecondType>(array.as_primitive(), |d| {
            let micros = i64::from(d).saturating_mul(moment::DAY);
            if moment::sane(micros) { Ok(Some(micros)) } else { Err(Fault::NotAMoment) }
        }),
        DataType::Int64 => map_primitive::<Int64Type, TimestampMicrosecondType>(array.as_primitive(), |v| {
            lossy = true;
            moment::since_1970(v).map(|m| Some(m.micros())).ok_or(Fault::NotAMoment)
        }),
        _ => return None,
    };
    Some(moments(out, lossy))
}

/// Numbers of a unit since 1970 as moments; columns that hold no numbers go the usual way.
pub fn epoch(array: &ArrayRef, per_second: i64, to: FieldType) -> Cast {
    let micros_each = 1_000_000 / per_second;
    let mut fine = false;
    let exact = |v: i64| v.checked_mul(micros_each).filter(|m| moment::sane(*m)).map(Some).ok_or(Fault::NotAMoment);
    let fraction = |v: f64, fine: &mut bool| {
        let micros = (v * micros_each as f64).round();
        *fine |= v.fract() != 0.0;
        if micros.abs() < 3.0e17 && moment::sane(micros as i64) {
            Ok(Some(micros as i64))
        } else {
            Err(Fault::NotAMoment)
        }
    };
    let out = match array.data_type() {
        DataType::Int64 => map_primitive::<Int64Type, TimestampMicrosecondType>(array.as_primitive(), exact),
        DataType::Float64 => {
            map_primitive::<Float64Type, TimestampMicrosecondType>(array.as_primitive(), |v| fraction(v, &mut fine))
        }
        DataType::Decimal128(_, scale) => {
            map_primitive::<Decimal128Type, TimestampMicrosecondType>(array.as_primitive(), |v| {
                fraction(number::decimal_text(v, *scale).parse().unwrap_or(f64::NAN), &mut fine)
            })
        }
        DataType::Utf8 => parse_primitive::<TimestampMicrosecondType>(array.as_string::<i32>(), |v| {
            match number::integer(v, &mut fine) {
                Ok(Some(whole)) => exact(whole),
                Ok(None) => Ok(None),
                Err(_) => {
                    if let Ok(Some(number)) = number::number(v, &mut fine) {
                        return fraction(number, &mut fine);
                    }
                    fine = true;
                    Ok(moment::moment(v)?.map(|m| m.micros()))
                }
            }
        }),
        _ => return column(array, to),
    };
    let datetimes = moments(out, fine);
    if to == FieldType::Datetime {
        return datetimes;
    }
    let days = column(&datetimes.array, to);
    Cast { array: days.array, faults: datetimes.faults, lossy: datetimes.lossy || days.lossy }
}

/// Moments as numbers of a unit since 1970: the way back from [`epoch`].
pub fn since_epoch(array: &ArrayRef, per_second: i64) -> ArrayRef {
    let micros_each = 1_000_000 / per_second;
    let moments = column(array, FieldType::Datetime).array;
    let values = moments.as_primitive::<TimestampMicrosecondType>();
    let whole: PrimitiveArray<Int64Type> = values.unary(|v| v.div_euclid(micros_each));
    Arc::new(whole)
}
