//! What each level of each comparison is worth as evidence: Fellegi and Sunter's weights, log2 of how often it is seen
//! between records of one thing over how often between records of two.
//!
//! A comparison that is given another has two columns of the second kind: one for when the other disagrees, one for when
//! it agrees, so that a domain made from a name is not counted twice. Equality of a common value is worth less than of a
//! rare one; common values stand by the hash of what they are.
//!
//! Guarantees: a pair's score is a pure function of the two records and the model. A model is written down in the log
//! and used unchanged until another is, so it does not depend on what came since. No level is certain: weights are
//! bounded, however much was learnt.

use std::collections::BTreeMap;

use autonomos_runtime::canonical::identity::CompareKind;

use super::level::{LEVELS, levels};
use super::plan::Plan;

/// No level of a pair of one thing is thought rarer than this.
const RAREST_MATCH: f64 = 1.0 / 1024.0;
/// No level of a pair of two things is thought rarer than this.
const RAREST_OTHER: f64 = 1.0 / 67_108_864.0;

/// Shares of the levels, level 0 first.
pub type Shares = [f64; LEVELS];

/// One comparison.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Table {
    /// Its name: a model is read for the comparisons that there are then.
    pub name: String,
    /// Levels between records of one thing.
    pub one: Shares,
    /// Levels between records of two: where what it is given disagrees, or it is given nothing; and where that agrees.
    pub two: [Shares; 2],
    /// Share of pairs of one thing that have both values.
    pub present: f64,
    /// Common values by hash, and the share of records that have them.
    pub common: BTreeMap<u32, f32>,
    /// The same share for a value that is not common.
    pub rare: f64,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Model {
    /// 0: nothing was learnt; rises with each that was.
    pub version: i64,
    /// Records it was learnt from.
    pub records: u64,
    /// Probability that two records taken at random are one thing.
    pub prior: f64,
    /// By comparison.
    pub tables: Vec<Table>,
}

/// What is thought of a kind before anything was seen: levels of one thing, of two, and of two whose names agree.
const fn assumed(kind: CompareKind) -> (Shares, Shares, Shares) {
    match kind {
        CompareKind::Company => ([0.72, 0.20, 0.07, 0.01], [2e-5, 1e-5, 2e-3, 0.998], [0.2, 0.1, 0.2, 0.5]),
        CompareKind::Person => ([0.75, 0.18, 0.05, 0.02], [3e-5, 3e-5, 2e-3, 0.998], [0.2, 0.1, 0.2, 0.5]),
        CompareKind::Domain => ([0.88, 0.08, 0.04, 0.0], [5e-5, 2e-5, 0.99993, 0.0], [0.45, 0.10, 0.45, 0.0]),
        CompareKind::Email => ([0.75, 0.10, 0.05, 0.10], [5e-6, 5e-5, 5e-5, 0.9999], [0.10, 0.30, 0.10, 0.50]),
        CompareKind::Phone => ([0.85, 0.07, 0.08, 0.0], [2e-5, 1e-5, 0.999_97, 0.0], [0.01, 0.001, 0.989, 0.0]),
        CompareKind::Street => ([0.75, 0.12, 0.05, 0.08], [1e-4, 1e-3, 5e-3, 0.9939], [1e-2, 1e-2, 1e-2, 0.97]),
        CompareKind::Place => ([0.92, 0.02, 0.06, 0.0], [0.03, 1e-3, 0.969, 0.0], [0.2, 0.01, 0.79, 0.0]),
        CompareKind::Postcode => ([0.85, 0.09, 0.06, 0.0], [1e-3, 1e-3, 0.998, 0.0], [1e-2, 1e-2, 0.98, 0.0]),
        CompareKind::Date => ([0.94, 0.04, 0.02, 0.0], [1e-4, 1e-3, 0.9989, 0.0], [1e-4, 1e-3, 0.9989, 0.0]),
        CompareKind::Category => ([0.75, 0.25, 0.0, 0.0], [0.08, 0.92, 0.0, 0.0], [0.10, 0.90, 0.0, 0.0]),
        CompareKind::Exact => ([0.90, 0.10, 0.0, 0.0], [1e-4, 0.9999, 0.0, 0.0], [1e-4, 0.9999, 0.0, 0.0]),
    }
}

impl Model {
    /// What holds before anything was learnt: made for a tenant of a thousand records, of which a tenth are there twice.
    pub fn assumed(plan: &Plan) -> Self {
        let tables = plan
            .comparisons
            .iter()
            .map(|c| {
                let (one, two, given) = assumed(c.kind);
                Table {
                    name: c.name.clone(),
                    one,
                    two: [two, given],
                    present: 0.8,
                    common: BTreeMap::new(),
                    rare: two[0],
                }
            })
            .collect();
        Self { version: 0, records: 0, prior: 2e-4, tables }
    }

    /// The same for the comparisons that there are now: what the definition dropped goes, what is new is assumed.
    #[must_use]
    pub fn fitted(mut self, plan: &Plan) -> Self {
        let assumed = Self::assumed(plan);
        let mut learnt = std::mem::take(&mut self.tables);
        self.tables = assumed
            .tables
            .into_iter()
            .map(|table| match learnt.iter().position(|t| t.name == table.name) {
                Some(at) => learnt.swap_remove(at),
                None => table,
            })
            .collect();
        self
    }

    /// The weights that it means.
    pub(crate) fn weights(&self, plan: &Plan) -> Weights {
        let of = plan.comparisons.iter().zip(&self.tables).map(|(c, table)| Weight::of(c.kind, table)).collect();
        Weights { prior: bits(self.prior / (1.0 - self.prior)), of }
    }
}

fn bits(ratio: f64) -> f32 {
    ratio.log2() as f32
}

/// Evidence for one level.
pub(crate) fn weight(one: f64, two: f64) -> f32 {
    bits(one.clamp(RAREST_MATCH, 1.0) / two.clamp(RAREST_OTHER, 1.0))
}

/// A model, ready to score with: bits of evidence.
#[derive(Clone, Debug)]
pub(crate) struct Weights {
    pub(crate) prior: f32,
    pub(crate) of: Vec<Weight>,
}

/// One comparison's.
#[derive(Clone, Debug)]
pub(crate) struct Weight {
    /// By whether what it is given agrees, and level.
    pub(crate) levels: [[f32; LEVELS]; 2],
    /// The best an unequal pair can get.
    pub(crate) hope: f32,
    one_equal: f64,
    common: ahash::HashMap<u32, f32>,
    rare: f32,
}

impl Weight {
    fn of(kind: CompareKind, table: &Table) -> Self {
        let mut by_level = [[0.0; LEVELS]; 2];
        for (context, row) in by_level.iter_mut().enumerate() {
            for (level, weight_of) in row.iter_mut().enumerate().take(levels(kind)) {
                *weight_of = weight(table.one[level], table.two[context][level]);
            }
        }
        let unequal = by_level.iter().flat_map(|row| &row[1..levels(kind)]);
        Self {
            levels: by_level,
            hope: unequal.fold(0.0, |best: f32, w| best.max(*w)),
            one_equal: table.one[0],
            common: table.common.iter().map(|(k, v)| (*k, *v)).collect(),
            rare: weight(table.one[0], table.rare),
        }
    }

    /// Evidence of equality of the value with this hash.
    pub(crate) fn equal(&self, hash: u32) -> f32 {
        self.common.get(&hash).map_or(self.rare, |share| weight(self.one_equal, f64::from(*share)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unify::plan::{Bands, Bounds};
    use autonomos_runtime::canonical::entity::Vocabulary;

    fn plan() -> std::sync::Arc<Plan> {
        let entity = Vocabulary::builtin().entity("account").unwrap();
        Plan::of(entity, Bands::default(), Bounds::default()).unwrap().unwrap()
    }

    #[test]
    fn equality_speaks_for_and_difference_against() {
        let plan = plan();
        let weights = Model::assumed(&plan).weights(&plan);
        for (comparison, weight) in plan.comparisons.iter().zip(&weights.of) {
            let last = levels(comparison.kind) - 1;
            assert!(weight.levels[0][0] > 0.0 && weight.levels[0][last] < 0.0, "{}", comparison.name);
            assert!(
                weight.levels[1][0] <= weight.levels[0][0] + 1e-6,
                "{}: given agreement it is worth no more",
                comparison.name
            );
        }
        for c in &plan.comparisons {
            let (one, two, given) = assumed(c.kind);
            for shares in [one, two, given] {
                assert!((shares.iter().sum::<f64>() - 1.0).abs() < 5e-3, "{}", c.name);
            }
        }
    }

    #[test]
    fn a_common_value_is_worth_less() {
        let plan = plan();
        let mut model = Model::assumed(&plan);
        model.tables[0].common.insert(7, 0.25);
        let weights = model.weights(&plan);
        assert!(weights.of[0].equal(7) < 2.0 && weights.of[0].equal(8) > 10.0);
    }

    #[test]
    fn a_model_survives_being_written_and_another_definition() {
        let plan = plan();
        let mut model = Model { version: 3, ..Model::assumed(&plan) };
        model.tables[2].common.insert(1, 0.5);
        let read: Model = serde_json::from_str(&serde_json::to_string(&model).unwrap()).unwrap();
        assert_eq!(read, model);
        let mut fewer = model.clone();
        fewer.tables.remove(0);
        let fitted = fewer.fitted(&plan);
        assert_eq!(fitted.tables.len(), plan.comparisons.len());
        assert_eq!((fitted.tables[0].name.as_str(), fitted.tables[2].common.len()), ("name", 1));
    }
}
