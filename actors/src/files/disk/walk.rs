//! Files below a folder that a pattern matches: regular files only, symlinks and hidden names passed by.

use std::fs::File;
use std::os::fd::OwnedFd;

use autonomos_runtime::{Error, Result};
use rustix::fs::{AtFlags, FileType, OFlags};
use rustix::io::Errno;

use super::beneath;
use crate::files::pattern::{DEEPEST, Many, Pattern};
use crate::files::{Entry, Identity};

/// See the module. In name order; more than `most` are an error.
pub fn list(home: &OwnedFd, pattern: &Pattern, most: usize) -> Result<Vec<Entry>> {
    let many = match pattern {
        Pattern::Many(many) => many,
        Pattern::One(name) => {
            return match beneath::open_file(home, name) {
                Ok(file) => Ok(vec![Entry { path: name.as_str().to_owned(), identity: Identity::of(&file)? }]),
                Err(e) if e.code == "file.not_found" => Ok(Vec::new()),
                Err(e) => Err(e),
            };
        }
    };
    let start = if many.folder().is_empty() {
        home.try_clone()
            .map_err(|e| Error::unavailable("file.unreadable", "Your folder cannot be read now.").source(e))?
    } else {
        match beneath::open_at(home, many.folder(), OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC) {
            Ok(folder) => folder,
            Err(Errno::NOENT | Errno::NOTDIR) => return Ok(Vec::new()),
            Err(e) => return Err(beneath::refused(e, many.folder())),
        }
    };
    let mut walk = Walk { many, found: Vec::new(), looked: 0, most };
    walk.folder(&start, many.folder(), DEEPEST)?;
    walk.found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(walk.found)
}

struct Walk<'a> {
    many: &'a Many,
    found: Vec<Entry>,
    looked: usize,
    most: usize,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &OwnedFd, prefix: &str, deeper: usize) -> Result<()> {
        let unreadable = |e: Errno| beneath::refused(e, if prefix.is_empty() { "." } else { prefix });
        for entry in rustix::fs::Dir::read_from(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let Ok(name) = entry.file_name().to_str() else { continue };
            if name.starts_with('.') {
                continue;
            }
            self.looked += 1;
            let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
            let Ok(stat) = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
            match FileType::from_raw_mode(stat.st_mode) {
                FileType::Directory if deeper > 0 => {
                    if let Ok(inner) = beneath::open_folder(folder, name) {
                        self.folder(&inner, &path, deeper - 1)?;
                    }
                }
                FileType::RegularFile if self.many.is_match(&path) => {
                    // The identity comes from the handle, as it will when the file is read.
                    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                    if let Ok(fd) = beneath::open_at(folder, name, flags) {
                        self.found.push(Entry { path, identity: Identity::of(&File::from(fd))? });
                    }
                }
                _ => {}
            }
            self.many.bound(self.found.len(), self.looked, self.most)?;
        }
        Ok(())
    }
}
