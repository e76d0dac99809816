//! A log in memory, and a tenant's views over it.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, UInt8Array};
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::canonical::mapping::Mapping;
use autonomos_runtime::canonical::{BatchId, codec};
use autonomos_runtime::ids::{ConnectionId, TenantId, TraceId};
use autonomos_runtime::store::{Effective, Outline, ReadLimit, Retract};
use autonomos_runtime::{Actor, Ambient, Result, Scope};
use bytes::Bytes;
use parking_lot::Mutex;

use super::super::compaction::{Limits, Moment, Surroundings, plan, prune, rewrite};
use super::super::{Dcl, EntryKind, Log, LogEntry, LogSource, Settings};

/// Entries, and those that compaction made, with whether superseded batches were looked for in them.
#[derive(Default)]
pub(super) struct MemoryLog(Mutex<Vec<LogEntry>>, Mutex<BTreeMap<i64, bool>>);

fn some(mut entries: impl Iterator<Item = LogEntry>, limit: ReadLimit) -> Vec<LogEntry> {
    let mut out: Vec<LogEntry> = Vec::new();
    let mut bytes = 0;
    for entry in entries.by_ref() {
        bytes += entry.payload.len() as u64;
        if !out.is_empty() && (bytes > limit.bytes || out.len() >= limit.entries as usize) {
            break;
        }
        out.push(entry);
    }
    out
}

#[async_trait::async_trait]
impl LogSource for MemoryLog {
    async fn head(&self, _: &Scope) -> Result<i64> {
        Ok(self.0.lock().len() as i64)
    }

    async fn read_after(&self, _: &Scope, after: i64, limit: ReadLimit) -> Result<Vec<LogEntry>> {
        Ok(some(self.0.lock().iter().filter(|e| e.seq > after).cloned(), limit))
    }

    async fn read_stream(
        &self,
        _: &Scope,
        connection: ConnectionId,
        stream: &str,
        after: i64,
        limit: ReadLimit,
    ) -> Result<Vec<LogEntry>> {
        let log = self.0.lock();
        let mine = log.iter().filter(|e| {
            e.seq > after
                && e.kind == EntryKind::Records
                && e.connection == Some(connection)
                && e.stream.as_deref() == Some(stream)
                && (!e.payload.is_empty() || e.rejected > 0)
        });
        Ok(some(mine.cloned(), limit))
    }

    async fn mappings(&self, _: &Scope) -> Result<Vec<LogEntry>> {
        Ok(self.0.lock().iter().filter(|e| e.kind == EntryKind::Mapping).cloned().collect())
    }
}

impl MemoryLog {
    fn push(&self, kind: EntryKind, connection: ConnectionId, stream: &str) -> i64 {
        let mut log = self.0.lock();
        let seq = log.len() as i64 + 1;
        log.push(LogEntry {
            seq,
            batch_id: BatchId::from_stored(format!("{seq:032x}")),
            kind,
            connection: Some(connection),
            stream: Some(stream.to_owned()),
            entity: None,
            mapping_version: None,
            fingerprint: None,
            rows: 0,
            rejected: 0,
            cursor_from: None,
            cursor_to: None,
            epoch: 1,
            at: chrono::DateTime::UNIX_EPOCH,
            payload: Bytes::new(),
            from_seq: None,
        });
        seq
    }

    fn change(&self, seq: i64, change: impl FnOnce(&mut LogEntry)) {
        change(&mut self.0.lock()[seq as usize - 1]);
    }

    pub(super) fn len(&self) -> i64 {
        self.0.lock().len() as i64
    }

    pub(super) fn records(
        &self,
        connection: ConnectionId,
        stream: &str,
        entity: &str,
        version: i64,
        batch: &RecordBatch,
    ) -> i64 {
        let seq = self.push(EntryKind::Records, connection, stream);
        self.change(seq, |e| {
            e.entity = Some(entity.to_owned());
            e.mapping_version = Some(version);
            e.rows = batch.num_rows() as i64;
            e.cursor_to = Some(seq.to_string());
            e.payload = codec::encode(batch).unwrap();
        });
        seq
    }

    /// Rows that were refused before, tried again: no cursor moves.
    pub(super) fn replayed(
        &self,
        connection: ConnectionId,
        stream: &str,
        entity: &str,
        version: i64,
        batch: &RecordBatch,
    ) -> i64 {
        let seq = self.records(connection, stream, entity, version, batch);
        self.change(seq, |e| e.cursor_from.clone_from(&e.cursor_to));
        seq
    }

    pub(super) fn mapping(&self, connection: ConnectionId, stream: &str, mapping: &Mapping, from_seq: i64) -> i64 {
        self.retracting(connection, stream, mapping, from_seq, Vec::new())
    }

    pub(super) fn retracting(
        &self,
        connection: ConnectionId,
        stream: &str,
        mapping: &Mapping,
        from_seq: i64,
        retracts: Vec<Retract>,
    ) -> i64 {
        let seq = self.push(EntryKind::Mapping, connection, stream);
        let effective = Effective { mapping: mapping.clone(), retracts };
        self.change(seq, |e| {
            e.mapping_version = Some(mapping.version);
            e.payload = serde_json::to_vec(&effective).unwrap().into();
            e.from_seq = Some(from_seq);
        });
        seq
    }

    pub(super) fn identity(&self, connection: ConnectionId, entity: &str, payload: Bytes) -> i64 {
        let seq = self.push(EntryKind::Identity, connection, "");
        self.change(seq, |e| {
            (e.connection, e.stream) = (None, None);
            e.entity = Some(entity.to_owned());
            e.payload = payload;
        });
        seq
    }

    pub(super) fn purge(&self, connection: ConnectionId) -> i64 {
        let seq = self.push(EntryKind::Purge, connection, "");
        self.change(seq, |e| e.stream = None);
        seq
    }

    /// Bytes of all payloads.
    pub(super) fn bytes(&self) -> usize {
        self.0.lock().iter().map(|e| e.payload.len()).sum()
    }

    fn outline(&self, connection: ConnectionId, stream: &str) -> Vec<Outline> {
        let (log, packs) = (self.0.lock(), self.1.lock());
        let mine = log.iter().filter(|e| {
            e.connection == Some(connection)
                && e.stream.as_deref().is_none_or(|s| s == stream)
                && (e.kind != EntryKind::Records || !e.payload.is_empty())
        });
        let outline = |e: &LogEntry| Outline {
            seq: e.seq,
            kind: e.kind,
            entity: e.entity.clone(),
            mapping_version: e.mapping_version,
            rows: e.rows,
            bytes: e.payload.len() as i64,
            replay: e.cursor_from == e.cursor_to,
            at: e.at,
            packed: packs.get(&e.seq).copied(),
        };
        mine.map(outline).collect()
    }

    /// Compacts a stream up to a position until nothing is left to do; the rows dropped. `drifts`: positions that a later
    /// repair may reach back to.
    pub(super) fn compact(
        &self,
        (connection, stream): (ConnectionId, &str),
        position: i64,
        drifts: &[i64],
        limits: &Limits,
    ) -> i64 {
        let moment = Moment { position, now: chrono::DateTime::UNIX_EPOCH };
        let (mut rows, mut settled) = (0, 0);
        loop {
            let all = self.outline(connection, stream);
            let rest = all.iter().position(|o| o.seq > settled).map_or(&[][..], |at| &all[at..]);
            let planned = plan(rest, settled, moment, limits).step;
            let unpruned = all.iter().position(|o| o.packed == Some(false));
            let step = planned.or_else(|| prune(&all[unpruned?..], moment, limits));
            let Some(step) = step else { return rows };
            let log = self.0.lock();
            let entries: Vec<LogEntry> = step.seqs.iter().map(|seq| log[*seq as usize - 1].clone()).collect();
            let mine = |e: &&LogEntry| {
                e.kind == EntryKind::Mapping && e.connection == Some(connection) && e.stream.as_deref() == Some(stream)
            };
            let mappings: Vec<LogEntry> = log.iter().filter(mine).cloned().collect();
            drop(log);
            let around = Surroundings::of(&mappings, drifts, &entries).unwrap();
            let Some(done) = rewrite(&entries, &step, &around).unwrap() else {
                settled = step.seqs[step.seqs.len() - 1];
                continue;
            };
            rows += done.dropped;
            for new in done.replacements {
                assert_eq!(new.payload.is_empty(), new.rows == 0);
                self.change(new.seq, |e| (e.rows, e.payload) = (new.rows, new.payload.clone()));
                self.1.lock().remove(&new.seq);
                if new.rows > 0 {
                    self.1.lock().insert(new.seq, new.pruned);
                }
            }
        }
    }
}

/// A tenant with a log and views in a folder that goes away with it.
pub(super) struct Bench {
    pub(super) folder: tempfile::TempDir,
    pub(super) dcl: Dcl,
    pub(super) scope: Scope,
    pub(super) memory: Arc<MemoryLog>,
    pub(super) log: Log,
    pub(super) ambient: Ambient,
}

impl Bench {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ambient = Ambient::system();
        let scope = Scope::new(TenantId::new(&ambient), Actor::System("test"), TraceId::new(&ambient));
        let memory = Arc::new(MemoryLog::default());
        let log: Log = memory.clone();
        let dcl = dcl(folder.path(), &ambient);
        Self { folder, dcl, scope, memory, log, ambient }
    }

    /// The views of another node over the same log, from nothing.
    pub(super) fn other(&self) -> (tempfile::TempDir, Dcl) {
        let folder = tempfile::tempdir().unwrap();
        let dcl = dcl(folder.path(), &self.ambient);
        (folder, dcl)
    }

    pub(super) fn connection(&self) -> ConnectionId {
        ConnectionId::new(&self.ambient)
    }

    pub(super) async fn advance(&self) -> super::super::Applied {
        self.dcl.advance(&self.scope, &self.log).await.unwrap()
    }

    pub(super) async fn ask(&self, ask: &crate::platform::shapes::ViewRequest) -> serde_json::Value {
        serde_json::from_slice(&self.dcl.query(&self.scope, ask).await.unwrap().body).unwrap()
    }
}

fn dcl(folder: &std::path::Path, ambient: &Ambient) -> Dcl {
    let settings = Settings {
        threads: 1,
        memory: 128 << 20,
        commit: ReadLimit { bytes: 1 << 20, entries: 7 },
        ..Settings::in_folder(folder)
    };
    Dcl::new(settings, Arc::new(Vocabulary::builtin().clone()), ambient.clone())
}

/// A canonical batch: rows of (key, version, delete), and text columns.
pub(super) fn batch(rows: &[(&str, i64, bool)], columns: &[(&str, Vec<Option<&str>>)]) -> RecordBatch {
    let mut out: Vec<(&str, ArrayRef, bool)> = vec![
        ("_key", Arc::new(StringArray::from_iter_values(rows.iter().map(|r| r.0))), false),
        ("_version", Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.1))), false),
        ("_op", Arc::new(UInt8Array::from_iter_values(rows.iter().map(|r| u8::from(r.2)))), false),
    ];
    for (name, values) in columns {
        out.push((name, Arc::new(StringArray::from(values.clone())), true));
    }
    RecordBatch::try_from_iter_with_nullable(out).unwrap()
}
