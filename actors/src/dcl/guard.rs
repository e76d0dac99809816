//! A tenant's file on disk: its name, the marker that says somebody was opening it, and setting it aside.
//!
//! The marker stands beside the file while it is opened. Found at the next opening, it means that opening took the
//! process down, so the file is set aside and folded again: one bad file cannot take all tenants with it in a loop. The
//! file is only a fold over the log, so setting it aside loses nothing; the last one set aside is kept for study.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};

use autonomos_runtime::ids::TenantId;
use autonomos_runtime::{Error, Result};

/// Where one tenant's file is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    file: PathBuf,
}

fn failed(what: &'static str) -> impl FnOnce(std::io::Error) -> Error {
    move |e| {
        let full = e.kind() == std::io::ErrorKind::StorageFull;
        let error = if full {
            Error::unavailable("views.disk_full", "there is no room on disk for the views")
                .remedy("free disk space; the views catch up from the log by themselves")
        } else {
            Error::unavailable("views.files", what).remedy("check the data directory and its permissions")
        };
        error.source(e)
    }
}

fn gone_is_fine(result: std::io::Result<()>) -> std::io::Result<()> {
    match result {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

impl Place {
    /// The tenant's place in the folder, which is made if it is missing.
    pub(crate) fn of(folder: &Path, tenant: TenantId) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(failed("the folder of the views cannot be made"))?;
        Ok(Self { file: folder.join(format!("registry_{tenant}.duckdb")) })
    }

    /// The place of a file that is being built beside this one.
    pub(crate) fn beside(&self) -> Self {
        Self { file: self.suffixed(".building") }
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    fn suffixed(&self, suffix: &str) -> PathBuf {
        let mut name = self.file.clone().into_os_string();
        name.push(suffix);
        name.into()
    }

    fn wal(&self) -> PathBuf {
        self.suffixed(".wal")
    }

    fn marker(&self) -> PathBuf {
        self.suffixed(".opening")
    }

    /// The place of a copy of this file, in a folder of copies; number 0 finds it empty.
    pub(crate) fn snapshot(&self, number: u64) -> Result<Self> {
        let folder = self.snapshots();
        let emptied = if number == 0 { gone_is_fine(std::fs::remove_dir_all(&folder)) } else { Ok(()) };
        let made = emptied.and_then(|()| std::fs::create_dir_all(&folder));
        made.map_err(failed("the folder for copies of the views cannot be made"))?;
        Ok(Self { file: folder.join(format!("{number}.duckdb")) })
    }

    fn snapshots(&self) -> PathBuf {
        self.suffixed(".snapshots")
    }

    /// Copies file and log, while nobody writes them. `open` is the file, opened once and for all.
    pub(crate) fn copy_to(&self, mut open: &File, to: &Self) -> Result<()> {
        let mut copy = || {
            open.seek(SeekFrom::Start(0))?;
            std::io::copy(&mut open, &mut File::create(&to.file)?)?;
            match std::fs::copy(self.wal(), to.wal()) {
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
                other => other.map(drop),
            }
        };
        copy().map_err(failed("the views cannot be copied"))
    }

    /// Opens the file for such copies.
    pub(crate) fn open(&self) -> Result<File> {
        File::open(&self.file).map_err(failed("the views cannot be read"))
    }

    /// Bytes on disk.
    pub(crate) fn bytes(&self) -> u64 {
        [self.file.clone(), self.wal()].iter().filter_map(|p| std::fs::metadata(p).ok()).map(|m| m.len()).sum()
    }

    pub(crate) fn exists(&self) -> bool {
        self.file.exists()
    }

    /// Says that opening begins. True if the last one never ended.
    pub(crate) fn begin(&self) -> Result<bool> {
        let died = self.marker().exists();
        if !died {
            std::fs::write(self.marker(), b"").map_err(failed("the marker of an opening cannot be written"))?;
        }
        Ok(died)
    }

    /// Says that opening ended, well or not.
    pub(crate) fn end(&self) -> Result<()> {
        gone_is_fine(std::fs::remove_file(self.marker())).map_err(failed("the marker of an opening cannot be removed"))
    }

    /// Moves file and log away, over those moved away before.
    pub(crate) fn set_aside(&self) -> Result<()> {
        let away = |from: PathBuf, to: PathBuf| gone_is_fine(std::fs::rename(from, to));
        away(self.wal(), self.suffixed(".aside.wal"))
            .and_then(|()| away(self.file.clone(), self.suffixed(".aside")))
            .map_err(failed("a damaged view file cannot be set aside"))
    }

    /// Removes everything of it.
    pub(crate) fn remove(&self) -> Result<()> {
        for path in [
            self.file.clone(),
            self.wal(),
            self.marker(),
            self.suffixed(".aside"),
            self.suffixed(".aside.wal"),
            self.suffixed(".tmp"),
            self.snapshots(),
        ] {
            let result = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            gone_is_fine(result).map_err(failed("the view file cannot be removed"))?;
        }
        Ok(())
    }

    /// Takes the place of another: its file replaces ours. Both must be closed.
    pub(crate) fn replace_with(&self, other: &Self) -> Result<()> {
        let wal = gone_is_fine(std::fs::remove_file(self.wal()));
        wal.and_then(|()| gone_is_fine(std::fs::rename(other.wal(), self.wal())))
            .and_then(|()| std::fs::rename(&other.file, &self.file))
            .map_err(failed("the rebuilt views cannot take their place"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autonomos_runtime::Ambient;

    #[test]
    fn a_marker_left_behind_is_told_and_files_move_away() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::of(folder.path(), TenantId::new(&Ambient::system())).unwrap();
        assert!(!place.begin().unwrap());
        assert!(place.begin().unwrap(), "the first opening never ended");
        place.end().unwrap();
        assert!(!place.begin().unwrap());
        std::fs::write(place.file(), b"x").unwrap();
        assert_eq!(place.bytes(), 1);
        let copy = place.snapshot(0).unwrap();
        place.copy_to(&place.open().unwrap(), &copy).unwrap();
        place.copy_to(&place.open().unwrap(), &place.snapshot(1).unwrap()).unwrap();
        assert_eq!((copy.bytes(), place.snapshot(0).unwrap().bytes()), (1, 0), "the first of a process begins anew");
        place.set_aside().unwrap();
        assert!(!place.exists());
        place.remove().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
