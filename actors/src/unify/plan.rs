//! What of an entity's records is compared, compiled from its definition: fields to read, comparisons in the order in
//! which they are cheapest to decide, blocks, and the bands that a pair's score falls into.
//!
//! Fixed before the first record is seen. Pure.

use std::sync::Arc;

use autonomos_runtime::canonical::entity::EntityDef;
use autonomos_runtime::canonical::identity::{BlockPart, CompareKind};
use autonomos_runtime::{Error, Result};

/// Where a pair's probability of being one thing leads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands {
    /// At least so probable: they are one.
    pub merge: f64,
    /// At least so probable: a person is asked.
    pub review: f64,
    /// Less probable than this: they are never in one entity, whoever stands between them.
    pub never: f64,
}

impl Default for Bands {
    fn default() -> Self {
        Self { merge: 0.9, review: 0.5, never: 1e-6 }
    }
}

impl Bands {
    /// Bits of evidence that a probability needs.
    pub(crate) fn bits(probability: f64) -> f32 {
        (probability / (1.0 - probability)).log2() as f32
    }
}

/// The probability that so many bits of evidence mean.
pub fn probability(bits: f32) -> f64 {
    1.0 / (1.0 + (-f64::from(bits)).exp2())
}

/// What keeps the work bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Records of a block that are all compared with each other; a larger one is narrowed, and what is still larger is
    /// compared with its neighbours in the order of names.
    pub block: usize,
    /// Those neighbours.
    pub neighbours: usize,
    /// Records of a block that a newcomer looks at.
    pub scan: usize,
    /// Members an entity may have: a join beyond is refused.
    pub members: usize,
    /// Threads that compare.
    pub threads: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { block: 40, neighbours: 16, scan: 4096, members: 1000, threads: 2 }
    }
}

/// One comparison, its fields by their place in [`Plan::fields`].
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Its name.
    pub name: String,
    /// Kind of value.
    pub kind: CompareKind,
    /// Where its value comes from.
    pub of: Vec<usize>,
    /// The comparison it follows from more often than chance.
    pub given: Option<usize>,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The entity.
    pub entity: String,
    /// Fields to read, in the order in which columns are passed.
    pub fields: Vec<String>,
    /// Comparisons, as declared.
    pub comparisons: Vec<Comparison>,
    /// Blocks.
    pub passes: Vec<Vec<BlockPart>>,
    /// Bands.
    pub bands: Bands,
    /// Bounds.
    pub bounds: Bounds,
    /// Comparisons in the order of evaluation: short values first, what depends on another after it.
    pub(crate) order: Vec<usize>,
}

/// What it costs to find out how near two values of a kind are.
const fn cost(kind: CompareKind) -> u8 {
    match kind {
        CompareKind::Category | CompareKind::Exact => 0,
        CompareKind::Postcode | CompareKind::Date => 1,
        CompareKind::Phone => 2,
        CompareKind::Place => 3,
        CompareKind::Street => 4,
        CompareKind::Company | CompareKind::Person => 5,
        CompareKind::Domain | CompareKind::Email => 6,
    }
}

impl Plan {
    /// Compiles the definition; none when the entity's records are not unified.
    pub fn of(entity: &EntityDef, bands: Bands, bounds: Bounds) -> Result<Option<Arc<Self>>> {
        let Some(identity) = &entity.identity else { return Ok(None) };
        let ordered =
            0.0 < bands.never && bands.never <= bands.review && bands.review <= bands.merge && bands.merge < 1.0;
        if !ordered {
            return Err(Error::invalid("unify.bands", "the bands do not follow one another")
                .field("unify")
                .remedy("Set 0 < never <= review <= merge < 1."));
        }
        let mut fields: Vec<String> = Vec::new();
        let mut place = |name: &String| {
            fields.iter().position(|f| f == name).unwrap_or_else(|| {
                fields.push(name.clone());
                fields.len() - 1
            })
        };
        let comparisons: Vec<Comparison> = identity
            .compare
            .iter()
            .map(|c| Comparison {
                name: c.name.clone(),
                kind: c.kind,
                of: c.of.iter().map(&mut place).collect(),
                given: c.given.as_deref().and_then(|g| identity.comparison(g)),
            })
            .collect();
        let mut order: Vec<usize> = (0..comparisons.len()).collect();
        // A comparison stands after the one it is given, which it also does as declared.
        let depth = |c: usize| std::iter::successors(comparisons[c].given, |&g| comparisons[g].given).count();
        order.sort_by_key(|&c| (depth(c), cost(comparisons[c].kind), c));
        let passes = identity.passes()?;
        Ok(Some(Arc::new(Self { entity: entity.name.clone(), fields, comparisons, passes, bands, bounds, order })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autonomos_runtime::canonical::entity::Vocabulary;

    #[test]
    fn shipped_definitions_compile_and_others_are_left_alone() {
        let of =
            |name: &str| Plan::of(Vocabulary::builtin().entity(name).unwrap(), Bands::default(), Bounds::default());
        let plan = of("account").unwrap().unwrap();
        assert_eq!(plan.fields[..3], ["name", "website", "email"]);
        let at = |name: &str| plan.order.iter().position(|&c| plan.comparisons[c].name == name).unwrap();
        assert!(at("name") < at("domain"), "what depends on another comes after it");
        assert!(at("postal_code") < at("name"));
        assert!(of("contact").unwrap().is_some());
        assert!(of("opportunity").unwrap().is_none());
    }

    #[test]
    fn bands_follow_one_another() {
        let bands = Bands { merge: 0.5, review: 0.9, ..Bands::default() };
        let entity = Vocabulary::builtin().entity("account").unwrap();
        assert_eq!(Plan::of(entity, bands, Bounds::default()).unwrap_err().code, "unify.bands");
        assert!((probability(Bands::bits(0.9)) - 0.9).abs() < 1e-6);
    }
}
