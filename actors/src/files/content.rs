//! A file open for reading, on a disk or in a bucket: bytes from any place, and what tells it from others of its name.

use std::fs::File;
use std::io::{Read, Result as Io, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt as _;

use autonomos_runtime::{Error, Result};
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;

use super::bucket::Object;

/// Bytes of a disk's file that are read at a time for a stream.
const CHUNK: usize = 256 * 1024;

/// What tells two contents of one name apart without reading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970.
    pub modified: i64,
    /// The file behind the name.
    pub inode: u64,
}

impl Identity {
    /// Of an open file, now.
    pub(super) fn of(file: &File) -> Result<Self> {
        let m = file
            .metadata()
            .map_err(|e| Error::unavailable("file.unreadable", "The file cannot be read now.").source(e))?;
        Ok(Self { size: m.size(), modified: m.mtime() * 1_000_000_000 + m.mtime_nsec(), inode: m.ino() })
    }
}

/// A file open for reading.
#[derive(Debug)]
pub struct Opened {
    /// Its bytes; a replaced name does not change what is read.
    pub content: Content,
    /// What it was when it was opened.
    pub identity: Identity,
}

/// The bytes of a file. Reading blocks.
#[derive(Debug)]
pub enum Content {
    /// A disk's.
    File(File),
    /// A bucket's.
    Object(Box<Object>),
}

impl Content {
    /// How many bytes.
    pub fn size(&self) -> Io<u64> {
        match self {
            Self::File(file) => Ok(file.metadata()?.len()),
            Self::Object(object) => Ok(object.identity().size),
        }
    }

    /// What it is now. A file may be written to while it is open; what is in a bucket never changes, only its name is
    /// given to something else.
    pub fn identity(&self) -> Result<Identity> {
        match self {
            Self::File(file) => Identity::of(file),
            Self::Object(object) => Ok(object.identity()),
        }
    }

    /// The same bytes, to be read elsewhere. Where the next read begins is only sure after a seek.
    pub fn try_clone(&self) -> Io<Self> {
        match self {
            Self::File(file) => Ok(Self::File(file.try_clone()?)),
            Self::Object(object) => Ok(Self::Object(Box::new(object.again()))),
        }
    }

    /// The bytes of what was just opened, for whoever does not block.
    pub fn into_stream(self) -> BoxStream<'static, Io<Bytes>> {
        match self {
            Self::File(file) => {
                tokio_util::io::ReaderStream::with_capacity(tokio::fs::File::from_std(file), CHUNK).boxed()
            }
            Self::Object(object) => object.into_stream(),
        }
    }
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> Io<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Object(object) => object.read(buffer),
        }
    }
}

impl Seek for Content {
    fn seek(&mut self, to: SeekFrom) -> Io<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Object(object) => object.seek(to),
        }
    }
}
