//! The tenant's folder: files that people upload and file connections read. One folder a tenant, `{root}/{tenant}/`;
//! nothing that is asked for by name ever lies outside it.
//!
//! Guarantee: an upload is there whole or not at all (temporary file, fsync, rename, fsync of the folder); readers of a
//! file that is replaced meanwhile go on reading the old one. A crash leaves at most a temporary file, swept when the
//! folder is opened next. Names are checked in `path`, opened in `beneath`.

mod beneath;
mod notes;
mod path;
mod upload;
mod walk;

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ahash::AHashMap;
use autonomos_runtime::ids::TenantId;
use autonomos_runtime::{Ambient, Error, Result, Scope};
use parking_lot::Mutex;
use rustix::fs::{AtFlags, Mode};
use rustix::io::Errno;

pub use path::Name;
pub use upload::Stored;
pub use walk::Entry;

/// Checks a file's name or pattern without looking for it.
pub fn check_pattern(text: &str) -> Result<()> {
    path::check(text, true)
}

/// Where uploads in progress live.
const TEMPORARY: &str = ".tmp";

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

/// What tells two contents of one name apart without reading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970.
    pub modified: i64,
    /// The file behind the name.
    pub inode: u64,
}

impl Identity {
    /// Of an open file, now.
    pub fn of(file: &File) -> Result<Self> {
        let m = file
            .metadata()
            .map_err(|e| Error::unavailable("file.unreadable", "The file cannot be read now.").source(e))?;
        Ok(Self { size: m.size(), modified: m.mtime() * 1_000_000_000 + m.mtime_nsec(), inode: m.ino() })
    }
}

/// A file open for reading.
#[derive(Debug)]
pub struct Opened {
    /// The handle; a replaced name does not change what it reads.
    pub file: File,
    /// What it was when it was opened.
    pub identity: Identity,
}

/// See the module. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Folder {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    root: PathBuf,
    quota: Quota,
    ambient: Ambient,
    used: Mutex<AHashMap<TenantId, u64>>,
}

impl Folder {
    /// All tenants' folders live below `root`, which is made if missing. What an interrupted upload left is swept.
    pub fn open(root: impl AsRef<Path>, quota: Quota, ambient: Ambient) -> Result<Self> {
        let root = root.as_ref().to_owned();
        let unusable = |e: std::io::Error| {
            Error::unavailable("files.no_root", "The folder for files cannot be used.")
                .field("files")
                .remedy("Check that the data directory exists and the server may write to it.")
                .source(e)
        };
        std::fs::create_dir_all(&root).map_err(unusable)?;
        for tenant in std::fs::read_dir(&root).map_err(unusable)?.flatten() {
            let swept = std::fs::remove_dir_all(tenant.path().join(TEMPORARY));
            if let Err(e) = swept.as_ref()
                && !matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
            {
                tracing::warn!(error = %e, "an interrupted upload could not be swept");
            }
        }
        Ok(Self { inner: Arc::new(Inner { root, quota, ambient, used: Mutex::default() }) })
    }

    /// The limits.
    pub fn quota(&self) -> Quota {
        self.inner.quota
    }

    fn home(&self, scope: &Scope) -> Result<OwnedFd> {
        let path = self.inner.root.join(scope.tenant().to_string());
        let failed =
            |e: std::io::Error| Error::unavailable("files.no_root", "Your folder cannot be opened now.").source(e);
        match std::fs::create_dir(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => return Err(failed(e)),
            _ => {}
        }
        let flags = rustix::fs::OFlags::RDONLY
            | rustix::fs::OFlags::DIRECTORY
            | rustix::fs::OFlags::NOFOLLOW
            | rustix::fs::OFlags::CLOEXEC;
        rustix::fs::open(&path, flags, Mode::empty()).map_err(|e| failed(e.into()))
    }

    /// Opens a file for reading. Blocking.
    pub fn open_file(&self, scope: &Scope, name: &str) -> Result<Opened> {
        let name = Name::parse(name)?;
        let file = beneath::open_file(&self.home(scope)?, &name)?;
        let identity = Identity::of(&file)?;
        Ok(Opened { file, identity })
    }

    /// Files that a name or pattern (`crm/*.csv`, `**/deals.tsv`) matches, in name order. Blocking.
    pub fn list(&self, scope: &Scope, pattern: &str) -> Result<Vec<Entry>> {
        walk::list(&self.home(scope)?, pattern, self.inner.quota.matches)
    }

    /// Deletes a file; false if there was none. Blocking.
    pub fn delete(&self, scope: &Scope, name: &str) -> Result<bool> {
        let name = Name::parse(name)?;
        let home = self.home(scope)?;
        let (folder, last) = match name.as_str().rsplit_once('/') {
            None => (home, name.as_str()),
            Some((folders, last)) => match beneath::open_at(
                &home,
                folders,
                rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::DIRECTORY | rustix::fs::OFlags::CLOEXEC,
            ) {
                Ok(folder) => (folder, last),
                Err(Errno::NOENT) => return Ok(false),
                Err(e) => return Err(beneath::refused(e, name.as_str())),
            },
        };
        match rustix::fs::unlinkat(&folder, last, AtFlags::empty()) {
            Ok(()) => {
                self.inner.used.lock().remove(&scope.tenant());
                Ok(true)
            }
            Err(Errno::NOENT) => Ok(false),
            Err(e) => Err(beneath::refused(e, name.as_str())),
        }
    }

    /// Deletes everything of the tenant. Blocking.
    pub fn delete_all(&self, scope: &Scope) -> Result<()> {
        self.inner.used.lock().remove(&scope.tenant());
        match std::fs::remove_dir_all(self.inner.root.join(scope.tenant().to_string())) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::unavailable("files.not_deleted", "Your files could not all be deleted.").source(e))
            }
            _ => Ok(()),
        }
    }

    /// Bytes stored, counted on first use. Blocking.
    pub fn used(&self, scope: &Scope) -> Result<u64> {
        if let Some(used) = self.inner.used.lock().get(&scope.tenant()) {
            return Ok(*used);
        }
        let counted = walk::list(&self.home(scope)?, "**", usize::MAX)?.iter().map(|e| e.identity.size).sum();
        Ok(*self.inner.used.lock().entry(scope.tenant()).or_insert(counted))
    }
}

#[cfg(test)]
mod tests;
