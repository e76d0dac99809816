//! What a round leaves behind for people: the pairs that tie an entity together, and doubts, the surest first.

use ahash::{HashMap, HashSet};

use super::edges::{Edge, edge};
use super::{Round, Touched};
use crate::unify::change::{Change, Found, packed};
use crate::unify::index::{Index, pair};
use crate::unify::score::Scorer;

/// Doubts that one round writes down, the surest first.
const DOUBTS: usize = 10_000;
/// Pairs kept as evidence for an entity, for each of its members.
const PAIRS_EACH: usize = 4;

impl Index {
    /// The evidence of what is together.
    pub(super) fn write_pairs(&self, edges: &[Edge], touched: &Touched, merge: f32, round: &mut Round) {
        let scorer = self.scorer();
        let mut kept: HashMap<u64, usize> = HashMap::default();
        let entity = |row: u32| self.standing[row as usize].map(|s| s.entity);
        let mut pairs: Vec<&Edge> = edges
            .iter()
            .filter(|e| e.bits >= merge && (touched.has(e.a) || touched.has(e.b)) && entity(e.a) == entity(e.b))
            .collect();
        pairs.sort_by(|x, y| y.bits.total_cmp(&x.bits).then((x.a, x.b).cmp(&(y.a, y.b))));
        for e in pairs {
            let Some(entity) = entity(e.a) else { continue };
            let count = kept.entry(entity).or_default();
            *count += 1;
            if *count <= 8 || *count <= PAIRS_EACH * self.members(entity).count() {
                round.changes.push(Change::Pair(self.found(&scorer, e)));
            }
        }
    }

    /// Pairs for people, the surest first; one for any two entities.
    pub(super) fn write_doubts(&self, mut doubts: Vec<Edge>, round: &mut Round) {
        let entity = |row: u32| self.standing[row as usize].map_or(0, |s| s.entity);
        doubts.sort_by(|x, y| y.bits.total_cmp(&x.bits).then((x.a, x.b).cmp(&(y.a, y.b))));
        let mut asked: HashSet<(u64, u64)> = HashSet::default();
        let scorer = self.scorer();
        for e in doubts {
            let (a, b) = (entity(e.a), entity(e.b));
            let decided = self.apart.contains(&pair(self.ids[e.a as usize], self.ids[e.b as usize]));
            if a == b || decided || !asked.insert(pair(a, b)) {
                continue;
            }
            if asked.len() > DOUBTS {
                break;
            }
            round.changes.push(Change::Doubt(self.found(&scorer, &e)));
        }
    }

    fn found(&self, scorer: &Scorer<'_>, e: &Edge) -> Found {
        let (a, b) = pair(self.ids[e.a as usize], self.ids[e.b as usize]);
        Found { a, b, bits: e.bits, evidence: packed(&scorer.evidence(e.a, e.pattern)) }
    }
}

/// Ties that a partition refused, as doubts.
pub(super) fn doubts_of(
    index: &Index,
    refused: impl Iterator<Item = (u32, u32, f32)>,
    touched: &Touched,
    out: &mut Vec<Edge>,
) {
    let mut scorer = index.scorer();
    for (a, b, bits) in refused.filter(|(a, b, _)| touched.has(*a) || touched.has(*b)) {
        let pattern = scorer.pattern(a, b);
        out.push(edge(a, b, bits, pattern));
    }
}
