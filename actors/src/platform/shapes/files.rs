//! Files of a tenant's folder.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// A file of the tenant's folder.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FileView {
    /// Path beneath the tenant's folder.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Digest of the content, hex; absent in listings of files not written through the API.
    pub sha256: Option<String>,
    /// When it was last written.
    pub modified_at: Option<DateTime<Utc>>,
}
