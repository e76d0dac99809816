//! What was decided about records, one line each: the rows of an `identity` entry of the log.
//!
//! An entity is named by the id of its first record, and that record is always in it. That is all there is to an entity's
//! id: it is given once, says nothing about the source, and stays as long as one record of it is known. When entities
//! become one, the older name stays; when one is parted, its name stays where the record is that it is named after. An
//! id that was given out resolves for ever: it is a record's, and leads to where that record is now.

use smallvec::SmallVec;

/// The evidence of a pair: for each comparison its level and its weight in quarter bits, in the order of the model.
pub type Evidence = SmallVec<[u8; 16]>;

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A record is seen for the first time and belongs to this entity.
    Born {
        /// Record.
        record: u64,
        /// Entity.
        entity: u64,
    },
    /// A record belongs to this entity now.
    Moved {
        /// Record.
        record: u64,
        /// Entity.
        entity: u64,
    },
    /// A record has other values: what its pairs said holds no more.
    Forgotten {
        /// Record.
        record: u64,
    },
    /// All pairs are looked at anew: what was said of them holds no more.
    Anew,
    /// Two records are one by their score.
    Pair(Found),
    /// Two records may be one: for people.
    Doubt(Found),
    /// People said that two records are one.
    Together {
        /// One.
        a: u64,
        /// Other.
        b: u64,
    },
    /// People said that two records are not one.
    Apart {
        /// One.
        a: u64,
        /// Other.
        b: u64,
    },
    /// What people said of two records holds no more.
    Unlinked {
        /// One.
        a: u64,
        /// Other.
        b: u64,
    },
}

/// A pair and what speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The smaller id.
    pub a: u64,
    /// The greater one.
    pub b: u64,
    /// Evidence in bits, the prior included.
    pub bits: f32,
    /// By comparison.
    pub evidence: Evidence,
}

/// Levels and weights, packed.
pub(crate) fn packed(found: &[(u8, f32)]) -> Evidence {
    found.iter().flat_map(|&(level, bits)| [level, (bits * 4.0).round().clamp(-127.0, 127.0) as i8 as u8]).collect()
}

/// Levels and weights in bits, unpacked.
pub fn unpacked(evidence: &[u8]) -> impl Iterator<Item = (u8, f32)> {
    evidence.chunks_exact(2).map(|pair| (pair[0], f32::from(pair[1] as i8) / 4.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_survives_packing() {
        let packed = packed(&[(0, 12.25), (15, 0.0), (3, -9.5), (1, 400.0)]);
        let back: Vec<(u8, f32)> = unpacked(&packed).collect();
        assert_eq!(back, [(0, 12.25), (15, 0.0), (3, -9.5), (1, 31.75)]);
    }
}
