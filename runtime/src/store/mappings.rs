//! The versions of each stream's rules. They become effective through the log ([`super::Log::adopt_mapping`]); this
//! noun is the history people see.

use crate::canonical::mapping::{Mapping, Origin};
use crate::ids::{ConnectionId, MappingId};
use crate::{Result, Timestamp};

super::words::words! {
    /// What became of a version.
    MappingState {
        /// In force.
        Active = "active",
        /// A later one took its place.
        Superseded = "superseded",
        /// Taken back.
        Reverted = "reverted",
    }
}

/// One version of a stream's rules.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct MappingVersion {
    /// Id.
    pub id: MappingId,
    /// Connection.
    pub connection_id: ConnectionId,
    /// Stream.
    pub stream: String,
    /// Version, from 1.
    pub version: i64,
    /// The rules.
    pub mapping: Mapping,
    /// Who adopted it: `user:…` or `system:repairer`.
    pub author: String,
    /// How it came about.
    pub origin: Origin,
    /// Why, for people.
    pub reason: Option<String>,
    /// Effective for the stream's records from this log position on.
    pub from_seq: i64,
    /// Its own log position.
    pub seq: i64,
    /// What became of it.
    pub state: MappingState,
    /// When.
    pub created_at: Timestamp,
}

/// See the module.
#[async_trait::async_trait]
pub trait Mappings {
    /// The version in force, if the stream has one.
    async fn active_mapping(&mut self, connection: ConnectionId, stream: &str) -> Result<Option<MappingVersion>>;
    /// One version.
    async fn mapping(&mut self, connection: ConnectionId, stream: &str, version: i64) -> Result<MappingVersion>;
    /// All versions of a stream, newest first.
    async fn mappings(&mut self, connection: ConnectionId, stream: &str) -> Result<Vec<MappingVersion>>;
    /// The version in force of each stream of a connection, by stream.
    async fn active_mappings(&mut self, connection: ConnectionId) -> Result<Vec<MappingVersion>>;
    /// The version in force of each stream of every connection.
    async fn all_active_mappings(&mut self) -> Result<Vec<MappingVersion>>;
}
