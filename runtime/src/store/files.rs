//! What is known about the tenant's uploaded files. The bytes are in the object store.

use super::page::{Page, Paged};
use crate::{Result, Timestamp};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FileMeta {
    /// Path beneath the tenant's folder.
    pub path: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of the content, hex.
    pub sha256: String,
    /// When first put.
    pub created_at: Timestamp,
    /// When last put.
    pub updated_at: Timestamp,
}

/// See the module.
#[async_trait::async_trait]
pub trait Files {
    /// Notes a file that was put.
    async fn put_file(&mut self, path: &str, size: i64, sha256: &str) -> Result<FileMeta>;
    /// One.
    async fn file(&mut self, path: &str) -> Result<Option<FileMeta>>;
    /// Those whose path starts so, by path.
    async fn files(&mut self, prefix: &str, page: &Page) -> Result<Paged<FileMeta>>;
    /// Forgets one; says whether it was there.
    async fn forget_file(&mut self, path: &str) -> Result<bool>;
}
