//! A file's bytes as the Parquet reader asks for them: pieces from anywhere.
//!
//! What it reads with is lost in what it makes of an error, and a bucket that does not answer is not a damaged file; so
//! such an error is kept here, and looked for before the file is blamed.

use std::io::{BufReader, Error as IoError, Read, Result as Io, Seek as _, SeekFrom};
use std::sync::Arc;

use autonomos_runtime::Error;
use bytes::Bytes;
use parking_lot::Mutex;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

use crate::files::Content;

/// See the module.
pub struct Pages {
    content: Content,
    fault: Fault,
}

#[derive(Clone, Default)]
struct Fault(Arc<Mutex<Option<Error>>>);

impl Fault {
    fn note(&self, error: IoError) -> IoError {
        error.downcast().map_or_else(
            |error| error,
            |told: Error| {
                let shown = IoError::other(told.message.to_string());
                *self.0.lock() = Some(told);
                shown
            },
        )
    }
}

impl Pages {
    /// Of a file.
    pub fn of(content: Content) -> Self {
        Self { content, fault: Fault::default() }
    }

    /// For one more reader.
    pub fn again(&self) -> Io<Self> {
        Ok(Self { content: self.content.try_clone()?, fault: self.fault.clone() })
    }

    /// What kept a reader from the bytes, if that is what was wrong.
    pub fn fault(&self) -> Option<Error> {
        self.fault.0.lock().take()
    }

    /// All of it, from the beginning.
    pub fn whole(&self) -> Io<Content> {
        self.from(0)
    }

    fn from(&self, start: u64) -> Io<Content> {
        let mut content = self.content.try_clone()?;
        content.seek(SeekFrom::Start(start))?;
        Ok(content)
    }
}

/// A reader whose errors are kept.
pub struct Noted {
    inner: BufReader<Content>,
    fault: Fault,
}

impl Read for Noted {
    fn read(&mut self, buffer: &mut [u8]) -> Io<usize> {
        self.inner.read(buffer).map_err(|e| self.fault.note(e))
    }
}

impl Length for Pages {
    fn len(&self) -> u64 {
        self.content.size().unwrap_or_default()
    }
}

impl ChunkReader for Pages {
    type T = Noted;

    fn get_read(&self, start: u64) -> Result<Noted> {
        let inner = self.from(start).map_err(|e| self.fault.note(e))?;
        Ok(Noted { inner: BufReader::new(inner), fault: self.fault.clone() })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let bytes = match &self.content {
            Content::File(file) => return file.get_bytes(start, length),
            Content::Object(object) => object.range(start, length).map_err(|e| self.fault.note(e))?,
        };
        if bytes.len() == length {
            return Ok(bytes);
        }
        Err(ParquetError::EOF(format!("{length} bytes were asked for, {} are there", bytes.len())))
    }
}
