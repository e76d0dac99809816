//! Files below a folder that a pattern matches: regular files only, symlinks and hidden names passed by.

use std::fs::File;
use std::os::fd::OwnedFd;

use autonomos_runtime::{Error, Result};
use globset::{GlobBuilder, GlobMatcher};
use rustix::fs::{AtFlags, FileType, OFlags};
use rustix::io::Errno;

use super::{Identity, beneath, path};

/// Folders inside folders that are looked into.
const DEEPEST: usize = 16;
/// Names looked at.
const MOST: usize = 1_000_000;

/// A file that matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name below the tenant's folder.
    pub path: String,
    /// Size, time and file.
    pub identity: Identity,
}

/// Whether a path has wildcards.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

pub fn list(home: &OwnedFd, pattern: &str, most: usize) -> Result<Vec<Entry>> {
    path::check(pattern, true)?;
    if !is_pattern(pattern) {
        let name = path::Name::parse(pattern)?;
        return match beneath::open_file(home, &name) {
            Ok(file) => Ok(vec![Entry { path: pattern.to_owned(), identity: Identity::of(&file)? }]),
            Err(e) if e.code == "file.not_found" => Ok(Vec::new()),
            Err(e) => Err(e),
        };
    }
    let glob = GlobBuilder::new(pattern).literal_separator(true).build().map_err(|e| {
        Error::invalid("path.bad_pattern", format!("`{pattern}` is not a pattern: {}.", e.kind()))
            .field("path")
            .remedy("Use * for any name, ** for any folders, ? for one character, [a-z] and {a,b} for choices.")
    })?;
    let matcher = glob.compile_matcher();
    let base = pattern.rsplit_once('/').map_or("", |(folders, _)| folders);
    let literal: Vec<&str> = base.split('/').take_while(|p| !p.is_empty() && !is_pattern(p)).collect();
    let literal = literal.join("/");
    let start = if literal.is_empty() {
        home.try_clone()
            .map_err(|e| Error::unavailable("file.unreadable", "Your folder cannot be read now.").source(e))?
    } else {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match beneath::open_at(home, &literal, flags) {
            Ok(folder) => folder,
            Err(Errno::NOENT | Errno::NOTDIR) => return Ok(Vec::new()),
            Err(e) => return Err(beneath::refused(e, &literal)),
        }
    };
    let mut walk = Walk { matcher, found: Vec::new(), looked: 0, most, pattern };
    walk.folder(&start, &literal, DEEPEST)?;
    walk.found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(walk.found)
}

struct Walk<'a> {
    matcher: GlobMatcher,
    found: Vec<Entry>,
    looked: usize,
    most: usize,
    pattern: &'a str,
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
                FileType::RegularFile if self.matcher.is_match(&path) => {
                    // The identity comes from the handle, as it will when the file is read.
                    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                    if let Ok(fd) = beneath::open_at(folder, name, flags) {
                        self.found.push(Entry { path, identity: Identity::of(&File::from(fd))? });
                    }
                }
                _ => {}
            }
            if self.found.len() > self.most || self.looked > MOST {
                return Err(Error::too_large(
                    "path.too_many_files",
                    format!("`{}` matches more than {} files.", self.pattern, self.most),
                )
                .field("path")
                .remedy("Use a narrower pattern, or combine the files."));
            }
        }
        Ok(())
    }
}
