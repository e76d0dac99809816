//! A pair's score: the prior and the evidence of each comparison, in bits; and the levels it comes from.
//!
//! Equality is looked at first, because it costs nothing; distances are only computed while the pair can still get
//! where it matters. Guarantee: at or above the floor the score is exact, and the same whichever record comes first.

use super::distance::Scratch;
use super::index::Index;
use super::level::{self, ABSENT};
use super::pool::MISSING;

/// What a comparison of a pair found, four bits a comparison, the first lowest.
pub(crate) type Pattern = u64;

/// The level of a comparison.
pub(crate) const fn level_of(pattern: Pattern, comparison: usize) -> u8 {
    ((pattern >> (4 * comparison)) & 15) as u8
}

/// A score and what it comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scored {
    pub(crate) bits: f32,
    pub(crate) pattern: Pattern,
}

/// See the module. One a thread.
#[derive(Debug)]
pub(crate) struct Scorer<'a> {
    index: &'a Index,
    scratch: Scratch,
    /// Comparisons whose level is still open, and what was hoped of them.
    open: Vec<(u8, f32)>,
}

impl<'a> Scorer<'a> {
    pub(crate) const fn new(index: &'a Index, scratch: Scratch) -> Self {
        Self { index, scratch, open: Vec::new() }
    }

    /// The score, if it is at least the floor.
    pub(crate) fn score(&mut self, a: u32, b: u32, floor: f32) -> Option<Scored> {
        let index = self.index;
        let (va, vb) = (index.of(a), index.of(b));
        let (mut bits, mut hope, mut pattern) = (index.weights.prior, 0.0_f32, 0);
        self.open.clear();
        for &c in &index.plan.order {
            let (x, y) = (va[c], vb[c]);
            if x == MISSING || y == MISSING {
                pattern |= Pattern::from(ABSENT) << (4 * c);
                continue;
            }
            let weight = &index.weights.of[c];
            let worth = index.worth[c][x as usize];
            let hoped = if x != y {
                weight.hope
            } else if index.plan.comparisons[c].given.is_none() {
                bits += worth;
                continue;
            } else {
                worth.max(weight.levels[1][0])
            };
            hope += hoped;
            self.open.push((c as u8, hoped));
        }
        if bits + hope < floor {
            return None;
        }
        for &(c, hoped) in &self.open {
            let c = usize::from(c);
            let comparison = &index.plan.comparisons[c];
            let given =
                comparison.given.is_some_and(|g| level::agrees(index.plan.comparisons[g].kind, level_of(pattern, g)));
            let worth = if va[c] == vb[c] {
                if given { index.weights.of[c].levels[1][0] } else { index.worth[c][va[c] as usize] }
            } else {
                let level = level::unequal(comparison.kind, &index.pools[c], va[c], vb[c], &mut self.scratch);
                pattern |= Pattern::from(level) << (4 * c);
                index.weights.of[c].levels[usize::from(given)][usize::from(level)]
            };
            bits += worth;
            hope -= hoped;
            // Sums of floats differ in their last digits with their order; a pair at the floor is given the doubt.
            if bits + hope < floor - 0.01 {
                return None;
            }
        }
        (bits >= floor).then_some(Scored { bits, pattern })
    }

    /// The levels alone.
    pub(crate) fn pattern(&mut self, a: u32, b: u32) -> Pattern {
        self.score(a, b, f32::NEG_INFINITY).map_or(0, |scored| scored.pattern)
    }

    /// What each comparison of a pair brought, for people.
    pub(crate) fn evidence(&self, a: u32, pattern: Pattern) -> Vec<(u8, f32)> {
        let index = self.index;
        (0..index.plan.comparisons.len())
            .map(|c| {
                let level = level_of(pattern, c);
                if level == ABSENT {
                    return (level, 0.0);
                }
                let given = index.plan.comparisons[c].given;
                let given = given.is_some_and(|g| level::agrees(index.plan.comparisons[g].kind, level_of(pattern, g)));
                let worth = if level == 0 && !given {
                    index.worth[c][index.of(a)[c] as usize]
                } else {
                    index.weights.of[c].levels[usize::from(given)][usize::from(level)]
                };
                (level, worth)
            })
            .collect()
    }
}
