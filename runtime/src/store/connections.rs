//! Configured sources. Secrets inside `config` are sealed before they come here and never leave the row opened.

use super::page::{Page, Paged};
use crate::ids::ConnectionId;
use crate::{Result, Timestamp};

super::words::words! {
    /// Where a connection is.
    ConnectionState {
        /// Made, never read.
        Pending = "pending",
        /// Being read.
        Syncing = "syncing",
        /// Read, up to date as far as known.
        Active = "active",
        /// Read on, with a drift that waits for somebody.
        Drifted = "drifted",
        /// Stopped by hand.
        Paused = "paused",
        /// Stopped because it cannot go on safely.
        Quarantined = "quarantined",
        /// The last attempt failed; it will be tried again.
        Failed = "failed",
    }
}

/// A configured source.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Connection {
    /// Id.
    pub id: ConnectionId,
    /// Name, unique in the tenant.
    pub name: String,
    /// Kind of source: `file`, `postgres`, `demo`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Settings; secrets are sealed objects, to be masked before an answer.
    pub config: serde_json::Value,
    /// What to do on which kind of drift.
    pub policy: serde_json::Value,
    /// Where it is.
    pub state: ConnectionState,
    /// Why it is there, for people.
    pub last_error: Option<String>,
    /// What the source is: `salesforce`, `hubspot`; none if unknown.
    pub system: Option<String>,
    /// Read-only, capped, nothing applied by itself until confirmed.
    pub safe_mode: bool,
    /// When.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
    /// Rises with every edit by a person; state changes do not count.
    pub version: i64,
}

/// A source to be.
#[derive(Clone, Debug, Default)]
pub struct NewConnection {
    /// The id, when secrets had to be sealed to it beforehand.
    pub id: Option<ConnectionId>,
    /// Name.
    pub name: String,
    /// Kind of source.
    pub kind: String,
    /// Settings, secrets sealed.
    pub config: serde_json::Value,
    /// Policy.
    pub policy: serde_json::Value,
    /// What the source is.
    pub system: Option<String>,
    /// Start in Safe Mode?
    pub safe_mode: bool,
}

/// What to change; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct ConnectionUpdate {
    /// Name.
    pub name: Option<String>,
    /// Settings, whole.
    pub config: Option<serde_json::Value>,
    /// Policy, whole.
    pub policy: Option<serde_json::Value>,
    /// What the source is.
    pub system: Option<String>,
    /// Safe Mode.
    pub safe_mode: Option<bool>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Connections {
    /// Adds a source, `pending`; a name in use is a conflict (`connection.name_taken`).
    async fn create_connection(&mut self, new: NewConnection) -> Result<Connection>;
    /// One source.
    async fn connection(&mut self, id: ConnectionId) -> Result<Connection>;
    /// Sources, newest first.
    async fn connections(&mut self, state: Option<ConnectionState>, page: &Page) -> Result<Paged<Connection>>;
    /// Edits one, if still at that version.
    async fn update_connection(
        &mut self,
        id: ConnectionId,
        change: ConnectionUpdate,
        if_version: Option<i64>,
    ) -> Result<Connection>;
    /// Moves one to a state, with the reason people see.
    async fn set_connection_state(
        &mut self,
        id: ConnectionId,
        state: ConnectionState,
        last_error: Option<String>,
    ) -> Result<()>;
    /// Deletes one with its streams, mappings, dead letters, drifts and reviews, empties its batches in the log and
    /// writes a `purge` entry, whose position it answers, so that views forget its rows.
    async fn delete_connection(&mut self, id: ConnectionId, epoch: i64) -> Result<i64>;
}
