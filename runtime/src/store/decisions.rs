//! What people (and policies) said to proposals before: the memory that repair asks.

use crate::{Result, Timestamp};

super::words::words! {
    /// What was said.
    Verdict {
        /// Yes.
        Accepted = "accepted",
        /// No.
        Rejected = "rejected",
    }
}

/// One pair somebody decided on.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Decision {
    /// System of the source, if known.
    pub system: Option<String>,
    /// Object of the source.
    pub object: String,
    /// The source's field.
    pub source_field: String,
    /// What it stood for: a canonical field, or the new name of a renamed field.
    pub target: String,
    /// `mapping`, `rename`.
    pub kind: String,
    /// What was said.
    pub verdict: Verdict,
    /// How sure the proposal had been.
    pub confidence: Option<f64>,
    /// Who.
    pub decided_by: String,
    /// How often the same was said.
    pub times: i64,
    /// When last.
    pub decided_at: Timestamp,
}

/// A decision to remember.
#[derive(Clone, Debug)]
pub struct NewDecision {
    /// System of the source, if known.
    pub system: Option<String>,
    /// Object of the source.
    pub object: String,
    /// The source's field.
    pub source_field: String,
    /// What it stood for.
    pub target: String,
    /// `mapping`, `rename`.
    pub kind: String,
    /// What was said.
    pub verdict: Verdict,
    /// How sure the proposal had been.
    pub confidence: Option<f64>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Decisions {
    /// Remembers; the last word on a pair replaces the one before.
    async fn remember(&mut self, decisions: Vec<NewDecision>) -> Result<()>;
    /// What was said about an object's fields (of that system, when given), latest first.
    async fn decisions(&mut self, system: Option<&str>, object: Option<&str>, limit: u32) -> Result<Vec<Decision>>;
}
