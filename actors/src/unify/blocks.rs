//! Which records are compared at all: those that share a blocking key in some pass.
//!
//! A pass is a sorted list of (key, row), with a short one beside it for what came since, so that a newcomer costs a
//! few searches and the whole is enumerated in order. An entry whose row has another key by now is passed over.
//!
//! Full is a named choice: a block of more records than are all compared with each other is narrowed by the parts
//! declared for it; what is still too large is compared with its neighbours in the order of names; and a newcomer looks at
//! so many records of a block and no more. What is lost by it are pairs of a value that tells next to nothing.

use autonomos_runtime::canonical::identity::BlockPart;

use super::plan::Plan;
use super::pool::{MISSING, Pool};
use super::spread::spread;

/// A row without a key in a pass.
const NONE: u32 = 0;
/// Entries of a pass that one piece of work covers.
const PIECE: usize = 1 << 14;
/// Entries beside the sorted list, as a share of it, after which the two become one.
const SHARE: usize = 8;

/// One pass.
#[derive(Debug, Default)]
struct Pass {
    /// By row.
    keys: Vec<u32>,
    sorted: Vec<u64>,
    beside: Vec<u64>,
}

const fn entry(key: u32, row: u32) -> u64 {
    (key as u64) << 32 | row as u64
}

impl Pass {
    /// Entries of a key.
    fn with(&self, key: u32) -> impl Iterator<Item = u32> {
        let of = move |list: &'_ [u64]| {
            let from = list.partition_point(|e| *e < entry(key, 0));
            let count = list[from..].iter().take_while(|e| (**e >> 32) as u32 == key).count();
            (from, from + count)
        };
        let ((a, b), (c, d)) = (of(&self.sorted), of(&self.beside));
        let keys = &self.keys;
        let rows = self.sorted[a..b].iter().chain(&self.beside[c..d]).map(|e| *e as u32);
        rows.filter(move |&row| keys[row as usize] == key)
    }

    fn enter(&mut self, mut fresh: Vec<u64>) {
        if fresh.is_empty() {
            return;
        }
        self.beside.append(&mut fresh);
        self.beside.sort_unstable();
        self.beside.dedup();
        if self.beside.len() * SHARE > self.sorted.len() {
            self.settle();
        }
    }

    /// Makes the two lists one, without the entries that hold no more.
    fn settle(&mut self) {
        self.sorted.append(&mut self.beside);
        self.sorted.sort_unstable();
        self.sorted.dedup();
        let keys = &self.keys;
        self.sorted.retain(|e| keys[*e as u32 as usize] == (*e >> 32) as u32);
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Blocks(Vec<Pass>);

/// What the blocks look at of the index.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) pools: &'a [Pool],
    pub(crate) values: &'a [u32],
    pub(crate) ids: &'a [u64],
}

impl Rows<'_> {
    fn of(&self, row: u32) -> &[u32] {
        let width = self.pools.len();
        &self.values[row as usize * width..(row as usize + 1) * width]
    }

    /// The key of the parts that always hold, or of those that narrow; none when a value that always has to be there is
    /// missing.
    fn key(&self, parts: &[BlockPart], narrowing: bool, row: u32) -> u32 {
        let values = self.of(row);
        let mut hash = 0x9e37_79b9_7f4a_7c15_u64;
        for part in parts.iter().filter(|p| p.narrowing == narrowing) {
            let value = values[part.comparison];
            if value == MISSING && !narrowing {
                return NONE;
            }
            let piece = match part.prefix {
                Some(letters) => {
                    let bytes = self.pools[part.comparison].bytes(value);
                    bytes.iter().take(usize::from(letters)).fold(1, |h: u64, b| h << 8 ^ h >> 56 ^ u64::from(*b))
                }
                None => u64::from(value),
            };
            hash = mixed(hash ^ piece);
        }
        ((hash >> 32) as u32).max(1)
    }

    /// Where a row stands among others of a block that is too large.
    fn name(&self, row: u32) -> (&[u8], u64) {
        (self.pools[0].bytes(self.of(row)[0]), self.ids[row as usize])
    }
}

const fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Blocks {
    pub(crate) fn new(passes: usize) -> Self {
        Self((0..passes).map(|_| Pass::default()).collect())
    }

    /// These rows are new or have other values.
    pub(crate) fn enter(&mut self, touched: &[u32], rows: Rows<'_>) {
        let threads = if touched.len() < PIECE { 1 } else { rows.plan.bounds.threads };
        let passes: Vec<_> = self.0.iter_mut().zip(&rows.plan.passes).collect();
        spread(threads, passes, |(pass, parts)| {
            pass.keys.resize(rows.ids.len(), NONE);
            let mut fresh = Vec::with_capacity(touched.len());
            for &row in touched {
                let key = rows.key(parts, false, row);
                let before = std::mem::replace(&mut pass.keys[row as usize], key);
                if key != NONE && key != before {
                    fresh.push(entry(key, row));
                }
            }
            pass.enter(fresh);
        });
    }

    /// The row is gone.
    pub(crate) fn leave(&mut self, row: u32) {
        for pass in &mut self.0 {
            pass.keys[row as usize] = NONE;
        }
    }

    /// Makes each pass one list.
    pub(crate) fn settle(&mut self, threads: usize) {
        spread(threads, self.0.iter_mut().collect(), Pass::settle);
    }

    /// Pieces of work that cover every pair: pass, and a range of its list that cuts no block. After [`Self::settle`].
    pub(crate) fn pieces(&self) -> Vec<(usize, usize, usize)> {
        let mut out = Vec::new();
        for (at, pass) in self.0.iter().enumerate() {
            let list = &pass.sorted;
            let mut from = 0;
            while from < list.len() {
                let mut to = (from + PIECE).min(list.len());
                while to < list.len() && list[to] >> 32 == list[to - 1] >> 32 {
                    to += 1;
                }
                out.push((at, from, to));
                from = to;
            }
        }
        out
    }

    /// Every pair of a piece.
    pub(crate) fn pairs(&self, piece: (usize, usize, usize), rows: Rows<'_>, mut pair: impl FnMut(u32, u32)) {
        let (pass, from, to) = piece;
        let mut block: Vec<u32> = Vec::new();
        for same in self.0[pass].sorted[from..to].chunk_by(|a, b| a >> 32 == b >> 32) {
            if same.len() < 2 {
                continue;
            }
            block.clear();
            block.extend(same.iter().map(|e| *e as u32));
            block_pairs(&rows.plan.passes[pass], &mut block, rows, &mut pair);
        }
    }

    /// The rows that a row is to be compared with.
    pub(crate) fn mates(&self, row: u32, rows: Rows<'_>, out: &mut Vec<u32>) {
        out.clear();
        let bounds = &rows.plan.bounds;
        for (pass, parts) in self.0.iter().zip(&rows.plan.passes) {
            let key = pass.keys[row as usize];
            if key == NONE {
                continue;
            }
            let from = out.len();
            out.extend(pass.with(key).filter(|&other| other != row).take(bounds.scan));
            if out.len() - from < bounds.block {
                continue;
            }
            let narrow = rows.key(parts, true, row);
            let mut kept = out.split_off(from);
            kept.retain(|&other| rows.key(parts, true, other) == narrow);
            if kept.len() >= bounds.block {
                let name = rows.name(row);
                kept.sort_by(|a, b| rows.name(*a).cmp(&rows.name(*b)));
                let here = kept.partition_point(|&other| rows.name(other) < name);
                let (low, high) = (here.saturating_sub(bounds.neighbours), (here + bounds.neighbours).min(kept.len()));
                kept.truncate(high);
                kept.drain(..low);
            }
            out.append(&mut kept);
        }
        out.sort_unstable();
        out.dedup();
    }

    /// Rows with equal keys of one pass, in an order that is as good as chance; for learning.
    pub(crate) fn sample(
        &self,
        pass: usize,
        most: usize,
        block: usize,
        mut pair: impl FnMut(u32, u32),
    ) -> (usize, usize) {
        let list = &self.0[pass].sorted;
        let (mut taken, mut covered, mut pairs_there) = (0, 0, 0_usize);
        for same in list.chunk_by(|a, b| a >> 32 == b >> 32) {
            let n = same.len();
            pairs_there += n * (n - 1) / 2;
            if taken >= most || n < 2 || n > block {
                continue;
            }
            covered += n * (n - 1) / 2;
            for (at, a) in same.iter().enumerate() {
                for b in &same[at + 1..] {
                    pair(*a as u32, *b as u32);
                    taken += 1;
                }
            }
        }
        (covered, pairs_there)
    }
}

/// Every pair of a block that is to be compared.
fn block_pairs(parts: &[BlockPart], block: &mut [u32], rows: Rows<'_>, pair: &mut impl FnMut(u32, u32)) {
    let bounds = &rows.plan.bounds;
    if block.len() <= bounds.block {
        return every(block, pair);
    }
    block.sort_by_cached_key(|&row| (rows.key(parts, true, row), rows.ids[row as usize]));
    for narrow in block.chunk_by_mut(|a, b| rows.key(parts, true, *a) == rows.key(parts, true, *b)) {
        if narrow.len() <= bounds.block {
            every(narrow, pair);
            continue;
        }
        narrow.sort_by(|a, b| rows.name(*a).cmp(&rows.name(*b)));
        for (at, &a) in narrow.iter().enumerate() {
            narrow[at + 1..].iter().take(bounds.neighbours).for_each(|&b| pair(a, b));
        }
    }
}

fn every(block: &[u32], pair: &mut impl FnMut(u32, u32)) {
    for (at, &a) in block.iter().enumerate() {
        block[at + 1..].iter().for_each(|&b| pair(a, b));
    }
}
