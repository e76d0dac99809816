//! The canonical log, `canonical_streams`: everything the tenant's views are folded from, in one gapless order.
//!
//! [`Log::commit_batch`] is the ledger: rows, cursor, schema, dead letters and drifts of one batch become durable
//! together or not at all. It fences on the epoch, recognises a batch by its id (a commit whose answer was lost, sent
//! again, is answered with the first one's position), moves the cursor only from where the batch started (two readers
//! of one stream cannot interleave), and takes the next number from the tenant's counter row, whose lock makes the order
//! of commits the order of numbers: no reader can skip a row that commits late.

use bytes::Bytes;

use super::dead_letters::NewDeadLetter;
use super::drifts::{DriftState, NewDrift};
use super::streams::StreamUpdate;
use crate::canonical::BatchId;
use crate::canonical::mapping::{Mapping, Origin};
use crate::ids::{ConnectionId, DriftId};
use crate::{Result, Timestamp};

super::words::words! {
    /// What an entry of the log is.
    EntryKind {
        /// Rows of one stream: Arrow IPC.
        Records = "records",
        /// A mapping version became effective for its stream's records from `from_seq` on: JSON of [`Effective`].
        Mapping = "mapping",
        /// Whose records are whose: new ones, merges, splits, and why: Arrow IPC with a head in its metadata.
        Identity = "identity",
        /// A connection or a subject was erased: JSON.
        Purge = "purge",
    }
}

/// Rows of an earlier `records` entry that are not there any more: rules that were taken back had let them in.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Retract {
    /// Position of that entry.
    pub seq: i64,
    /// Which of its rows, by index in its batch, rising.
    pub rows: Vec<u32>,
}

/// What a `mapping` entry carries. Replay needs no other input: whoever folds the log obeys.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Effective {
    /// The rules.
    #[serde(flatten)]
    pub mapping: Mapping,
    /// Rows that go with the rules before, by position.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retracts: Vec<Retract>,
}

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// Its position: gapless from 1 in the tenant, in order of commit.
    pub seq: i64,
    /// What it is named after.
    pub batch_id: BatchId,
    /// What it is.
    pub kind: EntryKind,
    /// Of this connection, if of one.
    pub connection: Option<ConnectionId>,
    /// Of this stream, if of one.
    pub stream: Option<String>,
    /// Canonical entity of the rows.
    pub entity: Option<String>,
    /// Mapping version the rows were made under, or that became effective.
    pub mapping_version: Option<i64>,
    /// Fingerprint of the source schema the batch had.
    pub fingerprint: Option<String>,
    /// Rows inside.
    pub rows: i64,
    /// Rows of the same range that went to dead letters.
    pub rejected: i64,
    /// Where the batch started.
    pub cursor_from: Option<String>,
    /// Where it ended.
    pub cursor_to: Option<String>,
    /// Epoch of the owner that wrote it.
    pub epoch: i64,
    /// When it was written.
    pub at: Timestamp,
    /// See [`EntryKind`]; of `records`: a batch or a pack of several ([`crate::canonical::Pack`]); empty when compaction
    /// moved its rows into a later entry of its stream, or a purge erased them.
    pub payload: Bytes,
    /// Of a `mapping` entry: effective from here on.
    pub from_seq: Option<i64>,
}

/// One batch with everything that becomes durable with it.
#[derive(Clone, Debug)]
pub struct BatchCommit {
    /// Epoch the committing tree was started under.
    pub epoch: i64,
    /// Named after (connection, stream, from, to), with the stream's generation mixed into `from`.
    pub batch_id: BatchId,
    /// Connection.
    pub connection: ConnectionId,
    /// Stream; must exist.
    pub stream: String,
    /// Canonical entity.
    pub entity: String,
    /// Version the rows were made under.
    pub mapping_version: i64,
    /// Fingerprint of the batch's source schema.
    pub fingerprint: String,
    /// Rows in the payload. A batch without any writes no log entry, but moves the cursor and keeps its dead letters.
    pub rows: u64,
    /// Where the batch started: must be where the stream's cursor stands.
    pub cursor_from: Option<String>,
    /// Where the cursor stands afterwards.
    pub cursor_to: String,
    /// Arrow IPC.
    pub payload: Bytes,
    /// Rows that could not be taken; their count is the batch's `rejected`.
    pub dead_letters: Vec<NewDeadLetter>,
    /// Agreed schema, state or stale fields that change with this batch.
    pub stream_update: StreamUpdate,
    /// Changes of the source's schema first seen in this batch; an open one already known is not kept twice.
    pub drifts: Vec<NewDrift>,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// Written. `seq` is the log's head after it (its own position, unless it had no rows).
    Committed {
        /// Position.
        seq: i64,
        /// Ids of the drifts in the order given; a known open one answers its own id.
        drifts: Vec<DriftId>,
    },
    /// It was there already; nothing was changed.
    AlreadyCommitted {
        /// Its position (the head at that time, if it had no rows).
        seq: i64,
    },
    /// The cursor does not stand where the batch started; read again from where it does.
    Conflict {
        /// Where it stands.
        cursor: Option<String>,
    },
}

/// A mapping version with everything that is decided with it. The review it carries out is changed in the same
/// transaction by the caller ([`super::Reviews::change_review`]).
#[derive(Clone, Debug)]
pub struct AdoptMapping {
    /// Epoch of the adopting tree; none: a person through the API, where the caller's transaction is the guard.
    pub epoch: Option<i64>,
    /// Connection.
    pub connection: ConnectionId,
    /// Stream; must exist.
    pub stream: String,
    /// The rules. Their `version` is set here: one more than the stream's last.
    pub mapping: Mapping,
    /// The version these rules were made from (0: there was none); if another is in force by now, it is a conflict. None:
    /// whatever is.
    pub expected_version: Option<i64>,
    /// How it came about.
    pub origin: Origin,
    /// Why, for people.
    pub reason: Option<String>,
    /// Effective for records from here on; none: for those after this entry.
    pub from_seq: Option<i64>,
    /// It takes the version in force back, which is kept as `reverted` rather than `superseded`.
    pub revert: bool,
    /// Rows of replayed dead letters that these rules take out of the log; the letters are open again with it.
    pub retracts: Vec<Retract>,
    /// Drifts that this settles.
    pub drifts: Vec<(DriftId, DriftState)>,
    /// Agreed schema or state that change with it.
    pub stream_update: StreamUpdate,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Adopted {
    /// In force.
    Adopted {
        /// Its version.
        version: i64,
        /// Its position.
        seq: i64,
        /// Effective from.
        from_seq: i64,
    },
    /// Another version is in force than expected.
    Conflict {
        /// That one.
        active_version: Option<i64>,
    },
}

/// An `identity` or `purge` entry to be.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Epoch of the writer.
    pub epoch: i64,
    /// What it is named after.
    pub batch_id: BatchId,
    /// What it is.
    pub kind: EntryKind,
    /// Of this connection, if of one.
    pub connection: Option<ConnectionId>,
    /// Of this stream, if of one.
    pub stream: Option<String>,
    /// Canonical entity, if of one.
    pub entity: Option<String>,
    /// JSON.
    pub payload: Bytes,
}

/// An entry without its payload: what compaction plans with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Its position.
    pub seq: i64,
    /// What it is.
    pub kind: EntryKind,
    /// Canonical entity of the rows.
    pub entity: Option<String>,
    /// Mapping version the rows were made under.
    pub mapping_version: Option<i64>,
    /// Rows inside.
    pub rows: i64,
    /// Bytes of the payload.
    pub bytes: i64,
    /// It moved no cursor: refused rows that were tried again. Others may name its rows by their place in it, so it stays
    /// as it is.
    pub replay: bool,
    /// When it was written.
    pub at: Timestamp,
    /// Compaction made its payload; true: and has looked for superseded batches in it.
    pub packed: Option<bool>,
}

/// New contents of an entry that is kept in place: compaction. Rows of dead letters are named by their place in their entry
/// ([`super::Place`], [`Retract`]); an entry that was written by a replay, which is one whose cursor did not move, keeps its
/// rows where they are.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// Which.
    pub seq: i64,
    /// Rows and bytes it had when it was read. If it has others by now, nothing is written.
    pub was: (i64, i64),
    /// Rows in it now; 0 with an empty payload: they moved on.
    pub rows: i64,
    /// A pack, or nothing.
    pub payload: Bytes,
    /// Superseded batches were looked for in it.
    pub pruned: bool,
}

/// An entry that compaction made, by itself: what it is and whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Of this connection.
    pub connection: ConnectionId,
    /// Of this stream.
    pub stream: String,
    /// Its position.
    pub seq: i64,
    /// When its last batch was written.
    pub at: Timestamp,
}

/// How much of the log to read at once.
#[derive(Clone, Copy, Debug)]
pub struct ReadLimit {
    /// Stop before the payloads exceed this, but give at least one entry.
    pub bytes: u64,
    /// At most so many entries.
    pub entries: u32,
}

impl Default for ReadLimit {
    fn default() -> Self {
        Self { bytes: 32 << 20, entries: 256 }
    }
}

impl ReadLimit {
    /// How far a read reaches, given position and bytes of the entries it could have.
    pub(super) fn reach(self, weights: Vec<(i64, i64)>) -> Option<i64> {
        let (mut last, mut bytes) = (None, 0_u64);
        for (seq, weight) in weights {
            bytes = bytes.saturating_add(weight.unsigned_abs());
            if last.is_some() && bytes > self.bytes {
                break;
            }
            last = Some(seq);
        }
        last
    }
}

/// How big the log is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct LogStats {
    /// Position of the last entry; 0: none.
    pub head: i64,
    /// Rows of all `records` entries.
    pub rows: i64,
    /// Bytes of all payloads.
    pub bytes: i64,
    /// Entries whose rows compaction moved into later ones.
    pub compacted: i64,
    /// Bytes of payloads that compaction saved.
    pub saved: i64,
}

/// See the module.
#[async_trait::async_trait]
pub trait Log {
    /// The ledger; see the module. On `Conflict` and `AlreadyCommitted` nothing was written.
    async fn commit_batch(&mut self, batch: BatchCommit) -> Result<Committed>;
    /// Writes the version, its log entry, and what is decided with it. On `Conflict` nothing was written. A row to be
    /// retracted that is no replayed dead letter's is an error (`dead_letter.not_replayed`).
    async fn adopt_mapping(&mut self, adopt: AdoptMapping) -> Result<Adopted>;
    /// Appends an `identity` or `purge` entry; one with the same id is not written twice. Answers its position.
    async fn append_entry(&mut self, entry: NewEntry) -> Result<i64>;

    /// Position of the last entry; 0: none.
    async fn log_head(&mut self) -> Result<i64>;
    /// How big it is.
    async fn log_stats(&mut self) -> Result<LogStats>;
    /// The entries after a position, in order.
    async fn read_log(&mut self, after: i64, limit: ReadLimit) -> Result<Vec<LogEntry>>;
    /// The `records` entries of one stream after a position, in order; without those that hold nothing any more.
    async fn read_stream(
        &mut self,
        connection: ConnectionId,
        stream: &str,
        after: i64,
        limit: ReadLimit,
    ) -> Result<Vec<LogEntry>>;
    /// All `mapping` entries of one stream, or of all (none), in order; they are small, if they retract few rows.
    async fn mapping_entries(&mut self, stream: Option<(ConnectionId, &str)>) -> Result<Vec<LogEntry>>;
    /// One entry.
    async fn log_entry(&mut self, seq: i64) -> Result<LogEntry>;
    /// Position of a batch, if it was committed.
    async fn find_batch(&mut self, id: &BatchId) -> Result<Option<i64>>;
    /// What one stream has after a position, in order, without payloads: its `records` entries that hold something, so
    /// many at most, and all `mapping` and `purge` entries that concern it.
    async fn outline(&mut self, connection: ConnectionId, stream: &str, after: i64, limit: u32)
    -> Result<Vec<Outline>>;
    /// The first entry made by compaction in which nobody looked for superseded batches.
    async fn first_unpruned(&mut self) -> Result<Option<Packed>>;
    /// Puts new contents into entries, fenced; positions and batch ids stay. Only `records` entries that moved their
    /// stream's cursor can be replaced; one that has changed since it was read is stale (`log.changed`). The space of what
    /// was there before is free for other rows.
    async fn compact_log(&mut self, epoch: i64, replacements: Vec<Replacement>) -> Result<()>;
}
