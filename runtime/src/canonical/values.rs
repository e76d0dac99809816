//! The different values of a text column, while they are few: what shows that a status gained a word or lost one.
//!
//! Runs on each batch in the hot path: blocks of rows spread over the batch are looked at first, which most columns do
//! not survive (ids, names, free text); only one that holds few different values there is counted whole. Pure.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};

use super::cast::word::{is_null, trim};
use super::schema::{SourceSchema, SourceType};
use super::source::simplify;

/// Different values that are still few.
pub const MOST: usize = 32;
/// Longest value, in bytes, that can be one of a list.
const LONGEST: usize = 64;
/// Different spellings counted before blanks around them are taken off.
const SPELLINGS: usize = MOST + 8;
/// Blocks looked at first, and the rows of each.
const BLOCKS: usize = 4;
const BLOCK: usize = 64;
/// Room for the spellings, a power of two, far from full.
const SLOTS: usize = 256;

/// What is known of the values of a column.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Values {
    /// So many, or such long ones, that they are no list.
    Many,
    /// These.
    Few(Few),
}

/// A list of values, and how often each was there.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Few {
    /// Rows that had a value.
    pub rows: u64,
    /// Of these, the ones since a value was last there for the first time.
    pub quiet: u64,
    /// Each value, and its rows.
    pub counts: BTreeMap<String, u64>,
    /// Whether the list is agreed on: from then on a change of it is told.
    #[serde(default)]
    pub agreed: bool,
    /// Values of the list that did not come lately, and the rows that came without.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub missing: BTreeMap<String, u64>,
}

/// The values of those of a batch's text columns that are asked for; `seen` is its schema. Columns of other types have
/// none.
pub fn tally(columns: &RecordBatch, seen: &SourceSchema, asked: impl Fn(&str) -> bool) -> BTreeMap<String, Values> {
    let text = columns.columns().iter().zip(&seen.fields).filter(|(_, field)| field.data_type == SourceType::String);
    text.filter(|(_, field)| asked(&field.name))
        .filter_map(|(array, field)| Some((field.name.clone(), of_column(array)?)))
        .collect()
}

fn of_column(array: &ArrayRef) -> Option<Values> {
    if let Some(text) = array.as_string_opt::<i32>() {
        return Some(of_text(text));
    }
    // Text of another layout is copied whole only where each of the blocks holds few values.
    for from in starts(array.len()) {
        let block = simplify(&array.slice(from, BLOCK.min(array.len() - from)));
        if of_text(block.as_string_opt::<i32>()?) == Values::Many {
            return Some(Values::Many);
        }
    }
    simplify(array).as_string_opt::<i32>().map(of_text)
}

fn of_text(array: &StringArray) -> Values {
    let mut table = Table::new();
    if array.len() > BLOCKS * BLOCK {
        for from in starts(array.len()) {
            table.count(array, from, from + BLOCK);
        }
        if table.overflown {
            return Values::Many;
        }
        table = Table::new();
    }
    table.count(array, 0, array.len());
    table.list()
}

/// Where the blocks begin that are looked at first.
fn starts(rows: usize) -> impl Iterator<Item = usize> {
    let blocks = rows.div_ceil(BLOCK).min(BLOCKS);
    (0..blocks).map(move |n| n * rows / blocks.max(1))
}

/// A value as it is looked up: its first and its last eight bytes, of a shorter one all of it twice, and its length.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Word {
    head: u64,
    tail: u64,
    length: usize,
}

impl Word {
    #[inline]
    fn of(data: &[u8], from: usize, to: usize) -> Self {
        let length = to - from;
        // Eight bytes are read whatever the length, and those of the neighbours taken off: no branch depends on a value.
        let others = 64 - 8 * length.min(8) as u32;
        let head = data.get(from..).and_then(<[u8]>::first_chunk::<8>).map(|bytes| u64::from_le_bytes(*bytes));
        let tail = data.get(..to).and_then(<[u8]>::last_chunk::<8>).map(|bytes| u64::from_le_bytes(*bytes));
        let head = head.unwrap_or_else(|| edge(&data[from..from + length.min(8)]));
        let tail = tail.unwrap_or_else(|| edge(&data[to - length.min(8)..to]).wrapping_shl(others));
        let mask = u64::MAX.checked_shr(others).unwrap_or(0);
        Self { head: head & mask, tail: tail.checked_shr(others).unwrap_or(0), length }
    }

    #[inline]
    const fn slot(self) -> usize {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        let mixed = (self.head ^ self.tail.rotate_left(29) ^ self.length as u64).wrapping_mul(ODD);
        (mixed >> (64 - SLOTS.trailing_zeros())) as usize
    }
}

/// Bytes at the edge of the data, where eight cannot be read.
#[cold]
fn edge(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// One spelling.
struct Entry<'a> {
    word: Word,
    text: &'a [u8],
    rows: u64,
}

impl Entry<'_> {
    /// Whether a value of the same word is the same: one of up to sixteen bytes is its word.
    #[inline]
    fn is(&self, value: &[u8]) -> bool {
        let middle = |text: &[u8]| text.get(8..).and_then(<[u8]>::first_chunk::<8>).copied();
        match value.len() {
            0..=16 => true,
            17..=24 => middle(self.text) == middle(value),
            _ => self.text == value,
        }
    }
}

/// A small hash table of spellings that gives up when they are not few.
struct Table<'a> {
    slots: [u8; SLOTS],
    entries: Vec<Entry<'a>>,
    /// Rows when the latest spelling was there for the first time.
    fresh: u64,
    overflown: bool,
}

impl<'a> Table<'a> {
    const fn new() -> Self {
        Self { slots: [0; SLOTS], entries: Vec::new(), fresh: 0, overflown: false }
    }

    fn count(&mut self, array: &'a StringArray, from: usize, to: usize) {
        let ends = array.value_offsets().get(from..=to.min(array.len())).unwrap_or_default();
        match array.nulls().filter(|n| n.null_count() > 0) {
            None => self.run(array.value_data(), ends, |_| true),
            Some(nulls) => self.run(array.value_data(), ends, |row| nulls.is_valid(from + row)),
        }
    }

    #[inline]
    fn run(&mut self, data: &'a [u8], ends: &[i32], valid: impl Fn(usize) -> bool) {
        for (row, pair) in ends.windows(2).enumerate() {
            if !valid(row) {
                continue;
            }
            let (from, to) = (pair[0] as usize, pair[1] as usize);
            let (word, value) = (Word::of(data, from, to), &data[from..to]);
            let mut slot = word.slot();
            loop {
                let Some(at) = usize::from(self.slots[slot]).checked_sub(1) else {
                    if !self.put(slot, word, value) {
                        return;
                    }
                    break;
                };
                let entry = &mut self.entries[at];
                if entry.word == word && entry.is(value) {
                    entry.rows += 1;
                    break;
                }
                slot = (slot + 1) % SLOTS;
            }
        }
    }

    fn rows(&self) -> u64 {
        // Nothing is counted like any other value, because to ask at each row costs more; it is no row with a value.
        self.entries.iter().filter(|e| !e.text.is_empty()).map(|e| e.rows).sum()
    }

    #[cold]
    fn put(&mut self, slot: usize, word: Word, text: &'a [u8]) -> bool {
        self.overflown |= self.entries.len() == SPELLINGS || text.len() > LONGEST;
        if self.overflown {
            return false;
        }
        self.entries.push(Entry { word, text, rows: 1 });
        self.slots[slot] = self.entries.len() as u8;
        if !text.is_empty() {
            self.fresh = self.rows();
        }
        true
    }

    fn list(self) -> Values {
        if self.overflown {
            return Values::Many;
        }
        let mut few = Few { quiet: self.rows() - self.fresh, ..Few::default() };
        for entry in self.entries {
            let clean = trim(entry.text);
            if let Ok(text) = std::str::from_utf8(clean)
                && !is_null(clean)
            {
                few.rows += entry.rows;
                *few.counts.entry(text.to_owned()).or_default() += entry.rows;
            }
        }
        few.quiet = few.quiet.min(few.rows);
        if few.counts.len() > MOST { Values::Many } else { Values::Few(few) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{DictionaryArray, Int64Array, LargeStringArray};
    use arrow::datatypes::Int32Type;

    use super::super::observe::observe_columns;
    use super::*;

    fn of(array: ArrayRef) -> Option<Values> {
        let columns = RecordBatch::try_from_iter([("c", array)]).unwrap();
        tally(&columns, &observe_columns(&columns), |_| true).remove("c")
    }

    fn texts(values: impl IntoIterator<Item = Option<String>>) -> ArrayRef {
        Arc::new(values.into_iter().collect::<StringArray>())
    }

    fn few(values: Option<Values>) -> Few {
        match values {
            Some(Values::Few(few)) => few,
            other => panic!("{other:?} are not few"),
        }
    }

    #[test]
    fn every_row_of_a_short_list_is_counted() {
        let word = |n: usize| ["open", "won ", " won", "a much longer word than the others", "lost", "N/A", ""][n % 7];
        let found = few(of(texts((0..70_000).map(|n| (n % 14 != 13).then(|| word(n).to_owned())))));
        let counts: Vec<(&str, u64)> = found.counts.iter().map(|(v, n)| (v.as_str(), *n)).collect();
        let wanted =
            [("a much longer word than the others", 10_000), ("lost", 10_000), ("open", 10_000), ("won", 20_000)];
        assert_eq!(counts, wanted);
        assert_eq!(found.rows, 50_000);
        assert!(found.quiet > 49_000);
    }

    #[test]
    fn values_that_differ_anywhere_are_two() {
        // Every length, each with one byte changed at every place, between neighbours of every kind.
        for length in 1..=40_usize {
            let mut values: Vec<String> = vec!["x".repeat(length)];
            values.extend((0..length).map(|at| format!("{}y{}", "x".repeat(at), "x".repeat(length - at - 1))));
            values.truncate(MOST - 2);
            values.extend(["z".to_owned(), "x".repeat(length + 1)]);
            let found = few(of(texts((0..3 * values.len()).map(|n| Some(values[n % values.len()].clone())))));
            assert_eq!(found.counts.len(), values.len(), "{length}");
            assert!(found.counts.values().all(|n| *n == 3), "{length}");
        }
    }

    #[test]
    fn a_value_that_comes_once_and_late_is_found_and_breaks_the_quiet() {
        let mut values = vec![Some("open".to_owned()); 10_000];
        values[9_990] = Some("paused".into());
        let found = few(of(texts(values)));
        assert_eq!((found.counts.get("paused"), found.quiet), (Some(&1), 9));
    }

    #[test]
    fn what_is_no_list_is_given_up() {
        let table: [(&str, ArrayRef); 4] = [
            ("ids", texts((0..5_000).map(|n| Some(format!("id-{n:06}"))))),
            ("one too many", texts((0..=MOST).map(|n| Some(format!("w{n}"))))),
            ("a long text", texts((0..300).map(|_| Some("word ".repeat(20))))),
            ("only late", texts((0..5_000).map(|n| Some(if n < 4_900 { "a".into() } else { format!("x{n}") })))),
        ];
        for (what, array) in table {
            assert_eq!(of(array), Some(Values::Many), "{what}");
        }
        assert_eq!(few(of(texts((0..MOST).map(|n| Some(format!("w{n}")))))).counts.len(), MOST);
    }

    #[test]
    fn only_text_has_a_list_and_any_layout_of_it() {
        assert_eq!(of(Arc::new(Int64Array::from(vec![1, 2]))), None);
        assert_eq!(of(texts([Some("1".into()), Some("2".into())])), None);
        let words: Vec<&str> = (0..1_000).map(|n| ["a", "b"][n % 2]).collect();
        let large = few(of(Arc::new(LargeStringArray::from(words.clone()))));
        let keyed: DictionaryArray<Int32Type> = words.into_iter().collect();
        assert_eq!(few(of(Arc::new(keyed))), large);
        assert_eq!(large.counts["a"], 500);
        let ids: Vec<String> = (0..1_000).map(|n| format!("id-{n}")).collect();
        assert_eq!(of(Arc::new(LargeStringArray::from(ids))), Some(Values::Many));
    }
}
