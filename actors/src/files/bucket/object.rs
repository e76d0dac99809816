//! One object, read as a file: from any place, a piece at a time, always the content that was opened.
//!
//! Each request names the object's tag, so that a name which is given to another content meanwhile is an error
//! (`file.changed`) and never a mixture. A body that breaks off is gone on with where it broke, as long as each brings
//! something: a reader that pauses for the views' sake may find the other side hung up, however often.

use std::io::{Error as IoError, ErrorKind, Read, Result as Io, Seek, SeekFrom};

use autonomos_runtime::Error;
use bytes::{Buf as _, Bytes};
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore as _};
use parking_lot::Mutex;

use super::{Bucket, identity, refused};
use crate::files::Identity;

type Body = BoxStream<'static, object_store::Result<Bytes>>;

/// See the module.
pub struct Object {
    bucket: Bucket,
    name: String,
    meta: ObjectMeta,
    /// Of the next byte that is read.
    position: u64,
    /// What came and was not read yet.
    piece: Bytes,
    /// What comes after it, while it comes; and whether anything came of it.
    /// Only ever touched by who owns it: the lock says so to the compiler.
    body: Mutex<Option<(Body, bool)>>,
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Object").field("name", &self.name).field("position", &self.position).finish_non_exhaustive()
    }
}

impl Object {
    pub(super) const fn new(bucket: Bucket, name: String, meta: ObjectMeta) -> Self {
        Self { bucket, name, meta, position: 0, piece: Bytes::new(), body: Mutex::new(None) }
    }

    /// What it is and stays.
    pub fn identity(&self) -> Identity {
        identity(&self.meta)
    }

    /// The same content, read by itself from the beginning.
    pub fn again(&self) -> Self {
        Self::new(self.bucket.clone(), self.name.clone(), self.meta.clone())
    }

    /// Some of its bytes at once.
    pub fn range(&self, start: u64, length: usize) -> Io<Bytes> {
        let end = start.saturating_add(length as u64).min(self.meta.size);
        let options = self.options(start, end);
        let get = async { self.bucket.store.get_opts(&self.meta.location, options).await?.bytes().await };
        self.bucket.wait(get).map_err(|e| broken(refused(e, &self.name)))
    }

    /// All its bytes, for whoever does not block.
    pub fn into_stream(self) -> BoxStream<'static, Io<Bytes>> {
        if self.meta.size == 0 {
            return futures::stream::empty().boxed();
        }
        let (options, name) = (self.options(0, self.meta.size), self.name);
        let get = async move { self.bucket.store.get_opts(&self.meta.location, options).await };
        let bytes = futures::stream::once(get).map_ok(object_store::GetResult::into_stream).try_flatten();
        bytes.map_err(move |e| broken(refused(e, &name))).boxed()
    }

    fn options(&self, start: u64, end: u64) -> GetOptions {
        GetOptions {
            range: Some(GetRange::Bounded(start..end)),
            if_match: self.meta.e_tag.clone(),
            ..GetOptions::default()
        }
    }

    /// The next piece of what comes from where we are.
    fn next(&mut self) -> object_store::Result<Bytes> {
        loop {
            let (mut body, came) = if let Some(open) = self.body.get_mut().take() {
                open
            } else {
                let options = self.options(self.position, self.meta.size);
                let get = self.bucket.store.get_opts(&self.meta.location, options);
                (self.bucket.wait(get)?.into_stream(), false)
            };
            match self.bucket.wait(body.next()) {
                Some(Ok(piece)) => {
                    let came = came || !piece.is_empty();
                    *self.body.get_mut() = Some((body, came));
                    return Ok(piece);
                }
                Some(Err(error)) if !came => return Err(error),
                None if !came => {
                    let ended = IoError::from(ErrorKind::UnexpectedEof);
                    return Err(object_store::Error::Generic { store: "S3", source: ended.into() });
                }
                // It broke off after it brought something: on from there.
                Some(Err(_)) | None => {}
            }
        }
    }
}

/// A fault on the way to a reader that knows only the disk's.
fn broken(error: Error) -> IoError {
    IoError::other(error)
}

impl Read for Object {
    fn read(&mut self, buffer: &mut [u8]) -> Io<usize> {
        if buffer.is_empty() || self.position >= self.meta.size {
            return Ok(0);
        }
        while self.piece.is_empty() {
            self.piece = self.next().map_err(|e| broken(refused(e, &self.name)))?;
        }
        let taken = buffer.len().min(self.piece.len());
        self.piece.copy_to_slice(buffer.get_mut(..taken).unwrap_or_default());
        self.position += taken as u64;
        Ok(taken)
    }
}

impl Seek for Object {
    fn seek(&mut self, to: SeekFrom) -> Io<u64> {
        let wanted = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.meta.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        let wanted = wanted.ok_or_else(|| IoError::from(ErrorKind::InvalidInput))?;
        match wanted.checked_sub(self.position) {
            Some(forward) if forward as usize <= self.piece.len() => self.piece.advance(forward as usize),
            _ => {
                self.piece = Bytes::new();
                *self.body.get_mut() = None;
            }
        }
        self.position = wanted;
        Ok(wanted)
    }
}
