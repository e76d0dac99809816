//! Who changed what. Append-only; each entry carries a hash over itself and the one before, so that an edit or a gap
//! shows ([`Audit::verify_audit`]).

use super::page::{Page, Paged};
use crate::{Result, Timestamp};

/// One mutation.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct AuditEntry {
    /// Gapless from 1 in the tenant.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who: `user:…` or `system:…`.
    pub actor: String,
    /// The request.
    pub trace_id: String,
    /// What was done: `connection.create`.
    pub action: String,
    /// To what: `connection/0192…`.
    pub subject: String,
    /// As it was; secrets masked by the caller.
    pub before: Option<serde_json::Value>,
    /// As it is.
    pub after: Option<serde_json::Value>,
    /// SHA-256 over the entry and the hash of the one before, hex.
    pub hash: String,
}

/// A mutation to note; who and which request come from the scope.
#[derive(Clone, Debug, Default)]
pub struct NewAudit {
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// As it was.
    pub before: Option<serde_json::Value>,
    /// As it is.
    pub after: Option<serde_json::Value>,
}

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// By whom.
    pub actor: Option<String>,
    /// What; a trailing dot means everything beneath: `connection.`.
    pub action: Option<String>,
    /// To what.
    pub subject: Option<String>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Audit {
    /// Notes a mutation, in the transaction that makes it.
    async fn append_audit(&mut self, new: NewAudit) -> Result<()>;
    /// Those that match, newest first.
    async fn audit(&mut self, filter: &AuditFilter, page: &Page) -> Result<Paged<AuditEntry>>;
    /// The first entry whose hash does not fit, or none if the chain holds.
    async fn verify_audit(&mut self) -> Result<Option<i64>>;
}
