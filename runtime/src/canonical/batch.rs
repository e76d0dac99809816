//! The identity of a batch: a digest of where its rows come from, so that the same range of the same stream has the same
//! id whoever reads it and however often. The log refuses a second batch of one id: that is what makes a retry harmless.

use xxhash_rust::xxh3::Xxh3;

/// 32 hex digits. See the module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct BatchId(String);

impl BatchId {
    /// The id as the store and the wire hold it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An id that was stored.
    pub fn from_stored(id: impl Into<String>) -> Self {
        Self(id.into())
    }
}

impl std::fmt::Display for BatchId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of the batch that covers a stream of a connection between two positions.
pub fn batch_id(connection: &str, stream: &str, from: Option<&str>, to: &str) -> BatchId {
    let mut hash = Xxh3::new();
    // Lengths keep ("ab", "c") and ("a", "bc") apart; the flag keeps "no position" and "" apart.
    for part in [Some(connection), Some(stream), from, Some(to)] {
        hash.update(&[u8::from(part.is_some())]);
        let text = part.unwrap_or_default();
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    BatchId(format!("{:032x}", hash.digest128()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts_and_the_id_is_stable() {
        let id = batch_id("c", "s", Some("1"), "2");
        assert_eq!(id, batch_id("c", "s", Some("1"), "2"));
        assert_eq!(id.as_str().len(), 32);
        for other in [
            batch_id("cs", "", Some("1"), "2"),
            batch_id("c", "s", None, "2"),
            batch_id("c", "s", Some(""), "12"),
            batch_id("c", "s", Some("12"), ""),
        ] {
            assert_ne!(id, other);
        }
        assert_ne!(batch_id("c", "s", None, "2"), batch_id("c", "s", Some(""), "2"));
    }
}
