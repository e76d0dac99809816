//! The distinct values of one comparison: each has a number, so that equality of values is equality of numbers, and is
//! kept once, with what a distance can be ruled out by without looking at it.
//!
//! Numbers are given in the order of first sight, mean nothing outside the pool, and are never taken back: a value that
//! no record has any more costs its bytes until the pool is made anew. Pure.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

/// The number of "there is none".
pub(crate) const MISSING: u32 = 0;

/// What rules a distance out cheaply.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outline {
    /// Which letters, digits and signs occur.
    pub(crate) letters: u32,
    /// Bytes.
    pub(crate) len: u8,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Pool {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    outlines: Vec<Outline>,
    /// How many records have it.
    counts: Vec<u32>,
    index: HashTable<u32>,
}

impl Default for Pool {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            ends: vec![0],
            outlines: vec![Outline::default()],
            counts: vec![0],
            index: HashTable::new(),
        }
    }
}

impl Pool {
    /// The number of a value; new or known. Empty is missing.
    pub(crate) fn intern(&mut self, value: &str) -> u32 {
        if value.is_empty() {
            return MISSING;
        }
        let (bytes, ends) = (&self.bytes, &self.ends);
        let text = |id: u32| slice(bytes, ends, id);
        let hash = xxh3_64(value.as_bytes());
        if let Some(&id) = self.index.find(hash, |&id| text(id) == value.as_bytes()) {
            return id;
        }
        let id = self.ends.len() as u32;
        self.index.insert_unique(hash, id, |&id| xxh3_64(text(id)));
        self.bytes.extend_from_slice(value.as_bytes());
        self.ends.push(self.bytes.len() as u32);
        self.outlines.push(outline(value.as_bytes()));
        self.counts.push(0);
        id
    }

    /// How many numbers there are, the missing one included.
    pub(crate) const fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn bytes(&self, id: u32) -> &[u8] {
        slice(&self.bytes, &self.ends, id)
    }

    pub(crate) fn outline(&self, id: u32) -> Outline {
        self.outlines[id as usize]
    }

    /// How many records have the value.
    pub(crate) fn count(&self, id: u32) -> u32 {
        self.counts[id as usize]
    }

    /// A record has it, or has it no more.
    pub(crate) fn counted(&mut self, id: u32, by: i32) {
        let count = &mut self.counts[id as usize];
        *count = count.saturating_add_signed(by);
    }

    /// Names the value outside the pool.
    pub(crate) fn hash(&self, id: u32) -> u32 {
        xxh3_64(self.bytes(id)) as u32
    }
}

fn slice<'a>(bytes: &'a [u8], ends: &[u32], id: u32) -> &'a [u8] {
    if id == MISSING {
        return &[];
    }
    &bytes[ends[id as usize - 1] as usize..ends[id as usize] as usize]
}

fn outline(value: &[u8]) -> Outline {
    let letters = value.iter().fold(0_u32, |set, &b| {
        set | match b {
            b'a'..=b'z' => 1 << (b - b'a'),
            // Ten digits share five bits: the rest of the word.
            b'0'..=b'9' => 1 << (26 + (b - b'0') / 2),
            _ => 1 << 31,
        }
    });
    Outline { letters, len: value.len() as u8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_one_number() {
        let mut pool = Pool::default();
        let values: Vec<String> = (0..5_000).map(|i| format!("value {i}")).collect();
        let first: Vec<u32> = values.iter().map(|v| pool.intern(v)).collect();
        let again: Vec<u32> = values.iter().map(|v| pool.intern(v)).collect();
        assert_eq!(first, again);
        assert_eq!(pool.len(), 5_001);
        assert_eq!(pool.bytes(first[4_321]), b"value 4321");
        assert_eq!((pool.intern(""), pool.bytes(MISSING).len()), (MISSING, 0));
    }

    #[test]
    fn counts_go_up_and_down() {
        let mut pool = Pool::default();
        let id = pool.intern("a");
        pool.counted(id, 2);
        pool.counted(id, -1);
        assert_eq!(pool.count(id), 1);
        pool.counted(id, -9);
        assert_eq!(pool.count(id), 0);
    }
}
