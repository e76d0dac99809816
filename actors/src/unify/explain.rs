//! Why a pair is thought to be one: what each comparison found and what that is worth, in words and bits. Pure.

use serde_json::{Map, Value};

use super::change::unpacked;
use super::level::word;
use super::plan::{Plan, probability};

/// What one comparison found.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Compared {
    /// Its name.
    pub comparison: String,
    /// `equal`, `near`, `alike`, `different` or `missing`.
    pub level: &'static str,
    /// Evidence in bits: how many doublings of the odds.
    pub bits: f32,
    /// What the one record has, as its source writes it.
    pub a: Value,
    /// What the other has.
    pub b: Value,
}

/// A pair, explained.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Explained {
    /// How probable it is that they are one.
    pub probability: f64,
    /// All evidence in bits, the prior included.
    pub bits: f32,
    /// By comparison.
    pub comparisons: Vec<Compared>,
}

/// Explains evidence that was written down by a model with these comparisons.
pub fn explain(
    plan: &Plan,
    names: &[String],
    bits: f32,
    evidence: &[u8],
    a: Option<&Map<String, Value>>,
    b: Option<&Map<String, Value>>,
) -> Explained {
    let comparisons = names
        .iter()
        .zip(unpacked(evidence))
        .filter_map(|(name, (level, bits))| {
            let comparison = plan.comparisons.iter().find(|c| c.name == *name)?;
            let value = |row: Option<&Map<String, Value>>| {
                let mut values = comparison.of.iter().filter_map(|&f| row?.get(&plan.fields[f]));
                values.find(|v| !v.is_null()).cloned().unwrap_or(Value::Null)
            };
            let (a, b) = (value(a), value(b));
            Some(Compared { comparison: name.clone(), level: word(comparison.kind, level), bits, a, b })
        })
        .collect();
    Explained { probability: probability(bits), bits, comparisons }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unify::change::packed;
    use crate::unify::plan::{Bands, Bounds};
    use autonomos_runtime::canonical::entity::Vocabulary;
    use serde_json::json;

    #[test]
    fn evidence_is_told_in_words() {
        let account = Vocabulary::builtin().entity("account").unwrap();
        let plan = Plan::of(account, Bands::default(), Bounds::default()).unwrap().unwrap();
        let names = ["name", "phone", "shoe_size"].map(str::to_owned);
        let evidence = packed(&[(1, 8.0), (15, 0.0), (0, 1.0)]);
        let row = json!({"name": "Acme", "phone": null});
        let told = explain(&plan, &names, 3.0, &evidence, row.as_object(), None);
        assert!((told.probability - 8.0 / 9.0).abs() < 1e-6);
        assert_eq!(told.comparisons.len(), 2, "what the definition has no more is left out");
        assert_eq!((told.comparisons[0].level, told.comparisons[0].bits), ("near", 8.0));
        assert_eq!((&told.comparisons[0].a, &told.comparisons[0].b), (&json!("Acme"), &Value::Null));
        assert_eq!(told.comparisons[1].level, "missing");
    }
}
