//! What there is to say about a tenant's views: position, rows, bytes, and for each stream the account that proves that
//! nothing was lost: rows in = live + superseded + deleted, beside what was rejected or unmapped.

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use autonomos_runtime::ids::ConnectionId;

use super::catalogue::Catalogue;
use super::engine::{Conn, Fault};
use super::views::at_one_moment;

/// One stream's account.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct StreamStats {
    /// Connection.
    pub connection_id: ConnectionId,
    /// Stream.
    pub stream: String,
    /// Entities that have rows of it.
    pub entities: Vec<String>,
    /// Upserts folded.
    pub rows: i64,
    /// Of them, those that are in views.
    pub live: i64,
    /// Of them, those that a newer state replaced, or that came later than one.
    pub superseded: i64,
    /// Of them, those that a delete ended.
    pub deleted: i64,
    /// Deletes folded.
    pub delete_markers: i64,
    /// Rows that normalisation sent to dead letters.
    pub rejected: i64,
    /// Rows that the rules in force now cannot take; they stay in the log.
    pub unmapped: i64,
    /// Its last entry in the log that holds rows.
    pub last_seq: i64,
}

/// One view.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ViewStats {
    /// Entity.
    pub entity: String,
    /// View.
    pub view: String,
    /// Rows.
    pub rows: i64,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Stats {
    /// Position.
    pub position: i64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Views with rows.
    pub views: Vec<ViewStats>,
    /// Streams.
    pub streams: Vec<StreamStats>,
}

pub(crate) fn stats(conn: &Conn, catalogue: &Catalogue, bytes: u64) -> Result<Stats, Fault> {
    at_one_moment(conn, |position| {
        let mut out = Stats { position, bytes, views: Vec::new(), streams: Vec::new() };
        for table in catalogue.tables() {
            let rows = conn.rows(&format!("SELECT count(*) FROM {}", table.name), &[])?;
            let rows = rows.first().map_or(0, |b| b.column(0).as_primitive::<Int64Type>().value(0));
            if rows > 0 {
                let entity = &table.entity;
                out.views.push(ViewStats { entity: entity.name.clone(), view: entity.view.clone(), rows });
            }
        }
        for stream in super::ledger::Ledger::load(conn)?.streams {
            let tally = stream.tally;
            out.streams.push(StreamStats {
                connection_id: stream.connection,
                stream: stream.name,
                entities: stream.tables.into_keys().collect(),
                rows: tally.rows,
                live: tally.live(),
                superseded: tally.superseded,
                deleted: tally.deleted,
                delete_markers: tally.markers,
                rejected: stream.rejected,
                unmapped: stream.unmapped,
                last_seq: stream.last_seq,
            });
        }
        Ok(out)
    })
}
