//! Pairs worth looking at: every one there is, or those around rows that were touched and everybody they are connected to.

use ahash::HashSet;

use super::Round;
use crate::unify::index::Index;
use crate::unify::plan::Bands;
use crate::unify::score::Pattern;
use crate::unify::spread::spread;

/// Rows that a closure takes in; what lies beyond keeps its place until it is touched itself.
const CLOSURE: usize = 20_000;

/// Two rows worth looking at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) bits: f32,
    pub(super) pattern: Pattern,
}

impl Index {
    /// Every edge there is.
    pub(super) fn everything(&mut self, round: &mut Round) -> (Vec<Edge>, Vec<u32>) {
        self.blocks.settle(self.plan.bounds.threads);
        let index = &*self;
        let floor = Bands::bits(index.plan.bands.review);
        let found = spread(index.plan.bounds.threads, index.blocks.pieces(), |piece| {
            let (mut scorer, mut edges, mut compared) = (index.scorer(), Vec::new(), 0_u64);
            index.blocks.pairs(piece, index.rows(), |x, y| {
                compared += 1;
                if let Some(scored) = scorer.score(x, y, floor) {
                    edges.push(edge(x, y, scored.bits, scored.pattern));
                }
            });
            (edges, compared)
        });
        round.compared += found.iter().map(|(_, compared)| compared).sum::<u64>();
        let mut edges: Vec<Edge> = found.into_iter().flat_map(|(edges, _)| edges).collect();
        edges.sort_unstable_by_key(|e| (e.a, e.b));
        edges.dedup_by_key(|e| (e.a, e.b));
        let linked = index.together.keys().filter_map(|&id| index.row(id));
        let mut involved: Vec<u32> = edges.iter().flat_map(|e| [e.a, e.b]).chain(linked).collect();
        involved.extend((0..index.ids.len() as u32).filter(|&row| {
            index.alive[row as usize]
                && index.standing[row as usize].is_some_and(|s| s.entity != index.ids[row as usize])
        }));
        (edges, involved)
    }

    /// The edges of these rows and of everybody they are connected to.
    pub(super) fn around(&self, touched: &[u32], round: &mut Round) -> (Vec<Edge>, Vec<u32>) {
        let floor = Bands::bits(self.plan.bands.review);
        let merge = Bands::bits(self.plan.bands.merge);
        let (mut edges, mut seen) = (Vec::new(), HashSet::<u32>::default());
        let mut front: Vec<u32> = touched.to_vec();
        seen.extend(&front);
        while !front.is_empty() {
            let pieces: Vec<&[u32]> = front.chunks(256).collect();
            let found = spread(self.plan.bounds.threads, pieces, |rows| self.edges_of(rows, floor));
            let mut next = Vec::new();
            for (more, compared) in found {
                round.compared += compared;
                for e in more {
                    if e.bits >= merge {
                        next.extend([e.a, e.b]);
                    }
                    edges.push(e);
                }
            }
            for &row in &front {
                next.extend(self.company(row));
            }
            let room = (CLOSURE + touched.len()).saturating_sub(seen.len());
            front = next.into_iter().filter(|&row| seen.insert(row)).take(room).collect();
        }
        edges.sort_unstable_by_key(|e| (e.a, e.b));
        edges.dedup_by_key(|e| (e.a, e.b));
        (edges, seen.into_iter().collect())
    }

    fn edges_of(&self, rows: &[u32], floor: f32) -> (Vec<Edge>, u64) {
        let (mut scorer, mut edges, mut mates, mut compared) = (self.scorer(), Vec::new(), Vec::new(), 0);
        for &row in rows {
            self.blocks.mates(row, self.rows(), &mut mates);
            compared += mates.len() as u64;
            for &mate in &mates {
                if let Some(scored) = scorer.score(row, mate, floor) {
                    edges.push(edge(row, mate, scored.bits, scored.pattern));
                }
            }
        }
        (edges, compared)
    }

    /// Those who are with a row already, or whom people put there.
    pub(super) fn company(&self, row: u32) -> Vec<u32> {
        let mut out: Vec<u32> = Vec::new();
        if let Some(standing) = self.standing[row as usize] {
            out.extend(self.members(standing.entity));
        }
        let linked = self.together.get(&self.ids[row as usize]).into_iter().flatten();
        out.extend(linked.filter_map(|&id| self.row(id)));
        out
    }
}

/// Of two rows, in whatever order.
pub(super) fn edge(x: u32, y: u32, bits: f32, pattern: Pattern) -> Edge {
    Edge { a: x.min(y), b: x.max(y), bits, pattern }
}

/// The edges that merge, by their first row.
pub(super) struct Ties<'a> {
    edges: &'a [Edge],
    merge: f32,
}

impl<'a> Ties<'a> {
    pub(super) const fn of(edges: &'a [Edge], merge: f32) -> Self {
        Self { edges, merge }
    }

    pub(super) fn from(&self, row: u32) -> impl Iterator<Item = &'a Edge> {
        let start = self.edges.partition_point(|e| e.a < row);
        let merge = self.merge;
        self.edges[start..].iter().take_while(move |e| e.a == row).filter(move |e| e.bits >= merge)
    }
}
