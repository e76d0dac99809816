//! Questions to people: a drift, a mapping, a merge, an agent's action. Optimistic: whoever decides names the version
//! they looked at, and one who looked at an older one is told so (`review.stale`).

use super::page::{Page, Paged};
use crate::ids::{ConnectionId, ReviewId, UserId};
use crate::{Result, Timestamp};

super::words::words! {
    /// What became of a question.
    ReviewState {
        /// Waits.
        Pending = "pending",
        /// Done as proposed.
        Approved = "approved",
        /// Not done.
        Rejected = "rejected",
        /// Done as the person wrote it.
        Edited = "edited",
        /// Nobody answered in time.
        Expired = "expired",
        /// Waits until later.
        Snoozed = "snoozed",
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Review {
    /// Id.
    pub id: ReviewId,
    /// `drift`, `mapping`, `merge`, `action`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Connection it is about, if about one.
    pub connection_id: Option<ConnectionId>,
    /// What it is about: stream, drift ids.
    pub subject: serde_json::Value,
    /// What would be done.
    pub proposal: serde_json::Value,
    /// The person behind the proposal as it stands; none: a part of the platform.
    pub proposed_by: Option<UserId>,
    /// Why: scores, samples replayed through the proposal.
    pub evidence: serde_json::Value,
    /// How sure.
    pub confidence: Option<f64>,
    /// What became of it.
    pub state: ReviewState,
    /// Rises with every change.
    pub version: i64,
    /// Who is to answer.
    pub assignee: Option<UserId>,
    /// Who answered: `user:…` or `system:…`.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// What they said, or what they made of the proposal.
    pub decision: Option<serde_json::Value>,
    /// Not before.
    pub snoozed_until: Option<Timestamp>,
    /// Not after.
    pub expires_at: Option<Timestamp>,
    /// When asked.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
}

/// A question to be.
#[derive(Clone, Debug, Default)]
pub struct NewReview {
    /// Type.
    pub kind: String,
    /// Two pending questions of one kind and key are one: the later call refreshes the first.
    pub key: Option<String>,
    /// Connection it is about; one that is deleted takes its questions along.
    pub connection_id: Option<ConnectionId>,
    /// About.
    pub subject: serde_json::Value,
    /// What would be done.
    pub proposal: serde_json::Value,
    /// Why.
    pub evidence: serde_json::Value,
    /// How sure.
    pub confidence: Option<f64>,
    /// Who is to answer.
    pub assignee: Option<UserId>,
    /// Not after.
    pub expires_at: Option<Timestamp>,
}

/// What to do with a question.
#[derive(Clone, Debug, PartialEq)]
pub enum ReviewChange {
    /// Done as proposed.
    Approve,
    /// Not done.
    Reject,
    /// Done like this.
    Edit(serde_json::Value),
    /// Ask somebody else whether to do it like this: it waits on, as this person's proposal.
    Propose(serde_json::Value),
    /// Ask again later.
    Snooze(Timestamp),
    /// Somebody else is to answer.
    Assign(Option<UserId>),
}

/// Which questions.
#[derive(Clone, Debug, Default)]
pub struct ReviewFilter {
    /// In this state. `Pending` includes those whose snooze is over.
    pub state: Option<ReviewState>,
    /// Of this type.
    pub kind: Option<String>,
    /// About this connection.
    pub connection: Option<ConnectionId>,
    /// For this person.
    pub assignee: Option<UserId>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Reviews {
    /// Asks; the person who acts, if one does, is the proposer.
    async fn create_review(&mut self, new: NewReview) -> Result<Review>;
    /// One.
    async fn review(&mut self, id: ReviewId) -> Result<Review>;
    /// Those that match, newest first.
    async fn reviews(&mut self, filter: &ReviewFilter, page: &Page) -> Result<Paged<Review>>;
    /// How many wait.
    async fn pending_reviews(&mut self) -> Result<i64>;
    /// Changes one that waits, if still at that version; who acts is taken from the scope.
    async fn change_review(&mut self, id: ReviewId, if_version: i64, change: ReviewChange) -> Result<Review>;
    /// Lets those past their time expire, and answers them.
    async fn expire_reviews(&mut self) -> Result<Vec<Review>>;
}
