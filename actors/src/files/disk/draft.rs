//! A file on its way: written beside the others under a name nobody can ask for, synced and moved into place when it is
//! whole. One that is dropped goes away; one that a crash leaves is swept when the folder is opened next.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::OwnedFd;

use autonomos_runtime::{Error, Result};
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::{TEMPORARY, beneath};
use crate::files::Name;

/// See the module.
pub struct Draft {
    home: OwnedFd,
    drafts: OwnedFd,
    id: String,
    name: Name,
    file: File,
    kept: bool,
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            // What stays is swept when the folder is opened next.
            rustix::fs::unlinkat(&self.drafts, &self.id, AtFlags::empty()).ok();
        }
    }
}

impl Draft {
    /// Nothing of it yet.
    pub fn open(home: OwnedFd, name: Name, id: String) -> Result<Self> {
        let refused = |e: Errno| beneath::refused(e, name.as_str());
        match rustix::fs::mkdirat(&home, TEMPORARY, Mode::from_raw_mode(0o700)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(e) => return Err(refused(e)),
        }
        let drafts = beneath::open_folder(&home, TEMPORARY).map_err(refused)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&drafts, &id, flags, Mode::from_raw_mode(0o640)).map_err(refused)?;
        Ok(Self { home, drafts, id, name, file: File::from(fd), kept: false })
    }
}

impl crate::files::Draft for Draft {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(not_written)
    }

    fn keep(mut self: Box<Self>) -> Result<()> {
        self.file.sync_all().map_err(not_written)?;
        let folder = beneath::make_folder(&self.home, &self.name)?;
        let last = self.name.parts().next_back().unwrap_or_default();
        rustix::fs::renameat(&self.drafts, &self.id, &folder, last)
            .map_err(|e| beneath::refused(e, self.name.as_str()))?;
        self.kept = true;
        rustix::fs::fsync(&folder).map_err(|e| not_written(e.into()))
    }
}

fn not_written(error: std::io::Error) -> Error {
    if matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) {
        return Error::unavailable("files.disk_full", "The disk is full.").remedy("Free some space and try again.");
    }
    Error::unavailable("files.not_written", "The file could not be written.").remedy("Try again.").source(error)
}
