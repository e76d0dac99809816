//! How the values of a column are spread: how many are empty, and how large its numbers are. What shows that a field is
//! no longer filled, or that an amount is now sent in cents.
//!
//! Runs on each batch in the hot path, and so looks at a few blocks of rows spread over it, never at all of them. Sizes
//! are counted by powers of two: a change of unit moves all of them, everyday change moves few. Pure.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};

use super::cast::word::{is_null, trim};
use super::cast::{number, text};
use super::schema::{SourceSchema, SourceType};
use super::source::simplify;

/// Blocks looked at, and the rows of each.
const BLOCKS: usize = 8;
const BLOCK: usize = 64;

/// Where a double's exponent begins, and what stands for the exponent of one.
const MANTISSA_BITS: u32 = 52;
const ONE: i32 = 1023;

/// How some rows of a column are spread.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Bands {
    /// Rows looked at.
    pub rows: u64,
    /// Of these, the ones without a value.
    pub empty: u64,
    /// Neighbours that are both numbers.
    #[serde(default)]
    pub pairs: u64,
    /// Of these, the ones of which the later is the larger.
    #[serde(default)]
    pub rising: u64,
    /// Numbers by their power of two: see [`band`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<i16, u64>,
}

/// What is known of a column, and what came since it was last compared with that.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Spread {
    /// As it is.
    pub usual: Bands,
    /// As it was lately, until that is enough to compare.
    #[serde(default)]
    pub lately: Bands,
}

impl Bands {
    /// With what other rows have.
    pub fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.empty += other.empty;
        self.pairs += other.pairs;
        self.rising += other.rising;
        for (band, rows) in &other.counts {
            *self.counts.entry(*band).or_default() += rows;
        }
    }

    /// Half of everything: what is older weighs less.
    pub fn halve(&mut self) {
        self.rows /= 2;
        self.empty /= 2;
        self.pairs /= 2;
        self.rising /= 2;
        self.counts.values_mut().for_each(|rows| *rows /= 2);
        self.counts.retain(|_, rows| *rows > 0);
    }

    /// Rows with a number.
    pub fn numbers(&self) -> u64 {
        self.counts.values().sum()
    }

    fn number(&mut self, value: f64, before: &mut Option<f64>) {
        *self.counts.entry(band(value)).or_default() += 1;
        self.pairs += u64::from(before.is_some());
        self.rising += u64::from(before.is_some_and(|b| value > b));
        *before = Some(value);
    }
}

/// The power of two at or below a number's size, made so that bands rise as numbers do: 0 for nought, negative for
/// negative numbers.
pub fn band(number: f64) -> i16 {
    if number == 0.0 || number.is_nan() {
        return 0;
    }
    let size = (number.abs().to_bits() >> MANTISSA_BITS) as i16 + 1;
    if number < 0.0 { -size } else { size }
}

/// The smallest size in a band, with the band's sign.
pub fn bound(band: i16) -> f64 {
    let size = f64::from(i32::from(band.abs()) - 1 - ONE).exp2();
    match band {
        0 => 0.0,
        1.. => size,
        _ => -size,
    }
}

/// Of the columns of a batch; `seen` is its schema. Numbers of those that are `sized` are counted by their size.
pub fn sample(columns: &RecordBatch, seen: &SourceSchema, sized: impl Fn(&str) -> bool) -> BTreeMap<String, Bands> {
    let columns = columns.columns().iter().zip(&seen.fields);
    columns
        .map(|(array, field)| {
            let numbers = matches!(field.data_type, SourceType::Integer | SourceType::Number) && sized(&field.name);
            (field.name.clone(), of_column(array, numbers))
        })
        .collect()
}

fn of_column(array: &ArrayRef, numbers: bool) -> Bands {
    let mut bands = Bands::default();
    let blocks = array.len().div_ceil(BLOCK).min(BLOCKS);
    for at in 0..blocks {
        let from = at * array.len() / blocks;
        let block = array.slice(from, BLOCK.min(array.len() - from));
        bands.rows += block.len() as u64;
        let plain = simplify(&block);
        match plain.as_string_opt::<i32>() {
            Some(texts) => look(&mut bands, texts.iter(), numbers),
            None if numbers => look(&mut bands, text::text_of(&plain).iter(), numbers),
            None => bands.empty += plain.null_count() as u64,
        }
    }
    bands
}

fn look<'a>(bands: &mut Bands, values: impl Iterator<Item = Option<&'a str>>, numbers: bool) {
    let mut before = None;
    for value in values {
        let clean = value.map(|v| trim(v.as_bytes())).filter(|v| !is_null(v));
        let Some(clean) = clean else {
            bands.empty += 1;
            continue;
        };
        if numbers && let Ok(Some(value)) = number::number(clean, &mut false) {
            bands.number(value, &mut before);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Float64Array, Int64Array, StringArray};
    use proptest::prelude::*;

    use super::super::observe::observe_columns;
    use super::*;

    fn of(array: ArrayRef) -> Bands {
        let columns = RecordBatch::try_from_iter([("c", array)]).unwrap();
        sample(&columns, &observe_columns(&columns), |_| true).remove("c").unwrap()
    }

    #[test]
    fn numbers_are_the_same_however_they_are_written() {
        let numbers: Vec<f64> = (0..200).map(|n| f64::from(n - 20) * 1.5).collect();
        let texts: StringArray = numbers.iter().map(|n| Some(format!(" {n} "))).collect();
        assert_eq!(of(Arc::new(texts)), of(Arc::new(Float64Array::from(numbers))));
    }

    #[test]
    fn what_is_empty_is_counted_whatever_the_type() {
        let texts = StringArray::from(vec![Some("a"), None, Some(""), Some("N/A"), Some("b")]);
        assert_eq!((of(Arc::new(texts.clone())).rows, of(Arc::new(texts)).empty), (5, 3));
        assert_eq!(of(Arc::new(Int64Array::from(vec![Some(7), None]))).empty, 1);
        assert_eq!(of(Arc::new(StringArray::from(Vec::<&str>::new()))), Bands::default());
    }

    #[test]
    fn large_batches_cost_what_small_ones_do() {
        let bands = of(Arc::new((0..1_000_000).collect::<Int64Array>()));
        assert_eq!((bands.rows, bands.numbers()), ((BLOCKS * BLOCK) as u64, (BLOCKS * BLOCK) as u64));
        assert_eq!(bands.rising, (BLOCKS * (BLOCK - 1)) as u64);
    }

    proptest! {
        #[test]
        fn bands_rise_as_numbers_do(a in -1e12..1e12_f64, b in -1e12..1e12_f64) {
            let (low, high) = (a.min(b), a.max(b));
            prop_assert!(band(low) <= band(high));
            let size = bound(band(a)).abs();
            prop_assert!(size <= a.abs() && (a == 0.0 || a.abs() < 2.0 * size));
        }
    }
}
