//! What the fold knows of each stream besides its rows: counts, where it was purged, which rules hold from where, which
//! rows were retracted with rules that were taken back; and how far the whole fold is. Kept in memory by the writer, saved
//! in the transaction that the rows are in.
//!
//! A crash leaves what was committed: rows, counts and position always agree. The position in memory is thrown away
//! with the handle after any error.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Int32Type, Int64Type};
use autonomos_runtime::canonical::BatchId;
use autonomos_runtime::canonical::mapping::Mapping;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{Effective, Retract};

use super::catalogue::LAYOUT;
use super::engine::{Bind, Conn, Fault};
use super::resolve::Tally;

/// One stream.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub(crate) id: i32,
    pub(crate) connection: ConnectionId,
    pub(crate) name: String,
    /// Tells this stream's keys from the same keys of another.
    pub(crate) seed: u64,
    /// Entities that have rows of it, with the fields that any of its batches ever sent.
    pub(crate) tables: BTreeMap<String, BTreeSet<String>>,
    pub(crate) tally: Tally,
    /// Rows that normalisation sent to dead letters.
    pub(crate) rejected: i64,
    /// Rows that the rules in force now cannot take.
    pub(crate) unmapped: i64,
    /// Deletes remembered.
    pub(crate) tombstones: i64,
    pub(crate) last_seq: i64,
    pub(crate) purged_seq: i64,
    pub(crate) dirty: bool,
}

/// The seed of a stream's hashes.
pub(crate) fn seed(connection: ConnectionId, stream: &str) -> u64 {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    hash.update(connection.as_uuid().as_bytes());
    hash.update(stream.as_bytes());
    hash.digest()
}

impl Stream {
    fn new(id: i32, connection: ConnectionId, name: &str) -> Self {
        Self {
            id,
            connection,
            name: name.to_owned(),
            seed: seed(connection, name),
            tables: BTreeMap::new(),
            tally: Tally::default(),
            rejected: 0,
            unmapped: 0,
            tombstones: 0,
            last_seq: 0,
            purged_seq: 0,
            dirty: true,
        }
    }

    /// Forgets its rows; they are about to be folded again, or are purged.
    pub(crate) fn clear(&mut self) {
        self.tables.clear();
        self.tally = Tally::default();
        (self.rejected, self.unmapped, self.tombstones, self.dirty) = (0, 0, 0, true);
    }
}

/// One `mapping` entry.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) seq: i64,
    pub(crate) from_seq: i64,
    pub(crate) effective: Effective,
}

impl Rules {
    /// The first position whose rows it changes.
    pub(crate) fn reach(&self) -> i64 {
        self.effective.retracts.iter().map(|r| r.seq).fold(self.from_seq, i64::min)
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) applied: i64,
    pub(crate) batch: String,
    pub(crate) streams: Vec<Stream>,
    index: ahash::HashMap<(ConnectionId, String), usize>,
    rules: ahash::HashMap<(ConnectionId, String), Vec<Rules>>,
    /// Rows that are not there any more, by the position of their entry.
    retracted: ahash::HashMap<i64, BTreeSet<u32>>,
}

impl Ledger {
    /// Reads it back. A file of another layout counts as corrupt, so that it is folded again.
    pub(crate) fn load(conn: &Conn) -> Result<Self, Fault> {
        let mut out = Self::default();
        match conn.rows("SELECT layout, seq, batch FROM _applied", &[])?.first() {
            None => {
                conn.run("INSERT INTO _applied VALUES (?, 0, '')", &[Bind::Int(LAYOUT)])?;
            }
            Some(row) => {
                let layout = row.column(0).as_primitive::<Int64Type>().value(0);
                if layout != LAYOUT {
                    return Err(Fault::corrupt(format!("layout {layout}, not {LAYOUT}")));
                }
                out.applied = row.column(1).as_primitive::<Int64Type>().value(0);
                row.column(2).as_string::<i32>().value(0).clone_into(&mut out.batch);
            }
        }
        let streams = conn.rows(
            "SELECT id, connection, stream, tables, rows, superseded, deleted, markers, rejected, unmapped, tombstones,
                 last_seq, purged_seq FROM _streams ORDER BY id",
            &[],
        )?;
        for batch in &streams {
            for i in 0..batch.num_rows() {
                out.remember(stream_of(batch, i)?);
            }
        }
        let mappings = conn.rows("SELECT connection, stream, rules, seq, from_seq FROM _mappings ORDER BY seq", &[])?;
        for batch in &mappings {
            for i in 0..batch.num_rows() {
                let effective = serde_json::from_str(text(batch, 2, i)).map_err(|e| Fault::corrupt(e.to_string()))?;
                let rules = Rules { seq: int(batch, 3, i), from_seq: int(batch, 4, i), effective };
                out.retract(&rules.effective.retracts);
                out.rules.entry((id(batch, 0, i)?, text(batch, 1, i).to_owned())).or_default().push(rules);
            }
        }
        Ok(out)
    }

    fn remember(&mut self, stream: Stream) -> usize {
        let at = self.streams.len();
        self.index.insert((stream.connection, stream.name.clone()), at);
        self.streams.push(stream);
        at
    }

    /// The stream's place, made if it is new.
    pub(crate) fn stream(&mut self, connection: ConnectionId, name: &str) -> usize {
        if let Some(&at) = self.index.get(&(connection, name.to_owned())) {
            return at;
        }
        let id = self.streams.iter().map(|s| s.id).max().unwrap_or(0) + 1;
        self.remember(Stream::new(id, connection, name))
    }

    fn rules_of(&self, stream: usize) -> &[Rules] {
        let s = &self.streams[stream];
        self.rules.get(&(s.connection, s.name.clone())).map_or(&[], Vec::as_slice)
    }

    /// The rules for a stream's record at a position: the latest entry whose range covers it.
    pub(crate) fn effective(&self, stream: usize, seq: i64) -> Option<&Rules> {
        self.rules_of(stream).iter().rev().find(|r| r.from_seq <= seq)
    }

    /// The rules of a version.
    pub(crate) fn version(&self, stream: usize, version: i64) -> Option<&Mapping> {
        self.rules_of(stream).iter().rev().map(|r| &r.effective.mapping).find(|m| m.version == version)
    }

    /// The rows of an entry that are not there any more, if there are any.
    pub(crate) fn retracted(&self, seq: i64) -> Option<&BTreeSet<u32>> {
        self.retracted.get(&seq)
    }

    fn retract(&mut self, retracts: &[Retract]) {
        for retract in retracts {
            self.retracted.entry(retract.seq).or_default().extend(&retract.rows);
        }
    }

    /// Whether the entry is known already: it was read ahead when the fold began from nothing.
    pub(crate) fn knows(&self, connection: ConnectionId, stream: &str, seq: i64) -> bool {
        self.rules.get(&(connection, stream.to_owned())).is_some_and(|all| all.iter().any(|r| r.seq == seq))
    }

    /// Takes a `mapping` entry in.
    pub(crate) fn adopt(
        &mut self,
        conn: &Conn,
        connection: ConnectionId,
        stream: &str,
        rules: Rules,
    ) -> Result<(), Fault> {
        let text = serde_json::to_string(&rules.effective).map_err(|e| Fault::other(e.to_string()))?;
        conn.run(
            "INSERT INTO _mappings (seq, connection, stream, from_seq, rules) VALUES (?, ?, ?, ?, ?)",
            &[
                Bind::Int(rules.seq),
                Bind::Text(connection.to_string()),
                Bind::Text(stream.to_owned()),
                Bind::Int(rules.from_seq),
                Bind::Text(text),
            ],
        )?;
        self.retract(&rules.effective.retracts);
        let all = self.rules.entry((connection, stream.to_owned())).or_default();
        all.push(rules);
        all.sort_by_key(|r| r.seq);
        Ok(())
    }

    /// Writes what changed, in the transaction of the rows.
    pub(crate) fn save(&mut self, conn: &Conn, seq: i64, batch: &BatchId) -> Result<(), Fault> {
        for stream in self.streams.iter_mut().filter(|s| s.dirty) {
            let tables = serde_json::to_string(&stream.tables).map_err(|e| Fault::other(e.to_string()))?;
            conn.run("DELETE FROM _streams WHERE id = ?", &[Bind::Int(i64::from(stream.id))])?;
            let mut binds = vec![
                Bind::Int(i64::from(stream.id)),
                Bind::Text(stream.connection.to_string()),
                Bind::Text(stream.name.clone()),
                Bind::Text(tables),
            ];
            let t = stream.tally;
            binds.extend(
                [
                    t.rows,
                    t.superseded,
                    t.deleted,
                    t.markers,
                    stream.rejected,
                    stream.unmapped,
                    stream.tombstones,
                    stream.last_seq,
                    stream.purged_seq,
                ]
                .map(Bind::Int),
            );
            conn.run("INSERT INTO _streams VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &binds)?;
            stream.dirty = false;
        }
        self.batch = batch.to_string();
        self.applied = seq;
        conn.run("UPDATE _applied SET seq = ?, batch = ?", &[Bind::Int(seq), Bind::Text(self.batch.clone())])?;
        Ok(())
    }
}

fn text(batch: &RecordBatch, column: usize, row: usize) -> &str {
    batch.column(column).as_string::<i32>().value(row)
}

fn int(batch: &RecordBatch, column: usize, row: usize) -> i64 {
    batch.column(column).as_primitive::<Int64Type>().value(row)
}

fn id(batch: &RecordBatch, column: usize, row: usize) -> Result<ConnectionId, Fault> {
    text(batch, column, row).parse().map_err(|_| Fault::corrupt("a connection id does not parse"))
}

fn stream_of(batch: &RecordBatch, i: usize) -> Result<Stream, Fault> {
    let mut stream =
        Stream::new(batch.column(0).as_primitive::<Int32Type>().value(i), id(batch, 1, i)?, text(batch, 2, i));
    stream.tables = serde_json::from_str(text(batch, 3, i)).map_err(|e| Fault::corrupt(e.to_string()))?;
    let n = |column| int(batch, column, i);
    stream.tally = Tally { rows: n(4), superseded: n(5), deleted: n(6), markers: n(7) };
    (stream.rejected, stream.unmapped, stream.tombstones) = (n(8), n(9), n(10));
    (stream.last_seq, stream.purged_seq, stream.dirty) = (n(11), n(12), false);
    Ok(stream)
}
