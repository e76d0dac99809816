//! What a table without a cursor held when it was last read whole: a digest for each key, so that the next pass sends
//! what changed and tells what is gone. Kept as a note; without it everything is sent again and nothing is told gone.

use ahash::{AHashMap, AHashSet};
use autonomos_runtime::{Error, Result, Scope};

use crate::files::Folder;

/// Rows of a table up to which changes are told apart.
pub const MOST: usize = 1_000_000;
/// The digest of a row that must be sent again.
const UNSURE: i64 = 0;

/// Where the notes of a stream are.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// The tenant's.
    pub folder: Folder,
    /// Whose.
    pub scope: Scope,
    /// Beginning of the notes' names.
    pub name: String,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Ledger {
    before: Option<AHashMap<String, i64>>,
    seen: Vec<(String, i64)>,
    full: bool,
}

impl Ledger {
    /// As it was after a pass; empty for the first.
    pub async fn load(shelf: &Shelf, pass: u64) -> Result<Self> {
        if pass == 0 {
            return Ok(Self { before: Some(AHashMap::new()), ..Self::default() });
        }
        let shelf = shelf.clone();
        let bytes = blocking(move || shelf.folder.note(&shelf.scope, &format!("{}-{pass}", shelf.name))).await?;
        let before = bytes.and_then(|bytes| {
            let text = String::from_utf8(bytes).ok()?;
            let line = |l: &str| {
                let (hash, key) = l.split_once(' ')?;
                Some((key.to_owned(), hash.parse().ok()?))
            };
            text.lines().map(line).collect()
        });
        Ok(Self { before, ..Self::default() })
    }

    /// Notes a row; whether it must be sent.
    pub fn see(&mut self, key: &str, digest: i64) -> bool {
        let changed = self.before.as_ref().is_none_or(|before| before.get(key) != Some(&digest) || digest == UNSURE);
        self.note(key, digest);
        changed
    }

    /// Notes a row that was sent before this pass was interrupted; what it is now is not known.
    pub fn pass_by(&mut self, key: &str) {
        self.note(key, UNSURE);
    }

    fn note(&mut self, key: &str, digest: i64) {
        if self.seen.len() < MOST {
            self.seen.push((key.to_owned(), digest));
        } else {
            self.full = true;
        }
    }

    /// Keys that were there and are not any more, in order, after one.
    pub fn gone(&self, after: Option<&str>) -> Vec<String> {
        let Some(before) = self.before.as_ref().filter(|_| !self.full) else { return Vec::new() };
        let seen: AHashSet<&str> = self.seen.iter().map(|(key, _)| key.as_str()).collect();
        let is_gone = |key: &&String| !seen.contains(key.as_str()) && after.is_none_or(|after| key.as_str() > after);
        let mut gone: Vec<String> = before.keys().filter(is_gone).cloned().collect();
        gone.sort_unstable();
        gone
    }

    /// Stores what was seen as the state after a pass; the pass that counts from here, 0 if there were too many rows.
    pub async fn save(self, shelf: &Shelf, before: u64) -> Result<u64> {
        if self.full {
            tracing::warn!(stream = shelf.name, "too many rows to tell changes apart: all are sent at each pass");
            return Ok(0);
        }
        let (shelf, pass) = (shelf.clone(), before + 1);
        blocking(move || {
            let mut text = String::with_capacity(self.seen.len() * 48);
            for (key, digest) in &self.seen {
                text.push_str(&digest.to_string());
                text.push(' ');
                text.push_str(key);
                text.push('\n');
            }
            let (name, kept) = (format!("{}-{pass}", shelf.name), format!("{}-{before}", shelf.name));
            shelf.folder.put_note(&shelf.scope, &name, text.as_bytes(), &format!("{}-", shelf.name), &kept)
        })
        .await?;
        Ok(pass)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Error::internal("source.interrupted", "The source's notes could not be handled.").source(e))?
}
