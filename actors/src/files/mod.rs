//! The tenant's folder: files that people upload and file connections read, always beneath the tenant's own prefix; nothing
//! that is asked for by name ever lies outside it. It is a folder of a disk ([`disk`]) or a part of a bucket ([`bucket`]),
//! as `files.url` says ([`Place`]); nobody above can tell, but that a folder of a disk may hold links and devices, which are
//! refused, and that a bucket has no folders.
//!
//! Guarantee: an upload is there whole or not at all; readers of a file that is replaced meanwhile go on reading the old
//! one, or are told that it changed. Files are streamed both ways, with a bounded memory. A crash leaves at most what was
//! uploaded of a file that is nowhere named: a draft, swept when the folder is opened next, or parts in the bucket, which
//! its own rule for unfinished uploads takes away. Names are checked in `path`, patterns in `pattern`.

mod bucket;
mod content;
mod disk;
mod path;
mod pattern;
mod place;
mod upload;

use std::path::Path;
use std::sync::Arc;

use ahash::AHashMap;
use autonomos_runtime::ids::TenantId;
use autonomos_runtime::{Ambient, Result, Scope};
use parking_lot::Mutex;

pub use content::{Content, Identity, Opened};
pub use path::Name;
pub use place::Place;
pub use upload::Stored;

use self::disk::{Disk, Swept};
use self::pattern::Pattern;

/// Checks a file's name or pattern without looking for it.
pub fn check_pattern(text: &str) -> Result<()> {
    path::check(text, true)
}

/// What a tenant may store.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// Bytes of one file.
    pub file: u64,
    /// Files a pattern may match.
    pub matches: usize,
}

impl Default for Quota {
    fn default() -> Self {
        Self { file: 10 << 30, matches: 10_000 }
    }
}

/// A file that matched a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name below the tenant's folder.
    pub path: String,
    /// What its content is told by.
    pub identity: Identity,
}

/// Where files lie. All calls block, and are made with a scope; names were checked.
trait Room: std::fmt::Debug + Send + Sync {
    /// Whether it can be used, where that is not known since it was opened.
    fn check(&self) -> Result<()> {
        Ok(())
    }
    /// Opens a file for reading.
    fn open(&self, scope: &Scope, name: &Name) -> Result<Opened>;
    /// Files that match, in name order; more than `most` are an error.
    fn list(&self, scope: &Scope, pattern: &Pattern, most: usize) -> Result<Vec<Entry>>;
    /// Deletes a file; false if there was none.
    fn delete(&self, scope: &Scope, name: &Name) -> Result<bool>;
    /// Deletes everything of the tenant.
    fn delete_all(&self, scope: &Scope) -> Result<()>;
    /// A file to be, which is nowhere until it is kept. `id` tells it from others.
    fn draft(&self, scope: &Scope, name: &Name, id: &str) -> Result<Box<dyn Draft>>;
    /// Reads a note: see [`Folder::note`].
    fn note(&self, scope: &Scope, name: &str) -> Result<Option<Vec<u8>>>;
    /// Writes a note: see [`Folder::put_note`].
    fn put_note(&self, scope: &Scope, name: &str, bytes: &[u8], beginning: &str, kept: &str) -> Result<()>;
}

/// A file that goes away again unless it is kept. Its calls block.
trait Draft: Send {
    /// More of its content.
    fn write(&mut self, bytes: &[u8]) -> Result<()>;
    /// Puts it in its place, whole and durable, instead of what was there.
    fn keep(self: Box<Self>) -> Result<()>;
}

/// See the module. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Folder {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    room: Box<dyn Room>,
    quota: Quota,
    ambient: Ambient,
    used: Mutex<AHashMap<TenantId, u64>>,
}

impl Folder {
    /// All tenants' folders live below `root` of this machine's disk, which is made if missing and nobody else's. What an
    /// interrupted upload left is swept.
    pub fn open(root: impl AsRef<Path>, quota: Quota, ambient: Ambient) -> Result<Self> {
        let disk = Disk::open(root.as_ref(), Swept::All)?;
        Ok(Self::over(Box::new(disk), quota, ambient))
    }

    fn over(room: Box<dyn Room>, quota: Quota, ambient: Ambient) -> Self {
        Self { inner: Arc::new(Inner { room, quota, ambient, used: Mutex::default() }) }
    }

    /// Whether it can be used: names the setting at fault and the remedy. Blocking.
    pub fn check(&self) -> Result<()> {
        self.inner.room.check()
    }

    /// The limits.
    pub fn quota(&self) -> Quota {
        self.inner.quota
    }

    /// Opens a file for reading. Blocking.
    pub fn open_file(&self, scope: &Scope, name: &str) -> Result<Opened> {
        self.inner.room.open(scope, &Name::parse(name)?)
    }

    /// Files that a name or pattern (`crm/*.csv`, `**/deals.tsv`) matches, in name order. Blocking.
    pub fn list(&self, scope: &Scope, pattern: &str) -> Result<Vec<Entry>> {
        self.inner.room.list(scope, &Pattern::parse(pattern)?, self.inner.quota.matches)
    }

    /// Deletes a file; false if there was none. Blocking.
    pub fn delete(&self, scope: &Scope, name: &str) -> Result<bool> {
        let gone = self.inner.room.delete(scope, &Name::parse(name)?)?;
        if gone {
            self.inner.used.lock().remove(&scope.tenant());
        }
        Ok(gone)
    }

    /// Deletes everything of the tenant. Blocking.
    pub fn delete_all(&self, scope: &Scope) -> Result<()> {
        self.inner.used.lock().remove(&scope.tenant());
        self.inner.room.delete_all(scope)
    }

    /// Bytes stored, counted on first use. Blocking.
    pub fn used(&self, scope: &Scope) -> Result<u64> {
        if let Some(used) = self.inner.used.lock().get(&scope.tenant()) {
            return Ok(*used);
        }
        let all = self.inner.room.list(scope, &Pattern::parse("**")?, usize::MAX)?;
        let counted = all.iter().map(|e| e.identity.size).sum();
        Ok(*self.inner.used.lock().entry(scope.tenant()).or_insert(counted))
    }

    /// What a source remembers between two passes, in a hidden part of the tenant's folder: not truth, only what saves work.
    /// One that is missing costs a longer pass, never a record. Blocking.
    pub fn note(&self, scope: &Scope, name: &str) -> Result<Option<Vec<u8>>> {
        self.inner.room.note(scope, name)
    }

    /// Writes a note whole, and forgets those of the same beginning that are not `kept`. Blocking.
    pub fn put_note(&self, scope: &Scope, name: &str, bytes: &[u8], beginning: &str, kept: &str) -> Result<()> {
        self.inner.room.put_note(scope, name, bytes, beginning, kept)
    }
}

#[cfg(test)]
mod tests;
