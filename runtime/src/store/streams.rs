//! One table, file set or object of a connection: where reading stands, and the schema that was agreed.

use crate::canonical::schema::SourceSchema;
use crate::ids::ConnectionId;
use crate::{Result, Timestamp};

super::words::words! {
    /// Where a stream is.
    StreamState {
        /// Read.
        Active = "active",
        /// Read, with a drift that waits for somebody.
        Drifted = "drifted",
        /// Read, its changed fields kept out of the views.
        Quarantined = "quarantined",
        /// Not read: it cannot continue safely.
        Stopped = "stopped",
        /// Not read: not chosen.
        Disabled = "disabled",
        /// Not read: the source does not offer it any more. What was read stays.
        Gone = "gone",
    }
}

/// A field the source no longer sends; views keep its last values.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StaleField {
    /// Its name in the source.
    pub name: String,
    /// Log position of the first batch without it.
    pub since_seq: i64,
    /// When that was.
    pub since: Timestamp,
}

/// A stream.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Stream {
    /// Of this connection.
    pub connection_id: ConnectionId,
    /// Name, unique in the connection.
    pub name: String,
    /// What the source calls the object, where that is not the stream's name.
    pub object: Option<String>,
    /// Canonical entity it maps to, once it has a mapping.
    pub entity: Option<String>,
    /// Where reading stands, as the source wrote it; none: from the start.
    pub cursor: Option<String>,
    /// Rises with every rewind. Whoever names batches mixes it in, or what is read again would be taken for known.
    pub generation: i64,
    /// The schema that was agreed.
    #[serde(skip)]
    pub schema: Option<SourceSchema>,
    /// Fingerprint of that schema.
    pub fingerprint: Option<String>,
    /// The mapping in force.
    pub mapping_version: Option<i64>,
    /// Rows taken so far, without those that were retracted.
    pub rows: i64,
    /// Rows rejected so far.
    pub rejected: i64,
    /// Where it is.
    pub state: StreamState,
    /// Why, for people.
    pub last_error: Option<String>,
    /// Log position of its last batch.
    pub last_seq: Option<i64>,
    /// End of the last complete read.
    pub last_sync_at: Option<Timestamp>,
    /// Fields no longer sent.
    pub stale: Vec<StaleField>,
    /// When last changed.
    pub updated_at: Timestamp,
}

/// A stream to be.
#[derive(Clone, Debug)]
pub struct NewStream {
    /// Of this connection.
    pub connection_id: ConnectionId,
    /// Name.
    pub name: String,
    /// What the source calls the object.
    pub object: Option<String>,
    /// The schema found at discovery, agreed as it is; none: not seen yet.
    pub schema: Option<SourceSchema>,
}

/// What to change; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct StreamUpdate {
    /// The schema agreed now; the fingerprint follows.
    pub schema: Option<SourceSchema>,
    /// State, with the reason people see.
    pub state: Option<(StreamState, Option<String>)>,
    /// Fields no longer sent, whole.
    pub stale: Option<Vec<StaleField>>,
    /// A complete read ended now.
    pub synced: bool,
}

/// See the module.
#[async_trait::async_trait]
pub trait Streams {
    /// Adds a stream, or answers the one that is there; if that one has no schema or object yet, these are agreed now.
    async fn ensure_stream(&mut self, new: NewStream) -> Result<Stream>;
    /// One stream.
    async fn stream(&mut self, connection: ConnectionId, name: &str) -> Result<Stream>;
    /// The streams of a connection, by name.
    async fn streams(&mut self, connection: ConnectionId) -> Result<Vec<Stream>>;
    /// The streams of all connections.
    async fn all_streams(&mut self) -> Result<Vec<Stream>>;
    /// Changes one.
    async fn update_stream(&mut self, connection: ConnectionId, name: &str, change: StreamUpdate) -> Result<Stream>;
    /// Sets the cursor back (none: to the start) and raises the generation, so that the source is read again from there.
    async fn rewind_stream(&mut self, connection: ConnectionId, name: &str, cursor: Option<String>) -> Result<()>;
}
