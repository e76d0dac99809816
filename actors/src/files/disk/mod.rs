//! Files on a disk: one folder a tenant, `{root}/{tenant}/`. Uploads are temporary files that are moved into place when they
//! are whole and synced; names are opened in `beneath`, which nobody can lead outside.

mod beneath;
mod draft;
mod notes;
mod walk;

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use autonomos_runtime::{Error, Result, Scope, Timestamp};
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::pattern::Pattern;
use super::{Content, Draft, Entry, Identity, Name, Opened, Room};

/// Where uploads in progress live.
const TEMPORARY: &str = ".tmp";
/// A draft of a shared folder that nobody has written to for so long is nobody's. An upload that moves writes more often.
const FORGOTTEN: Duration = Duration::from_hours(24);

/// Which drafts of interrupted uploads are swept at the start.
#[derive(Clone, Copy, Debug)]
pub enum Swept {
    /// All: nobody else uses the folder.
    All,
    /// Those that nobody writes to any more, because other nodes use it too.
    Forgotten(Timestamp),
}

/// See the module.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// Beneath `root`, which is made if missing.
    pub fn open(root: &Path, swept: Swept) -> Result<Self> {
        let unusable = |e: std::io::Error| {
            Error::unavailable("files.no_root", "The folder for files cannot be used.")
                .field("files")
                .remedy("Check that it exists and that the server may write to it.")
                .source(e)
        };
        std::fs::create_dir_all(root).map_err(unusable)?;
        for tenant in std::fs::read_dir(root).map_err(unusable)?.flatten() {
            if let Err(e) = sweep(&tenant.path().join(TEMPORARY), swept)
                && !matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
            {
                tracing::warn!(error = %e, "an interrupted upload could not be swept");
            }
        }
        Ok(Self { root: root.to_owned() })
    }

    fn home(&self, scope: &Scope) -> Result<OwnedFd> {
        let path = self.root.join(scope.tenant().to_string());
        let failed =
            |e: std::io::Error| Error::unavailable("files.no_root", "Your folder cannot be opened now.").source(e);
        match std::fs::create_dir(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => return Err(failed(e)),
            _ => {}
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::open(&path, flags, Mode::empty()).map_err(|e| failed(e.into()))
    }
}

fn sweep(drafts: &Path, swept: Swept) -> std::io::Result<()> {
    let Swept::Forgotten(now) = swept else { return std::fs::remove_dir_all(drafts) };
    let before = std::time::SystemTime::from(now) - FORGOTTEN;
    for draft in std::fs::read_dir(drafts)?.flatten() {
        if draft.metadata()?.modified()? < before {
            std::fs::remove_file(draft.path())?;
        }
    }
    Ok(())
}

impl Room for Disk {
    fn open(&self, scope: &Scope, name: &Name) -> Result<Opened> {
        let file = beneath::open_file(&self.home(scope)?, name)?;
        let identity = Identity::of(&file)?;
        Ok(Opened { content: Content::File(file), identity })
    }

    fn list(&self, scope: &Scope, pattern: &Pattern, most: usize) -> Result<Vec<Entry>> {
        walk::list(&self.home(scope)?, pattern, most)
    }

    fn delete(&self, scope: &Scope, name: &Name) -> Result<bool> {
        let home = self.home(scope)?;
        let (folder, last) = match name.as_str().rsplit_once('/') {
            None => (home, name.as_str()),
            Some((folders, last)) => {
                match beneath::open_at(&home, folders, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC) {
                    Ok(folder) => (folder, last),
                    Err(Errno::NOENT) => return Ok(false),
                    Err(e) => return Err(beneath::refused(e, name.as_str())),
                }
            }
        };
        match rustix::fs::unlinkat(&folder, last, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(e) => Err(beneath::refused(e, name.as_str())),
        }
    }

    fn delete_all(&self, scope: &Scope) -> Result<()> {
        match std::fs::remove_dir_all(self.root.join(scope.tenant().to_string())) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::unavailable("files.not_deleted", "Your files could not all be deleted.").source(e))
            }
            _ => Ok(()),
        }
    }

    fn draft(&self, scope: &Scope, name: &Name, id: &str) -> Result<Box<dyn Draft>> {
        Ok(Box::new(draft::Draft::open(self.home(scope)?, name.clone(), id.to_owned())?))
    }

    fn note(&self, scope: &Scope, name: &str) -> Result<Option<Vec<u8>>> {
        notes::read(&self.home(scope)?, name)
    }

    fn put_note(&self, scope: &Scope, name: &str, bytes: &[u8], beginning: &str, kept: &str) -> Result<()> {
        notes::write(&self.home(scope)?, name, bytes, (beginning, kept))
    }
}

#[cfg(test)]
mod tests;
