//! From a source column to a canonical one, a column at a time: a loop over bytes for text, a map over numbers for typed
//! columns, and no work at all where the column is right already.
//!
//! Guarantees: never panics, whatever the bytes; a value is taken, null, or a [`Fault`] at its row, nothing else; and the
//! caller is told when the canonical column cannot give the source's values back ([`Cast::lossy`]), so that they can
//! be kept beside it.

pub mod map;
pub mod moment;
pub mod number;
pub mod text;
pub mod typed;
pub mod word;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, BooleanBufferBuilder, PrimitiveArray, StringArray,
};
use arrow::buffer::NullBuffer;

/// What a parser makes of one value: something, nothing, or a fault.
pub type Parsed<T> = Result<Option<T>, Fault>;

/// Why a value was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// No number.
    NotANumber,
    /// A number, but with a fraction.
    NotAnInteger,
    /// More than the type holds.
    TooLarge,
    /// Neither yes nor no.
    NotABoolean,
    /// No day.
    NotADate,
    /// No moment.
    NotAMoment,
    /// No names and values.
    NotAMap,
    /// Outside the field's bounds.
    OutOfRange,
    /// Required, and null.
    Missing,
    /// Part of the key, and null.
    NoKey,
    /// Orders states of a record, and is neither number nor moment.
    NoOrder,
}

impl Fault {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotANumber => "value.not_a_number",
            Self::NotAnInteger => "value.not_an_integer",
            Self::TooLarge => "value.too_large",
            Self::NotABoolean => "value.not_a_boolean",
            Self::NotADate => "value.not_a_date",
            Self::NotAMoment => "value.not_a_datetime",
            Self::NotAMap => "value.not_a_map",
            Self::OutOfRange => "value.out_of_range",
            Self::Missing => "value.missing",
            Self::NoKey => "key.missing",
            Self::NoOrder => "version.not_orderable",
        }
    }

    /// What is wrong, as the end of a sentence that names column and value.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NotANumber => "is not a number",
            Self::NotAnInteger => "is not a whole number",
            Self::TooLarge => "is larger than the field can hold",
            Self::NotABoolean => "is neither true nor false",
            Self::NotADate => "is not a date",
            Self::NotAMoment => "is not a date and time",
            Self::NotAMap => "is not a JSON object",
            Self::OutOfRange => "is outside the field's bounds",
            Self::Missing => "is required and empty",
            Self::NoKey => "is part of the key and empty",
            Self::NoOrder => "orders the states of a record and is neither a number nor a date",
        }
    }
}

/// A canonical column and what did not fit into it.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The column; null where a value was null or faulty.
    pub array: ArrayRef,
    /// Faulty rows, ascending.
    pub faults: Vec<(u32, Fault)>,
    /// The column cannot give the source's values back.
    pub lossy: bool,
}

impl Cast {
    /// A column that fits as it is.
    pub const fn clean(array: ArrayRef) -> Self {
        Self { array, faults: Vec::new(), lossy: false }
    }
}

/// Nulls, made only when there is one.
struct Validity {
    len: usize,
    bits: Option<BooleanBufferBuilder>,
}

impl Validity {
    const fn new(len: usize) -> Self {
        Self { len, bits: None }
    }

    #[inline]
    fn null(&mut self, row: usize) {
        let len = self.len;
        self.bits
            .get_or_insert_with(|| {
                let mut bits = BooleanBufferBuilder::new(len);
                bits.append_n(len, true);
                bits
            })
            .set_bit(row, false);
    }

    fn finish(self) -> Option<NullBuffer> {
        self.bits.map(|mut bits| NullBuffer::new(bits.finish()))
    }
}

/// Calls the visitor with the bytes of every value that is not null.
#[inline]
pub fn each_text(array: &StringArray, mut visit: impl FnMut(usize, &[u8])) {
    let data = array.value_data();
    let nulls = array.nulls().filter(|n| n.null_count() > 0);
    for (row, ends) in array.value_offsets().windows(2).enumerate() {
        if nulls.is_none_or(|n| n.is_valid(row)) {
            visit(row, &data[ends[0] as usize..ends[1] as usize]);
        }
    }
}

/// Parses a text column into numbers of a type.
fn parse_primitive<T: ArrowPrimitiveType>(
    array: &StringArray,
    mut parse: impl FnMut(&[u8]) -> Parsed<T::Native>,
) -> (PrimitiveArray<T>, Vec<(u32, Fault)>) {
    let mut values = vec![T::Native::default(); array.len()];
    let mut validity = Validity::new(array.len());
    let mut faults = Vec::new();
    if array.null_count() > 0 {
        (0..array.len()).filter(|row| array.is_null(*row)).for_each(|row| validity.null(row));
    }
    each_text(array, |row, value| match parse(value) {
        Ok(Some(parsed)) => values[row] = parsed,
        Ok(None) => validity.null(row),
        Err(fault) => {
            validity.null(row);
            faults.push((row as u32, fault));
        }
    });
    (PrimitiveArray::new(values.into(), validity.finish()), faults)
}

fn parse_boolean(array: &StringArray) -> (BooleanArray, Vec<(u32, Fault)>) {
    let mut values = BooleanBufferBuilder::new(array.len());
    values.append_n(array.len(), false);
    let mut validity = Validity::new(array.len());
    let mut faults = Vec::new();
    if array.null_count() > 0 {
        (0..array.len()).filter(|row| array.is_null(*row)).for_each(|row| validity.null(row));
    }
    each_text(array, |row, value| match word::boolean(value) {
        Ok(Some(parsed)) => values.set_bit(row, parsed),
        Ok(None) => validity.null(row),
        Err(fault) => {
            validity.null(row);
            faults.push((row as u32, fault));
        }
    });
    (BooleanArray::new(values.finish(), validity.finish()), faults)
}

/// Turns a map over typed values, some of which fail, into a column.
fn map_primitive<S: ArrowPrimitiveType, T: ArrowPrimitiveType>(
    array: &PrimitiveArray<S>,
    mut map: impl FnMut(S::Native) -> Parsed<T::Native>,
) -> (PrimitiveArray<T>, Vec<(u32, Fault)>) {
    let mut values = vec![T::Native::default(); array.len()];
    let mut validity = Validity::new(array.len());
    let mut faults = Vec::new();
    for (row, value) in array.values().iter().enumerate() {
        if array.is_null(row) {
            validity.null(row);
            continue;
        }
        match map(*value) {
            Ok(Some(mapped)) => values[row] = mapped,
            Ok(None) => validity.null(row),
            Err(fault) => {
                validity.null(row);
                faults.push((row as u32, fault));
            }
        }
    }
    (PrimitiveArray::new(values.into(), validity.finish()), faults)
}
