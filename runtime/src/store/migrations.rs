//! Which migrations a store lacks. A store from a newer version, or one whose migration has another text than ours, is refused
//! rather than guessed at.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// Name, which begins with its number, and text.
pub(super) type Listed = (&'static str, &'static str);

/// Migrations that a store has seen: by number, name and SHA-256.
pub(super) type Seen = BTreeMap<i64, (String, String)>;

/// One that a store lacks.
pub(super) struct Migration {
    pub(super) number: i64,
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    pub(super) sha256: String,
}

impl Migration {
    /// Whether it may run.
    pub(super) fn allowed(&self, allow_destructive: bool) -> Result<()> {
        if self.text.starts_with("-- destructive") && !allow_destructive {
            return Err(Error::conflict("store.destructive", format!("migration {} takes data away", self.name))
                .remedy("Make a backup, then start once with store.allow_destructive = true."));
        }
        Ok(())
    }
}

/// What a name begins with.
fn number_of(name: &str) -> i64 {
    name.split('_').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// What the store lacks, in order. `store` is what people call it.
pub(super) fn missing(listed: &[Listed], seen: &Seen, store: &str) -> Result<Vec<Migration>> {
    if seen.keys().any(|number| !listed.iter().any(|(name, _)| number_of(name) == *number)) {
        return Err(Error::conflict("store.newer", format!("the {store} was written by a newer version"))
            .remedy("Start that version, or restore a backup made before it ran."));
    }
    let mut missing = Vec::new();
    for &(name, text) in listed {
        let (number, sha256) = (number_of(name), hex::encode(Sha256::digest(text.as_bytes())));
        match seen.get(&number) {
            None => missing.push(Migration { number, name, text, sha256 }),
            Some(before) if before.0 == name && before.1 == sha256 => {}
            Some(_) => {
                return Err(Error::conflict(
                    "store.migration_changed",
                    format!("migration {name} is not the one that made this {store}"),
                )
                .remedy("Start the version that made it; released migrations are never edited."));
            }
        }
    }
    Ok(missing)
}

/// That every file of a backend's folder is listed, in order.
#[cfg(test)]
pub(super) fn check(backend: &str, listed: &[Listed]) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(backend);
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| name.trim_end_matches(".sql").to_owned())
        .collect();
    names.sort();
    assert_eq!(names, listed.iter().map(|m| m.0).collect::<Vec<_>>());
    let numbers: Vec<i64> = names.iter().map(|name| number_of(name)).collect();
    assert!(numbers[0] == 1 && numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
}
