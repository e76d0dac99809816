//! What a rule does to a column besides the cast, ready to run, and the way back.
//!
//! Guarantee: a transform that cannot be undone exactly says so ([`Prepared::keeps`]), and then the source's column stays
//! in the extras beside the canonical one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::types::{Decimal128Type, Float64Type, Int64Type};
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StringArray};
use arrow::compute::{kernels::boolean::not, take};
use arrow::datatypes::DataType;

use super::cast::{Cast, Fault, number, text, typed};
use super::entity::{FieldDef, FieldType, MONEY_PRECISION, MONEY_SCALE};
use super::mapping::Transform;
use crate::{Error, Result};

/// A factor: mantissa times ten to the exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factor {
    mantissa: i64,
    exponent: i32,
}

impl Factor {
    fn parse(factor: &str) -> Option<Self> {
        let (mut mantissa, places, _) = number::plain(factor.trim().as_bytes())?;
        let mut exponent = -(places as i32);
        if mantissa == 0 {
            return None;
        }
        while mantissa % 10 == 0 {
            mantissa /= 10;
            exponent += 1;
        }
        Some(Self { mantissa, exponent })
    }

    const fn inverse(self) -> Self {
        // Only asked for powers of ten; see `keeps`.
        Self { mantissa: self.mantissa, exponent: -self.exponent }
    }

    /// The amount times the factor, rounded half away from zero; whether it was exact.
    fn apply(self, amount: i128) -> Option<(i128, bool)> {
        let product = amount.checked_mul(i128::from(self.mantissa))?;
        let power = 10_i128.checked_pow(self.exponent.unsigned_abs())?;
        if self.exponent >= 0 {
            return product.checked_mul(power).map(|v| (v, true));
        }
        let (quotient, rest) = (product / power, product % power);
        let up = if rest.abs() >= power - rest.abs() { rest.signum() } else { 0 };
        Some((quotient + up, rest == 0))
    }

    fn apply_number(self, value: f64) -> f64 {
        let product = value * self.mantissa as f64;
        // Dividing by a power of ten rounds once; multiplying with a negative one rounds twice.
        let power = 10_f64.powi(self.exponent.abs());
        if self.exponent >= 0 { product * power } else { product / power }
    }
}

/// A transform that is ready to run.
#[derive(Clone, Debug)]
pub enum Prepared {
    /// Trim and cast.
    None,
    /// Multiply.
    Scale(Factor),
    /// Change the sign, or flip the flag.
    Negate,
    /// Numbers since 1970, this many a second.
    Epoch(i64),
    /// Codes to words.
    Values(BTreeMap<String, String>),
    /// The same for every row.
    Constant(String),
    /// Lower case.
    Lower,
    /// Upper case.
    Upper,
}

impl Prepared {
    /// Checks a transform against the field it feeds.
    pub fn compile(transform: &Transform, field: &FieldDef) -> Result<Self> {
        use FieldType::{Boolean, Date, Datetime, Integer, Money, Number};
        let kind = field.field_type;
        let only = |allowed: &[FieldType], name: &str| {
            if allowed.contains(&kind) {
                return Ok(());
            }
            let names: Vec<&str> = allowed.iter().map(|t| t.as_str()).collect();
            Err(Error::invalid(
                "mapping.bad_transform",
                format!("The transform {name} does not apply to a field of type {}.", kind.as_str()),
            )
            .field(field.name.clone())
            .remedy(format!("Use it on {}, or remove it.", names.join(", "))))
        };
        Ok(match transform {
            Transform::None => Self::None,
            Transform::Scale(factor) => {
                only(&[Integer, Number, Money], "scale")?;
                let parsed = Factor::parse(factor).ok_or_else(|| {
                    Error::invalid("mapping.bad_transform", format!("{factor:?} is not a factor."))
                        .field(field.name.clone())
                        .remedy("Give a decimal number other than zero, such as 0.01 or 100.")
                })?;
                Self::Scale(parsed)
            }
            Transform::Negate => {
                only(&[Integer, Number, Money, Boolean], "negate")?;
                Self::Negate
            }
            Transform::EpochSeconds => {
                only(&[Date, Datetime], "epoch_seconds")?;
                Self::Epoch(1)
            }
            Transform::EpochMillis => {
                only(&[Date, Datetime], "epoch_millis")?;
                Self::Epoch(1000)
            }
            Transform::Values(words) => Self::Values(words.clone()),
            Transform::Constant(value) => {
                let one: ArrayRef = Arc::new(StringArray::from(vec![value.as_str()]));
                if let Some((_, fault)) = typed::column(&one, kind).faults.first() {
                    return Err(Error::invalid(
                        "mapping.bad_transform",
                        format!("The constant {value:?} {}.", fault.reason()),
                    )
                    .field(field.name.clone())
                    .remedy(format!("Give a value of type {}.", kind.as_str())));
                }
                Self::Constant(value.clone())
            }
            Transform::Lower => Self::Lower,
            Transform::Upper => Self::Upper,
        })
    }

    /// Whether the source's column has to stay, because the way back does not give it exactly.
    pub const fn keeps(&self, kind: FieldType) -> bool {
        match self {
            Self::Scale(factor) => factor.mantissa != 1 || matches!(kind, FieldType::Number),
            Self::Values(_) | Self::Lower | Self::Upper => true,
            _ => false,
        }
    }

    /// The canonical column of a simplified source column.
    pub fn run(&self, array: &ArrayRef, kind: FieldType) -> Cast {
        match self {
            Self::None => typed::column(array, kind),
            Self::Constant(value) => constant(value, kind, array.len()),
            Self::Epoch(per_second) => typed::epoch(array, *per_second, kind),
            Self::Values(words) => {
                over_text(array, kind, |v| words.get(v).map_or(Cow::Borrowed(v), |word| Cow::Owned(word.clone())))
            }
            Self::Lower => over_text(array, kind, |v| Cow::Owned(v.to_lowercase())),
            Self::Upper => over_text(array, kind, |v| Cow::Owned(v.to_uppercase())),
            Self::Scale(factor) if kind == FieldType::Integer => {
                let amounts = scale(typed::column(array, FieldType::Money), *factor);
                let mut whole = typed::column(&amounts.array, kind);
                whole.faults = merge(amounts.faults, whole.faults);
                whole.lossy |= amounts.lossy;
                whole
            }
            Self::Scale(factor) => scale(typed::column(array, kind), *factor),
            Self::Negate => negate(typed::column(array, kind)),
        }
    }

    /// The source column that a canonical column came from.
    pub fn undo(&self, array: &ArrayRef, kind: FieldType) -> ArrayRef {
        match self {
            Self::Negate => negate(Cast::clean(Arc::clone(array))).array,
            Self::Scale(factor) if kind == FieldType::Money => {
                scale(Cast::clean(Arc::clone(array)), factor.inverse()).array
            }
            Self::Scale(factor) => {
                // An integer may have had a fraction before it was scaled.
                scale(typed::column(array, FieldType::Money), factor.inverse()).array
            }
            Self::Epoch(per_second) => typed::since_epoch(array, *per_second),
            _ => Arc::clone(array),
        }
    }
}

/// Changes the trimmed text of every value, then casts.
fn over_text(array: &ArrayRef, kind: FieldType, change: impl Fn(&str) -> Cow<'_, str>) -> Cast {
    let source = text::text_of(array);
    let changed = text::map_text(&source, |value| change(value.trim_ascii()));
    typed::column(&(Arc::new(changed) as ArrayRef), kind)
}

fn merge(mut a: Vec<(u32, Fault)>, b: Vec<(u32, Fault)>) -> Vec<(u32, Fault)> {
    a.extend(b);
    a.sort_by_key(|(row, _)| *row);
    a
}

/// The same value in every row.
pub fn constant(value: &str, kind: FieldType, rows: usize) -> Cast {
    let one: ArrayRef = Arc::new(StringArray::from(vec![value]));
    let cast = typed::column(&one, kind);
    let indices = arrow::array::UInt32Array::from(vec![0_u32; rows]);
    Cast::clean(
        take(&cast.array, &indices, None).unwrap_or_else(|_| arrow::array::new_null_array(&kind.data_type(), rows)),
    )
}

fn scale(cast: Cast, factor: Factor) -> Cast {
    match cast.array.data_type() {
        DataType::Float64 => {
            let scaled = cast.array.as_primitive::<Float64Type>().unary::<_, Float64Type>(|v| factor.apply_number(v));
            let again = typed::column(&(Arc::new(scaled) as ArrayRef), FieldType::Number);
            Cast { faults: merge(cast.faults, again.faults), lossy: cast.lossy, array: again.array }
        }
        DataType::Decimal128(..) => {
            let mut faults = Vec::new();
            let mut lossy = cast.lossy;
            let source = cast.array.as_primitive::<Decimal128Type>();
            let scaled: arrow::array::Decimal128Array = source
                .iter()
                .enumerate()
                .map(|(row, value)| {
                    let Some((scaled, exact)) = factor.apply(value?).filter(|(v, _)| number::in_range(*v)) else {
                        faults.push((row as u32, Fault::TooLarge));
                        return None;
                    };
                    lossy |= !exact;
                    Some(scaled)
                })
                .collect();
            let array = scaled.clone().with_precision_and_scale(MONEY_PRECISION, MONEY_SCALE).unwrap_or(scaled);
            Cast { array: Arc::new(array), faults: merge(cast.faults, faults), lossy }
        }
        _ => cast,
    }
}

fn negate(cast: Cast) -> Cast {
    let array: ArrayRef = match cast.array.data_type() {
        DataType::Boolean => {
            let flags: &BooleanArray = cast.array.as_boolean();
            match not(flags) {
                Ok(flipped) => Arc::new(flipped),
                Err(_) => return cast,
            }
        }
        DataType::Int64 => Arc::new(cast.array.as_primitive::<Int64Type>().unary::<_, Int64Type>(i64::wrapping_neg)),
        DataType::Float64 => Arc::new(cast.array.as_primitive::<Float64Type>().unary::<_, Float64Type>(|v| -v)),
        DataType::Decimal128(precision, scale) => {
            let negated = cast.array.as_primitive::<Decimal128Type>().unary::<_, Decimal128Type>(i128::wrapping_neg);
            Arc::new(negated.clone().with_precision_and_scale(*precision, *scale).unwrap_or(negated))
        }
        _ => return cast,
    };
    Cast { array, ..cast }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::cast::text::text_of;

    fn field(kind: FieldType) -> FieldDef {
        FieldDef { name: "f".into(), field_type: kind, description: String::new(), minimum: None, maximum: None }
    }

    fn run(transform: &Transform, kind: FieldType, values: &[&str]) -> (Vec<String>, Vec<String>) {
        let prepared = Prepared::compile(transform, &field(kind)).unwrap();
        let source: ArrayRef = Arc::new(StringArray::from(values.to_vec()));
        let cast = prepared.run(&source, kind);
        assert_eq!(cast.faults, []);
        let texts = |array: &ArrayRef| text_of(array).iter().map(|v| v.unwrap_or("null").to_owned()).collect();
        (texts(&cast.array), texts(&prepared.undo(&cast.array, kind)))
    }

    #[test]
    fn there_and_back() {
        use FieldType::{Boolean, Date, Datetime, Integer, Money, Number, String};
        let scale = |f: &str| Transform::Scale(f.into());
        for (transform, kind, source, canonical) in [
            (scale("0.01"), Money, "1999", "19.99"),
            (scale("0.01"), Number, "1999", "19.99"),
            (scale("1000"), Integer, "1.5", "1500"),
            (Transform::Negate, Money, "5", "-5"),
            (Transform::Negate, Boolean, "true", "false"),
            (Transform::EpochMillis, Datetime, "1717163109123", "2024-05-31T13:45:09.123Z"),
            (Transform::EpochSeconds, Datetime, "1717163109", "2024-05-31T13:45:09Z"),
            (Transform::EpochSeconds, Date, "1717113600", "2024-05-31"),
            (Transform::None, String, "x", "x"),
        ] {
            let (out, back) = run(&transform, kind, &[source]);
            assert_eq!((out[0].as_str(), back[0].as_str()), (canonical, source), "{transform:?}");
        }
        let words = BTreeMap::from([("1".to_owned(), "open".to_owned())]);
        assert_eq!(run(&Transform::Values(words), String, &[" 1 ", "2"]).0, ["open", "2"]);
        assert_eq!(run(&Transform::Lower, String, &["ÄB"]).0, ["äb"]);
        assert_eq!(run(&Transform::Constant("7".into()), Integer, &["x", "y"]).0, ["7", "7"]);
    }

    #[test]
    fn what_does_not_apply_is_refused_by_name() {
        let fails = |t: Transform, kind| Prepared::compile(&t, &field(kind)).unwrap_err();
        assert_eq!(fails(Transform::Scale("2".into()), FieldType::String).field.as_deref(), Some("f"));
        assert_eq!(fails(Transform::Scale("0".into()), FieldType::Money).code, "mapping.bad_transform");
        assert_eq!(fails(Transform::EpochMillis, FieldType::Money).code, "mapping.bad_transform");
        assert_eq!(fails(Transform::Constant("x".into()), FieldType::Date).code, "mapping.bad_transform");
    }
}
