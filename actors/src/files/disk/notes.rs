//! Notes of sources, in a hidden part of the tenant's folder; each is written beside and moved into place.

use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;

use autonomos_runtime::{Error, Result};
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::beneath;

/// Where notes live.
const NOTES: &str = ".notes";

fn failed(error: impl Into<std::io::Error>) -> Error {
    Error::unavailable("files.not_written", "What the source remembers could not be stored or read.")
        .remedy("Check the disk; the read is tried again.")
        .source(error.into())
}

fn folder(home: &OwnedFd) -> Result<OwnedFd> {
    match rustix::fs::mkdirat(home, NOTES, Mode::from_raw_mode(0o700)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(e) => return Err(failed(e)),
    }
    beneath::open_folder(home, NOTES).map_err(failed)
}

/// Reads a note.
pub fn read(home: &OwnedFd, name: &str) -> Result<Option<Vec<u8>>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = match rustix::fs::openat(&folder(home)?, name, flags, Mode::empty()) {
        Ok(fd) => std::fs::File::from(fd),
        Err(Errno::NOENT) => return Ok(None),
        Err(e) => return Err(failed(e)),
    };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    Ok(Some(bytes))
}

/// Writes a note whole, and forgets those of the same beginning that are not kept.
pub fn write(home: &OwnedFd, name: &str, bytes: &[u8], (beginning, kept): (&str, &str)) -> Result<()> {
    let notes = folder(home)?;
    let draft = format!("{name}.new");
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let fd = rustix::fs::openat(&notes, draft.as_str(), flags, Mode::from_raw_mode(0o600)).map_err(failed)?;
    let mut file = std::fs::File::from(fd);
    file.write_all(bytes).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    rustix::fs::renameat(&notes, draft.as_str(), &notes, name).map_err(failed)?;
    for entry in rustix::fs::Dir::read_from(&notes).map_err(failed)?.flatten() {
        let Ok(old) = entry.file_name().to_str() else { continue };
        if old.starts_with(beginning) && old != name && old != kept {
            // What stays is overwritten or forgotten another time.
            rustix::fs::unlinkat(&notes, old, AtFlags::empty()).ok();
        }
    }
    Ok(())
}
