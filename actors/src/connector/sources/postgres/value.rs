//! Values of PostgreSQL as Arrow columns: which types come as themselves, and which as their text.
//!
//! Amounts stay exact: `numeric(p, s)` is a decimal, `numeric` without bounds its text. Days and moments are UTC; those
//! at infinity are null. Lists and composites are JSON text, bytes hexadecimal, everything else its own text.

use std::error::Error as StdError;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, TimeUnit};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};

/// How a column is selected and decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `bool`.
    Boolean,
    /// `int2`, `int4`, `int8`.
    Integer,
    /// `float4`, `float8`.
    Number,
    /// `numeric` with bounds.
    Decimal {
        /// Digits.
        precision: u8,
        /// Of them after the point.
        scale: i8,
    },
    /// `date`.
    Day,
    /// `timestamp`, `timestamptz`.
    Moment {
        /// With a zone.
        zoned: bool,
    },
    /// By a cast to text.
    Text,
    /// Lists and composites.
    Json,
    /// `bytea`.
    Bytes,
    /// No column: the digest of the whole row, which identifies it where a table has no key.
    Digest,
}

impl Shape {
    /// From the catalogue's words for a type.
    pub fn of(name: &str, category: &str, kind: &str, modifier: i32) -> Self {
        match name {
            "bool" => Self::Boolean,
            "int2" | "int4" | "int8" => Self::Integer,
            "float4" | "float8" => Self::Number,
            "numeric" if modifier > 4 => {
                let (precision, scale) = (((modifier - 4) >> 16) & 0xffff, (modifier - 4) & 0x7ff);
                // Scales from 15 on may be negative, written in eleven bits.
                let scale = if scale >= 1024 { scale - 2048 } else { scale };
                if (1..=38).contains(&precision) && (0..=precision).contains(&scale) {
                    Self::Decimal { precision: precision as u8, scale: scale as i8 }
                } else {
                    Self::Text
                }
            }
            "date" => Self::Day,
            "timestamp" => Self::Moment { zoned: false },
            "timestamptz" => Self::Moment { zoned: true },
            "bytea" => Self::Bytes,
            _ if category == "A" || kind == "c" => Self::Json,
            _ => Self::Text,
        }
    }

    /// The expression that selects a quoted column.
    pub fn select(&self, column: &str) -> String {
        match self {
            Self::Boolean => format!("{column}::bool"),
            Self::Integer => format!("{column}::int8"),
            // By the shortest text: 0.1 stays 0.1.
            Self::Number => format!("{column}::text::float8"),
            Self::Day => format!("{column}::date"),
            Self::Moment { zoned: true } => format!("{column}::timestamptz"),
            Self::Moment { zoned: false } => format!("{column}::timestamp"),
            Self::Decimal { .. } | Self::Text | Self::Digest => format!("{column}::text"),
            Self::Json => format!("to_json({column})::text"),
            Self::Bytes => format!("encode({column}, 'hex')"),
        }
    }

    /// The Arrow type.
    pub fn data_type(&self) -> DataType {
        match self {
            Self::Boolean => DataType::Boolean,
            Self::Integer => DataType::Int64,
            Self::Number => DataType::Float64,
            Self::Decimal { precision, scale } => DataType::Decimal128(*precision, *scale),
            Self::Day => DataType::Date32,
            Self::Moment { .. } => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Text | Self::Json | Self::Bytes | Self::Digest => DataType::Utf8,
        }
    }

    /// A column to fill.
    pub fn builder(&self) -> Builder {
        match self {
            Self::Boolean => Builder::Boolean(BooleanBuilder::new()),
            Self::Integer => Builder::Integer(Int64Builder::new()),
            Self::Number => Builder::Number(Float64Builder::new()),
            Self::Decimal { scale, .. } => {
                Builder::Decimal(Decimal128Builder::new().with_data_type(self.data_type()), *scale)
            }
            Self::Day => Builder::Day(Date32Builder::new()),
            Self::Moment { .. } => Builder::Moment(TimestampMicrosecondBuilder::new().with_data_type(self.data_type())),
            Self::Text | Self::Json | Self::Bytes | Self::Digest => Builder::Text(StringBuilder::new()),
        }
    }
}

/// A column being filled.
pub enum Builder {
    /// Booleans.
    Boolean(BooleanBuilder),
    /// Whole numbers.
    Integer(Int64Builder),
    /// Numbers.
    Number(Float64Builder),
    /// Decimals and their scale.
    Decimal(Decimal128Builder, i8),
    /// Days.
    Day(Date32Builder),
    /// Moments.
    Moment(TimestampMicrosecondBuilder),
    /// Text.
    Text(StringBuilder),
}

impl Builder {
    /// Appends a value of a row; answers about how many bytes it took.
    pub fn push(&mut self, row: &Row, index: usize) -> Result<usize, tokio_postgres::Error> {
        match self {
            Self::Boolean(b) => b.append_option(row.try_get(index)?),
            Self::Integer(b) => b.append_option(row.try_get(index)?),
            Self::Number(b) => b.append_option(row.try_get(index)?),
            Self::Day(b) => b.append_option(row.try_get::<_, Option<Days>>(index)?.and_then(|d| d.0)),
            Self::Moment(b) => b.append_option(row.try_get::<_, Option<Micros>>(index)?.and_then(|m| m.0)),
            Self::Decimal(b, scale) => {
                let text: Option<&str> = row.try_get(index)?;
                b.append_option(text.and_then(|t| unscaled(t, *scale)));
            }
            Self::Text(b) => {
                let text: Option<&str> = row.try_get(index)?;
                b.append_option(text);
                return Ok(text.map_or(1, str::len));
            }
        }
        Ok(8)
    }

    /// The column.
    pub fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Boolean(b) => Arc::new(b.finish()),
            Self::Integer(b) => Arc::new(b.finish()),
            Self::Number(b) => Arc::new(b.finish()),
            Self::Decimal(b, _) => Arc::new(b.finish()),
            Self::Day(b) => Arc::new(b.finish()),
            Self::Moment(b) => Arc::new(b.finish()),
            Self::Text(b) => Arc::new(b.finish()),
        }
    }
}

/// Digits of a plain decimal at a scale; none for NaN and infinities.
fn unscaled(text: &str, scale: i8) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let missing = usize::try_from(scale).ok()?.checked_sub(fraction.len())?;
    format!("{whole}{fraction}{}", "0".repeat(missing)).parse().ok()
}

/// Days since 1970; none at infinity.
struct Days(Option<i32>);

impl<'a> FromSql<'a> for Days {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        let days = i32::from_be_bytes(*raw.first_chunk().ok_or("a date has four bytes")?);
        // PostgreSQL counts from 2000-01-01.
        Ok(Self((days != i32::MAX && days != i32::MIN).then(|| days.saturating_add(10_957))))
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::DATE
    }
}

/// Microseconds since 1970; none at infinity.
struct Micros(Option<i64>);

impl<'a> FromSql<'a> for Micros {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        let micros = i64::from_be_bytes(*raw.first_chunk().ok_or("a timestamp has eight bytes")?);
        Ok(Self((micros != i64::MAX && micros != i64::MIN).then(|| micros.saturating_add(946_684_800_000_000))))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::TIMESTAMP | Type::TIMESTAMPTZ)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_digits() {
        assert_eq!(unscaled("-12.30", 2), Some(-1230));
        assert_eq!(unscaled("7", 3), Some(7000));
        assert_eq!(unscaled("-0.05", 2), Some(-5));
        assert_eq!(unscaled("NaN", 2), None);
        let of = |p: i32, s: i32| Shape::of("numeric", "N", "b", ((p << 16) | s) + 4);
        assert_eq!(of(12, 2), Shape::Decimal { precision: 12, scale: 2 });
        assert_eq!(of(60, 2), Shape::Text);
        assert_eq!(Shape::of("numeric", "N", "b", -1), Shape::Text);
    }
}
