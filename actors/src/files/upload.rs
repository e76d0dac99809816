//! Putting a file: a body streamed into a draft, counted and hashed on the way, kept when it is whole. Memory holds a piece
//! of it at a time; writing and hashing are off the runtime's threads.

use autonomos_runtime::{Error, Result, Scope};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use sha2::{Digest as _, Sha256};

use super::{Draft, Folder, Name};

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

/// What of a body has come.
struct Coming {
    draft: Box<dyn Draft>,
    hash: Sha256,
    chunk: Vec<u8>,
}

impl Coming {
    async fn write(mut self) -> Result<Self> {
        blocking(move || {
            self.draft.write(&self.chunk)?;
            self.hash.update(&self.chunk);
            self.chunk.clear();
            Ok(self)
        })
        .await
    }
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
        let (folder, owner, target) = (self.clone(), scope.clone(), name.clone());
        let (draft, used, replaced) = blocking(move || {
            let room = &folder.inner.room;
            // What is replaced is given back when the new content is in place.
            let replaced = room.open(&owner, &target).map_or(0, |opened| opened.identity.size);
            let used = folder.used(&owner)?.saturating_sub(replaced);
            let id = folder.inner.ambient.uuid().to_string();
            Ok((room.draft(&owner, &target, &id)?, used, replaced))
        })
        .await?;
        let mut coming = Coming { draft, hash: Sha256::new(), chunk: Vec::with_capacity(CHUNK) };
        let mut size = 0_u64;
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(|e| {
                Error::invalid("files.body_broken", "The upload broke off.").remedy("Send it again.").source(e)
            })?;
            size += piece.len() as u64;
            self.bound(size, used, most)?;
            coming.chunk.extend_from_slice(&piece);
            if coming.chunk.len() >= CHUNK {
                coming = coming.write().await?;
            }
        }
        let Coming { draft, hash, .. } = coming.write().await?;
        blocking(move || draft.keep()).await?;
        let mut all = self.inner.used.lock();
        all.entry(scope.tenant()).and_modify(|used| *used = (*used + size).saturating_sub(replaced));
        drop(all);
        Ok(Stored { path: name.as_str().to_owned(), size, sha256: hex::encode(hash.finalize()) })
    }

    /// Refuses a file that is too large by itself, or with what the tenant has besides.
    fn bound(&self, size: u64, used: u64, most: u64) -> Result<()> {
        let quota = self.inner.quota;
        if size > quota.file {
            return Err(Error::too_large("files.too_large", format!("A file may have {} bytes at most.", quota.file))
                .field("path")
                .remedy("Split it into several files; a pattern reads them as one stream."));
        }
        if used + size > most {
            return Err(Error::too_large("files.quota", format!("Your files may have {most} bytes together."))
                .field("path")
                .remedy("Delete files that are no longer needed."));
        }
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Error::internal("files.interrupted", "The file work was interrupted.").source(e))?
}
