//! Demo sources: what a living source of the demo tenant looks like now, so that it goes on where it was after a restart
//! and can be told to drift.

use crate::ids::ConnectionId;
use crate::{Result, Timestamp};

/// State of one demo source.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct DemoSource {
    /// The connection that reads it.
    pub connection_id: ConnectionId,
    /// Its object.
    pub stream: String,
    /// Everything it is: seed, fields and their names now, rows made.
    pub state: serde_json::Value,
    /// Rises with every change; a change names the one it saw.
    pub version: i64,
    /// When last changed.
    pub updated_at: Timestamp,
}

/// See the module.
#[async_trait::async_trait]
pub trait Demo {
    /// One.
    async fn demo_source(&mut self, connection: ConnectionId, stream: &str) -> Result<Option<DemoSource>>;
    /// Those of a connection, by stream.
    async fn demo_sources(&mut self, connection: ConnectionId) -> Result<Vec<DemoSource>>;
    /// Makes or changes one; stale if it is not at that version (0: does not exist).
    async fn put_demo_source(
        &mut self,
        connection: ConnectionId,
        stream: &str,
        state: serde_json::Value,
        if_version: i64,
    ) -> Result<DemoSource>;
}
