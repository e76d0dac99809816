//! Closed components of what is tied together, and the partition of each.

use ahash::HashMap;

use super::edges::{Edge, Ties};
use crate::unify::group::{Component, Partition, Tie};
use crate::unify::index::{Index, pair};
use crate::unify::plan::Bands;
use crate::unify::score::Scorer;

/// Closed components of more than one row, each oldest first.
pub(super) fn components(index: &Index, edges: &[Edge], involved: &[u32], merge: f32) -> Vec<Vec<u32>> {
    let mut set = Sets::default();
    for e in edges.iter().filter(|e| e.bits >= merge) {
        set.join(e.a, e.b);
    }
    for &row in involved {
        for other in index.company(row) {
            set.join(row, other);
        }
    }
    let mut rows: Vec<(u32, u32)> = set.rows().map(|row| (set.root(row), row)).collect();
    rows.sort_unstable();
    rows.dedup();
    let groups = rows.chunk_by(|x, y| x.0 == y.0).filter(|group| group.len() > 1);
    groups
        .map(|group| {
            let mut rows: Vec<u32> = group.iter().map(|(_, row)| *row).collect();
            rows.sort_unstable_by_key(|&row| age(index, row));
            rows
        })
        .collect()
}

/// Oldest first; of the same age by id.
fn age(index: &Index, row: u32) -> (i64, u64) {
    (index.standing[row as usize].map_or(i64::MAX, |s| s.born), index.ids[row as usize])
}

/// Who of a component belongs together.
pub(super) fn part(index: &Index, rows: &[u32], ties: &Ties<'_>, scorer: &mut Scorer<'_>) -> Partition {
    let place = |row: u32| rows.iter().position(|&r| r == row);
    let places: HashMap<u32, usize> = if rows.len() > 32 {
        rows.iter().enumerate().map(|(at, &row)| (row, at)).collect()
    } else {
        HashMap::default()
    };
    let place = |row: u32| if places.is_empty() { place(row) } else { places.get(&row).copied() };
    let tie = |e: &Edge| {
        let (x, y) = (place(e.a)?, place(e.b)?);
        Some(Tie { bits: e.bits, a: x.min(y), b: x.max(y) })
    };
    let records = rows.iter().map(|&row| index.ids[row as usize]).collect();
    let mut component = Component { records, ..Component::default() };
    component.ties = rows.iter().flat_map(|&row| ties.from(row)).filter_map(tie).collect();
    component.entity = rows.iter().map(|&row| index.standing[row as usize].map(|s| s.entity)).collect();
    let id = |at: usize| index.ids[rows[at] as usize];
    for (at, &row) in rows.iter().enumerate() {
        let others = index.together.get(&index.ids[row as usize]).into_iter().flatten();
        let others = others.filter_map(|&other| index.row(other).and_then(place));
        component.together.extend(others.filter(|&other| other > at).map(|other| (at, other)));
    }
    if !index.apart.is_empty() {
        let parted = |x: usize, y: usize| index.apart.contains(&pair(id(x), id(y)));
        for x in 0..rows.len() {
            component.apart.extend((x + 1..rows.len()).filter(|&y| parted(x, y)).map(|y| (x, y)));
        }
    }
    let mut known: HashMap<(usize, usize), f32> = HashMap::default();
    component.part(Bands::bits(index.plan.bands.never), index.plan.bounds.members, |x, y| {
        *known.entry((x.min(y), x.max(y))).or_insert_with(|| {
            scorer.score(rows[x], rows[y], f32::NEG_INFINITY).map_or(f32::NEG_INFINITY, |scored| scored.bits)
        })
    })
}

/// Disjoint sets over the rows that occur.
#[derive(Default)]
struct Sets {
    parent: HashMap<u32, u32>,
}

impl Sets {
    fn root(&self, row: u32) -> u32 {
        let mut at = row;
        while let Some(&up) = self.parent.get(&at).filter(|&&up| up != at) {
            at = up;
        }
        at
    }

    fn find(&mut self, row: u32) -> u32 {
        let root = self.root(row);
        let mut at = row;
        while at != root {
            at = self.parent.insert(at, root).unwrap_or(root);
        }
        root
    }

    fn join(&mut self, a: u32, b: u32) {
        self.parent.entry(a).or_insert(a);
        self.parent.entry(b).or_insert(b);
        let (a, b) = (self.find(a), self.find(b));
        // The smaller row is the root, so that the result does not depend on the order of joins.
        let (low, high) = (a.min(b), a.max(b));
        self.parent.insert(high, low);
    }

    fn rows(&self) -> impl Iterator<Item = u32> {
        self.parent.keys().copied()
    }
}
