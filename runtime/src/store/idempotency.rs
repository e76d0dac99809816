//! Answers kept by `Idempotency-Key`, so that a request sent again is answered and not done again.

use crate::{Result, Timestamp};

/// What is known about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyUse {
    /// Nothing: it is taken now, do the work.
    Fresh,
    /// The same request changed something, by the audit, and its answer was not kept: what it changed.
    Done(Vec<String>),
    /// It was used for another request.
    OtherBody,
    /// The same request was answered.
    Answered(KeptAnswer),
}

/// An answer as it went out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Status code.
    pub status: u16,
    /// Content type.
    pub content_type: String,
    /// Body.
    pub body: Vec<u8>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Idempotency {
    /// Takes a key for a route, until that time; `body_hash` tells requests apart. Whoever asks knows that no request of that
    /// key runs any more: one that was taken and not answered is over, and either it is in the audit or it never was.
    async fn take_key(&mut self, route: &str, key: &str, body_hash: [u8; 32], expires_at: Timestamp) -> Result<KeyUse>;
    /// Keeps the answer.
    async fn keep_answer(&mut self, route: &str, key: &str, answer: KeptAnswer) -> Result<()>;
    /// Gives the key back, when the work came to nothing.
    async fn release_key(&mut self, route: &str, key: &str) -> Result<()>;
}
