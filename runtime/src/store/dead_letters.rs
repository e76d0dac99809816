//! Rows that could not be taken, kept sealed with reason and position until they are replayed or discarded. They become
//! durable in the transaction that moves the cursor past them ([`super::Log::commit_batch`]).

use super::page::{Page, Paged};
use crate::ids::{ConnectionId, DeadLetterId};
use crate::{Result, Timestamp};

super::words::words! {
    /// What became of a dead letter.
    DeadLetterState {
        /// Waits.
        Open = "open",
        /// Its row is in the log now.
        Replayed = "replayed",
        /// Somebody said it does not matter.
        Discarded = "discarded",
    }
}

/// A row that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Id.
    pub id: DeadLetterId,
    /// Connection.
    pub connection_id: ConnectionId,
    /// Stream.
    pub stream: String,
    /// Log head when its batch was committed.
    pub seq: i64,
    /// File the row came from, if from one.
    pub origin: Option<String>,
    /// Row number there.
    pub row: i64,
    /// Field at fault, if one.
    pub field: Option<String>,
    /// Stable code of the reason.
    pub code: String,
    /// The reason, for people.
    pub reason: String,
    /// The row as far as it could be read: sealed, to be opened by `secrets`.
    pub raw: Vec<u8>,
    /// Mapping version it failed under.
    pub mapping_version: i64,
    /// What became of it.
    pub state: DeadLetterState,
    /// How often it was tried again.
    pub attempts: i64,
    /// When.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
}

/// A dead letter to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDeadLetter {
    /// File the row came from, if from one.
    pub origin: Option<String>,
    /// Row number there.
    pub row: i64,
    /// Field at fault, if one.
    pub field: Option<String>,
    /// Stable code of the reason.
    pub code: String,
    /// The reason, for people.
    pub reason: String,
    /// The row, sealed.
    pub raw: Vec<u8>,
}

/// Which dead letters.
#[derive(Clone, Debug, Default)]
pub struct DeadLetterFilter {
    /// Of this connection.
    pub connection: Option<ConnectionId>,
    /// Of this stream.
    pub stream: Option<String>,
    /// In this state.
    pub state: Option<DeadLetterState>,
    /// For this reason.
    pub code: Option<String>,
}

/// How many of one stream fail for one reason.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DeadLetterCount {
    /// Connection.
    pub connection_id: ConnectionId,
    /// Stream.
    pub stream: String,
    /// Stable code of the reason.
    pub code: String,
    /// Field at fault, if one.
    pub field: Option<String>,
    /// State.
    pub state: DeadLetterState,
    /// How many.
    pub count: i64,
}

/// See the module.
#[async_trait::async_trait]
pub trait DeadLetters {
    /// One.
    async fn dead_letter(&mut self, id: DeadLetterId) -> Result<DeadLetter>;
    /// Those that match, oldest first (the order of replay).
    async fn dead_letters(&mut self, filter: &DeadLetterFilter, page: &Page) -> Result<Paged<DeadLetter>>;
    /// How many, by stream, reason and state.
    async fn dead_letter_counts(&mut self, connection: Option<ConnectionId>) -> Result<Vec<DeadLetterCount>>;
    /// Keeps rows outside a batch (a page of a push source); `seq` is the log head.
    async fn add_dead_letters(
        &mut self,
        connection: ConnectionId,
        stream: &str,
        mapping_version: i64,
        letters: Vec<NewDeadLetter>,
    ) -> Result<()>;
    /// Says what became of them; only open ones change. Answers how many did.
    async fn settle_dead_letters(&mut self, ids: &[DeadLetterId], state: DeadLetterState) -> Result<u64>;
    /// Counts an attempt before it starts, because a crash forgets memory.
    async fn count_dead_letter_attempt(&mut self, ids: &[DeadLetterId]) -> Result<()>;
}
