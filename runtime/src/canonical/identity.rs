//! How an entity's records are told to be one real thing: what of them is compared, and which of them are compared at all.
//!
//! Part of an entity's definition, so a tenant's own entities are unified by declaring it. Guarantees, checked where the
//! vocabulary is: every name stands for something, a comparison that depends on another comes after it, and there are no
//! more comparisons than a pair's pattern has room for. Pure data: a crash has nothing to lose here.

use super::entity::EntityDef;
use crate::{Error, Result};

/// Comparisons an entity may have: a pair's levels are packed into one word, four bits each.
pub const MOST_COMPARISONS: usize = 15;
/// Passes of blocking an entity may have.
pub const MOST_PASSES: usize = 12;

/// What kind of value a comparison is about: decides how values are normalised and when two count as near.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompareKind {
    /// A company's name, legal form and punctuation aside.
    Company,
    /// A person's name, in one field or in several.
    Person,
    /// A host name: of a web address, or of an e-mail address that is not at a public mail provider.
    Domain,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A street with its house number.
    Street,
    /// A city, region or country.
    Place,
    /// A postal code.
    Postcode,
    /// A word out of not many.
    Category,
    /// A day.
    Date,
    /// An identifier: equal or not.
    Exact,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompareDef {
    /// Its name, for blocks and explanations.
    pub name: String,
    /// Kind of value.
    #[serde(rename = "as")]
    pub kind: CompareKind,
    /// Fields it takes its value from: the first that has one. A person's name takes the first as the whole name and the
    /// others, if that is missing, as its parts.
    pub of: Vec<String>,
    /// An earlier comparison that this one follows from more often than chance: a domain is made from a name. Agreement
    /// of both counts less than the sum of the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
}

/// A part of a blocking key, spelled `name`, `name:3` (its first three letters), or with a plus in front: only where the
/// block is too large without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockPart {
    /// Index of the comparison whose value it is.
    pub comparison: usize,
    /// So many letters of it; none: all.
    pub prefix: Option<u8>,
    /// Only where the block is too large.
    pub narrowing: bool,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityDef {
    /// What is compared.
    pub compare: Vec<CompareDef>,
    /// Two records are compared when all parts of one of these are equal.
    pub block: Vec<Vec<String>>,
    /// Fields whose values belong together: a street of one record is not shown with the city of another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<Vec<String>>,
}

impl IdentityDef {
    /// The comparison of that name.
    pub fn comparison(&self, name: &str) -> Option<usize> {
        self.compare.iter().position(|c| c.name == name)
    }

    /// The passes, read.
    pub fn passes(&self) -> Result<Vec<Vec<BlockPart>>> {
        self.block.iter().map(|pass| pass.iter().map(|part| self.part(part)).collect()).collect()
    }

    fn part(&self, text: &str) -> Result<BlockPart> {
        let wrong = |what: String| {
            Error::invalid("vocabulary.bad_block", what)
                .field("identity.block")
                .remedy("Spell a part as the name of a comparison, `name:3` for its first letters, `+name` to narrow.")
        };
        let (narrowing, rest) = text.strip_prefix('+').map_or((false, text), |rest| (true, rest));
        let (name, prefix) = match rest.split_once(':') {
            Some((name, letters)) => {
                let letters = letters.parse::<u8>().ok().filter(|n| (1..=16).contains(n));
                (name, Some(letters.ok_or_else(|| wrong(format!("{text:?} has no number of letters from 1 to 16.")))?))
            }
            None => (rest, None),
        };
        let comparison = self.comparison(name).ok_or_else(|| wrong(format!("There is no comparison {name:?}.")))?;
        Ok(BlockPart { comparison, prefix, narrowing })
    }

    /// Whether everything it names is there.
    pub(super) fn check(&self, entity: &EntityDef) -> Result<()> {
        let wrong = |what: String, remedy: &'static str| {
            let place = format!("entities.{}.identity", entity.name);
            Err(Error::invalid("vocabulary.bad_identity", what).field(place).remedy(remedy))
        };
        if self.compare.is_empty() || self.compare.len() > MOST_COMPARISONS {
            return wrong("It needs between 1 and 15 comparisons.".into(), "Declare what tells two records apart.");
        }
        if self.block.is_empty() || self.block.len() > MOST_PASSES {
            return wrong("It needs between 1 and 12 blocks.".into(), "Declare which records are compared at all.");
        }
        for (at, compare) in self.compare.iter().enumerate() {
            if self.comparison(&compare.name) != Some(at) {
                return wrong(format!("There are two comparisons {:?}.", compare.name), "Give each its own name.");
            }
            if let Some(given) = &compare.given
                && self.comparison(given).is_none_or(|before| before >= at)
            {
                return wrong(format!("No comparison {given:?} comes before."), "Declare it earlier.");
            }
            if compare.of.is_empty() {
                return wrong(format!("{:?} compares nothing.", compare.name), "Name its fields under `of`.");
            }
        }
        let fields = self.compare.iter().flat_map(|c| &c.of).chain(self.together.iter().flatten());
        for field in fields {
            if entity.field(field).is_none() {
                return wrong(format!("There is no field {field:?}."), "Declare it under `fields`.");
            }
        }
        for pass in self.passes()? {
            if pass.iter().all(|part| part.narrowing) {
                return wrong("A block has no part that always holds.".into(), "Leave out one plus.");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::entity::Vocabulary;

    fn account() -> (EntityDef, IdentityDef) {
        let entity = (**Vocabulary::builtin().entity("account").unwrap()).clone();
        let identity = entity.identity.clone().unwrap();
        (entity, identity)
    }

    #[test]
    fn parts_are_read() {
        let (_, identity) = account();
        let part = identity.part("+name:2").unwrap();
        assert_eq!((part.comparison, part.prefix, part.narrowing), (0, Some(2), true));
        assert_eq!(identity.part("name:0").unwrap_err().code, "vocabulary.bad_block");
        assert_eq!(identity.part("nmae").unwrap_err().code, "vocabulary.bad_block");
    }

    #[test]
    fn what_does_not_hold_together_is_refused() {
        let (entity, good) = account();
        good.check(&entity).unwrap();
        let wrong = |change: fn(&mut IdentityDef)| {
            let mut def = good.clone();
            change(&mut def);
            def.check(&entity).unwrap_err().code
        };
        assert_eq!(wrong(|d| d.compare.clear()), "vocabulary.bad_identity");
        assert_eq!(wrong(|d| d.compare[0].of = vec!["nope".into()]), "vocabulary.bad_identity");
        assert_eq!(wrong(|d| d.compare[0].given = Some("phone".into())), "vocabulary.bad_identity");
        assert_eq!(wrong(|d| d.compare[1].name = "name".into()), "vocabulary.bad_identity");
        assert_eq!(wrong(|d| d.block = vec![vec!["+city".into()]]), "vocabulary.bad_identity");
        assert_eq!(wrong(|d| d.block = vec![vec!["zip".into()]]), "vocabulary.bad_block");
        assert_eq!(wrong(|d| d.together = vec![vec!["zip".into()]]), "vocabulary.bad_identity");
    }
}
