//! Opening things below a directory that was opened before, never through a symlink, never outside.
//!
//! `openat2` with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS does it in one call that nobody can race. Where the kernel or a
//! sandbox refuses that call, each part is opened from the one before with O_NOFOLLOW, which holds as well, since
//! names were checked to have no `..`.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};

use autonomos_runtime::{Error, Result};
use rustix::fs::{Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use crate::files::Name;

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Opens a regular file for reading; devices, FIFOs, sockets and folders are refused, without ever blocking on one.
pub fn open_file(root: &OwnedFd, name: &Name) -> Result<File> {
    // A FIFO opened without O_NONBLOCK would wait for its writer.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let file = File::from(open_at(root, name.as_str(), flags).map_err(|e| refused(e, name.as_str()))?);
    let metadata = file.metadata().map_err(|e| unreadable(name.as_str()).source(e))?;
    if !metadata.is_file() {
        return Err(Error::invalid("path.not_a_file", format!("`{}` is not a regular file.", name.as_str()))
            .field("path")
            .remedy("Name a file; folders, devices and pipes cannot be read."));
    }
    Ok(file)
}

/// Opens anything below, without following symlinks.
pub fn open_at(root: &OwnedFd, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    match rustix::fs::openat2(root, path, flags, Mode::empty(), resolve) {
        Err(Errno::NOSYS | Errno::PERM | Errno::INVAL) => walk(root, path, flags),
        other => other,
    }
}

fn walk(root: &OwnedFd, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    let (folders, last) = path.rsplit_once('/').map_or((None, path), |(folders, last)| (Some(folders), last));
    let mut here = root.try_clone().map_err(|_| Errno::MFILE)?;
    for part in folders.into_iter().flat_map(|f| f.split('/')) {
        here = rustix::fs::openat(&here, part, FOLDER, Mode::empty())?;
    }
    rustix::fs::openat(&here, last, flags | OFlags::NOFOLLOW, Mode::empty())
}

/// Opens the folder of a name, making what is missing.
pub fn make_folder(root: &OwnedFd, name: &Name) -> Result<OwnedFd> {
    let mut here = root.try_clone().map_err(|e| unreadable(name.as_str()).source(e))?;
    let parts: Vec<&str> = name.parts().collect();
    for part in parts.split_last().map_or(&[][..], |(_, folders)| folders) {
        match rustix::fs::mkdirat(&here, *part, Mode::from_raw_mode(0o750)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(e) => return Err(refused(e, name.as_str())),
        }
        here = rustix::fs::openat(&here, *part, FOLDER, Mode::empty()).map_err(|e| refused(e, name.as_str()))?;
    }
    Ok(here)
}

/// Opens a folder below.
pub fn open_folder(from: impl AsFd, part: &str) -> Result<OwnedFd, Errno> {
    rustix::fs::openat(from, part, FOLDER, Mode::empty())
}

fn unreadable(name: &str) -> Error {
    Error::unavailable("file.unreadable", format!("`{name}` cannot be opened now."))
}

/// What the kernel's refusal means for a caller.
pub fn refused(errno: Errno, name: &str) -> Error {
    match errno {
        Errno::NOENT => Error::not_found("file.not_found", format!("There is no file `{name}`."))
            .field("path")
            .remedy("Upload it first, or check its name."),
        Errno::LOOP | Errno::XDEV => {
            Error::invalid("path.symlink", format!("`{name}` goes through a symbolic link, which is not followed."))
                .field("path")
                .remedy("Put the file itself into your folder.")
        }
        Errno::NOTDIR => {
            Error::invalid("path.not_a_folder", format!("A part of `{name}` is a file or a link, not a folder."))
                .field("path")
                .remedy("Choose another name.")
        }
        Errno::ISDIR => Error::invalid("path.not_a_file", format!("`{name}` is a folder."))
            .field("path")
            .remedy("Choose another name."),
        Errno::NXIO => Error::invalid("path.not_a_file", format!("`{name}` is not a regular file."))
            .field("path")
            .remedy("Name a file; devices and pipes cannot be read."),
        Errno::ACCESS => Error::invalid("file.denied", format!("`{name}` may not be read by the server."))
            .field("path")
            .remedy("Upload it again."),
        Errno::NOSPC | Errno::DQUOT => {
            Error::unavailable("files.disk_full", "The disk is full.").remedy("Free some space and try again.")
        }
        other => unreadable(name).source(std::io::Error::from(other)),
    }
}
