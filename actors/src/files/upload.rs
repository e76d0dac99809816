//! Putting a file: streamed to a temporary one, hashed on the way, moved into place when it is whole.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::OwnedFd;

use autonomos_runtime::{Error, Result, Scope};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};

use super::{Folder, Name, TEMPORARY, beneath};

/// Bytes gathered before they are written.
const CHUNK: usize = 1 << 20;

/// What was put.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stored {
    /// Its name.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Of the content, in hex.
    pub sha256: String,
}

/// A file that goes away again unless it is kept.
struct Draft {
    home: OwnedFd,
    drafts: OwnedFd,
    name: String,
    file: File,
    hash: Sha256,
    size: u64,
    kept: bool,
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            // What stays is swept when the folder is opened next.
            rustix::fs::unlinkat(&self.drafts, &self.name, AtFlags::empty()).ok();
        }
    }
}

impl Draft {
    fn open(home: OwnedFd, name: String) -> Result<Self> {
        match rustix::fs::mkdirat(&home, TEMPORARY, Mode::from_raw_mode(0o700)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(e) => return Err(beneath::refused(e, &name)),
        }
        let drafts = beneath::open_folder(&home, TEMPORARY).map_err(|e| beneath::refused(e, &name))?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&drafts, &name, flags, Mode::from_raw_mode(0o640))
            .map_err(|e| beneath::refused(e, &name))?;
        Ok(Self { home, drafts, name, file: File::from(fd), hash: Sha256::new(), size: 0, kept: false })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(not_written)?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        Ok(())
    }

    fn keep(&mut self, name: &Name) -> Result<Stored> {
        self.file.sync_all().map_err(not_written)?;
        let folder = beneath::make_folder(&self.home, name)?;
        let last = name.parts().next_back().unwrap_or_default();
        rustix::fs::renameat(&self.drafts, &self.name, &folder, last)
            .map_err(|e| beneath::refused(e, name.as_str()))?;
        self.kept = true;
        rustix::fs::fsync(&folder).map_err(|e| not_written(e.into()))?;
        let sha256 = hex::encode(std::mem::take(&mut self.hash).finalize());
        Ok(Stored { path: name.as_str().to_owned(), size: self.size, sha256 })
    }
}

fn not_written(error: std::io::Error) -> Error {
    if matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) {
        return Error::unavailable("files.disk_full", "The disk is full.").remedy("Free some space and try again.");
    }
    Error::unavailable("files.not_written", "The file could not be written.").remedy("Try again.").source(error)
}

impl Folder {
    /// Stores a body under a name, replacing what was there. Dropping the future half-way leaves nothing behind.
    /// All files of the tenant together may have `most` bytes.
    pub async fn put<B, E>(&self, scope: &Scope, name: &str, mut body: B, most: u64) -> Result<Stored>
    where
        B: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let name = Name::parse(name)?;
        let (folder, owner) = (self.clone(), scope.clone());
        let draft_name = self.inner.ambient.uuid().to_string();
        let target = name.clone();
        let (mut draft, used, replaced) = blocking(move || {
            let home = folder.home(&owner)?;
            // What is replaced is given back when the new content is in place.
            let replaced =
                beneath::open_file(&home, &target).ok().and_then(|f| f.metadata().ok()).map_or(0, |m| m.len());
            let used = folder.used(&owner)?.saturating_sub(replaced);
            Ok((Draft::open(home, draft_name)?, used, replaced))
        })
        .await?;
        let quota = self.inner.quota;
        let mut chunk: Vec<u8> = Vec::with_capacity(CHUNK);
        let mut size = 0_u64;
        loop {
            let piece = match body.next().await {
                Some(Ok(piece)) => Some(piece),
                Some(Err(e)) => {
                    return Err(Error::invalid("files.body_broken", "The upload broke off.")
                        .remedy("Send it again.")
                        .source(e));
                }
                None => None,
            };
            if let Some(piece) = &piece {
                size += piece.len() as u64;
                if size > quota.file {
                    return Err(Error::too_large(
                        "files.too_large",
                        format!("A file may have {} bytes at most.", quota.file),
                    )
                    .field("path")
                    .remedy("Split it into several files; a pattern reads them as one stream."));
                }
                if used + size > most {
                    return Err(Error::too_large("files.quota", format!("Your files may have {most} bytes together."))
                        .field("path")
                        .remedy("Delete files that are no longer needed."));
                }
                chunk.extend_from_slice(piece);
            }
            if chunk.len() >= CHUNK || (piece.is_none() && !chunk.is_empty()) {
                (draft, chunk) = blocking(move || {
                    draft.write(&chunk)?;
                    chunk.clear();
                    Ok((draft, chunk))
                })
                .await?;
            }
            if piece.is_none() {
                break;
            }
        }
        let stored = blocking(move || draft.keep(&name)).await?;
        let mut all = self.inner.used.lock();
        all.entry(scope.tenant()).and_modify(|used| *used = (*used + size).saturating_sub(replaced));
        drop(all);
        Ok(stored)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Error::internal("files.interrupted", "The file work was interrupted.").source(e))?
}
