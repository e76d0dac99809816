//! A file on its way into a bucket: one request when it is small, else parts of one size, which together become the object
//! when all are there. Memory holds one part. Dropped half-way, the parts are taken back; a crash leaves them to the
//! bucket's rule for unfinished uploads.

use autonomos_runtime::{Error, Result};
use bytes::Bytes;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStoreExt as _, PutPayload};

use super::{Bucket, refused};

/// Parts an object may have.
pub const MOST_PARTS: u64 = 10_000;
/// Bytes of a part at least; the protocol asks for five mebibytes of all but the last.
pub const SMALLEST_PART: u64 = 8 << 20;

/// See the module.
pub struct Upload {
    bucket: Bucket,
    key: Path,
    name: String,
    held: Vec<u8>,
    parts: Option<Box<dyn MultipartUpload>>,
}

impl Upload {
    /// Nothing of it yet.
    pub const fn new(bucket: Bucket, key: Path, name: String) -> Self {
        Self { bucket, key, name, held: Vec::new(), parts: None }
    }

    /// Sends what is held as the next part.
    fn send(&mut self) -> Result<()> {
        let payload = PutPayload::from(Bytes::from(std::mem::take(&mut self.held)));
        let sent = self.bucket.runtime.block_on(async {
            let parts = match &mut self.parts {
                Some(parts) => parts,
                none => none.insert(self.bucket.store.put_multipart(&self.key).await?),
            };
            parts.put_part(payload).await
        });
        sent.map_err(|e| self.not_written(e))
    }

    fn not_written(&self, error: object_store::Error) -> Error {
        match refused(error, &self.name) {
            gone if gone.code == "file.not_found" => {
                Error::unavailable("files.away", "The upload was taken back by the store of files.")
                    .remedy("Send it again.")
            }
            other => other,
        }
    }
}

impl crate::files::Draft for Upload {
    fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let room = self.bucket.part - self.held.len();
            let (fits, rest) = bytes.split_at(room.min(bytes.len()));
            self.held.extend_from_slice(fits);
            bytes = rest;
            if self.held.len() == self.bucket.part {
                self.send()?;
            }
        }
        Ok(())
    }

    fn keep(mut self: Box<Self>) -> Result<()> {
        if self.parts.is_none() {
            let payload = PutPayload::from(Bytes::from(std::mem::take(&mut self.held)));
            let put = self.bucket.store.put(&self.key, payload);
            return self.bucket.wait(put).map(drop).map_err(|e| self.not_written(e));
        }
        if !self.held.is_empty() {
            self.send()?;
        }
        let Some(parts) = self.parts.as_mut() else { return Ok(()) };
        let completed = self.bucket.runtime.block_on(parts.complete());
        completed.map_err(|e| self.not_written(e))?;
        self.parts = None;
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(mut parts) = self.parts.take() {
            // Nobody waits for it, and whoever runs the bucket has a rule for what stays.
            self.bucket.runtime.spawn(async move {
                if let Err(error) = parts.abort().await {
                    tracing::warn!(%error, "the parts of an interrupted upload could not be taken back");
                }
            });
        }
    }
}
