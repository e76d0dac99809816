//! Who changed what. Append-only; each entry carries a hash over itself and the one before, so that an edit or a gap
//! shows ([`Audit::verify_audit`]).
//!
//! Nobody can forget it: a transaction begun on behalf of a person (or of a person's key) is not saved unless something
//! was noted in it (`audit.missing`). So an entry and what it tells of are durable together or not at all, and a verb
//! without a note fails the first time anybody calls it. Parts of the platform note what changes a tenant's rules.

use sha2::{Digest, Sha256};

use super::page::{Page, Paged};
use crate::{Error, Result, Timestamp};

/// One mutation.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct AuditEntry {
    /// Gapless from 1 in the tenant.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who: `user:…`, `api_key:…` or `system:…`.
    pub actor: String,
    /// The request: the id that its answer and the logs carry.
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

impl NewAudit {
    /// `connection.create` to `connection/0192…`.
    pub fn new(action: &str, noun: &str, id: impl std::fmt::Display) -> Self {
        Self { action: action.to_owned(), subject: format!("{noun}/{id}"), ..Self::default() }
    }

    /// As it was, without secrets.
    #[must_use]
    pub fn before(mut self, value: serde_json::Value) -> Self {
        self.before = Some(value);
        self
    }

    /// As it is, without secrets.
    #[must_use]
    pub fn after(mut self, value: serde_json::Value) -> Self {
        self.after = Some(value);
        self
    }
}

/// A person's transaction that was about to be saved without a note.
pub fn unnoted() -> Error {
    Error::internal("audit.missing", "the change was not noted in the audit, so it was not made")
}

/// Which entries; what is none is not asked for.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// By whom.
    pub actor: Option<String>,
    /// What; a trailing dot means everything beneath: `connection.`.
    pub action: Option<String>,
    /// To what; a trailing slash means all of that noun: `connection/`.
    pub subject: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Somewhere in the action, the subject, or what it was before or after; letter case does not matter.
    pub text: Option<String>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Audit {
    /// Notes a mutation, in the transaction that makes it.
    async fn append_audit(&mut self, new: NewAudit) -> Result<()>;
    /// Those that match, newest first.
    async fn audit(&mut self, filter: &AuditFilter, page: &Page) -> Result<Paged<AuditEntry>>;
    /// At most so many behind a number, in order: the chain itself, to be checked elsewhere.
    async fn audit_chain(&mut self, after: i64, limit: u32) -> Result<Vec<AuditEntry>>;
    /// The first entry whose hash does not fit, or none if the chain holds.
    async fn verify_audit(&mut self) -> Result<Option<i64>>;
}

/// The hash of an entry: over everything it says and the hash of the one before, each part with its length.
pub(super) fn chain(seq: i64, at: i64, parts: [&str; 7]) -> String {
    let mut digest = Sha256::new();
    digest.update(seq.to_le_bytes());
    digest.update(at.to_le_bytes());
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    hex::encode(digest.finalize())
}

/// `connection.` asks for what begins so, `connection` for exactly that.
pub(super) fn exact_or_beneath(asked: Option<&str>, separator: char) -> (Option<&str>, Option<&str>) {
    match asked {
        Some(beneath) if beneath.ends_with(separator) => (None, Some(beneath)),
        exact => (exact, None),
    }
}
