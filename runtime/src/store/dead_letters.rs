//! Rows that could not be taken, kept sealed with reason and position until they are replayed or discarded. They become
//! durable in the transaction that moves the cursor past them ([`super::Log::commit_batch`]).
//!
//! A letter that was replayed remembers where in the log its row is. Rules that are taken back can therefore take the row
//! along: the letter is open again in the transaction that says so ([`super::Log::adopt_mapping`]).

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

/// A row of the log: the entry, and the index of the row in its batch. In the order of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Position of the entry.
    pub seq: i64,
    /// Row inside.
    pub row: u32,
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
    /// Where its row is, if it is replayed; none for those replayed before places were kept.
    pub replayed: Option<Place>,
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

/// What becomes of open dead letters.
#[derive(Clone, Copy, Debug)]
pub enum Settled<'a> {
    /// Their rows are in the entry at this position, each at its index there.
    Replayed(i64, &'a [(DeadLetterId, u32)]),
    /// They do not matter.
    Discarded(&'a [DeadLetterId]),
}

/// A dead letter whose row is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// Where its row is.
    pub place: Place,
    /// Mapping version that took it.
    pub mapping_version: i64,
    /// File the row came from, if from one.
    pub origin: Option<String>,
    /// Row number there.
    pub row: i64,
    /// The row, sealed.
    pub raw: Vec<u8>,
}

/// Which replayed dead letters of a stream.
#[derive(Clone, Copy, Debug)]
pub struct ReplayedFilter<'a> {
    /// Of this connection.
    pub connection: ConnectionId,
    /// Of this stream.
    pub stream: &'a str,
    /// Taken under this mapping version or a later one.
    pub since_version: i64,
    /// After this place; none: from the first.
    pub after: Option<Place>,
    /// At most so many.
    pub limit: u32,
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
    /// Those whose row is in the log, in the order of their places.
    async fn replayed_dead_letters(&mut self, filter: ReplayedFilter<'_>) -> Result<Vec<Replayed>>;
    /// Says what became of them; only open ones change. Answers how many did. Replayed ones are settled in the transaction
    /// that commits their rows.
    async fn settle_dead_letters(&mut self, settled: Settled<'_>) -> Result<u64>;
    /// Counts an attempt before it starts, because a crash forgets memory.
    async fn count_dead_letter_attempt(&mut self, ids: &[DeadLetterId]) -> Result<()>;
}
