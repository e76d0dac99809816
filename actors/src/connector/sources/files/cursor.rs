//! How far a folder of files has been read, as JSON text: which files are done and what they were, and where in the
//! file at hand we stand.

use std::collections::BTreeMap;

use super::super::position::Position;
use crate::files::Identity;

/// A file that was read to its end.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Done(pub u64, pub i64, pub u64, pub String);

impl Done {
    /// What it was, and the digest of its content.
    pub fn new(identity: Identity, digest: String) -> Self {
        Self(identity.size, identity.modified, identity.inode, digest)
    }

    /// Whether it is certainly unchanged, without reading it.
    pub const fn is(&self, identity: Identity) -> bool {
        self.0 == identity.size && self.1 == identity.modified && self.2 == identity.inode
    }
}

/// A place inside a file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct At {
    /// Its name.
    pub file: String,
    /// Bytes (or rows, for Parquet) before the next record.
    pub offset: u64,
    /// Records before it.
    pub row: u64,
    /// Digest of what lies before.
    pub digest: String,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cursor {
    /// Files read to their end.
    #[serde(default)]
    pub done: BTreeMap<String, Done>,
    /// The file at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<At>,
}

impl Position for Cursor {}
