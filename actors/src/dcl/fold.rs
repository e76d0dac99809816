//! The fold: log entries in, table rows and position out, in one DuckDB transaction a call.
//!
//! The state of a record is what folding its stream's batches in log order gives (see [`super::resolve`]), each batch
//! under the rules that hold for its position. A column that a batch does not send keeps the record's last value. A
//! `mapping` entry that reaches back folds its stream again from the log, in the same transaction: readers see the old
//! views or the healed ones, never a mixture. Rows that such an entry retracts are not there for whoever folds after it.
//! A fold that begins from nothing reads all rules first and needs one pass.
//!
//! Compaction moves batches into later entries of their stream, where each is folded as the batch it was, under the rules
//! of its own position; what this file had of an entry already is passed over. Batches that were dropped because all
//! their rows were superseded are counted as such. A file that stands in the middle of what was dropped cannot tell which
//! of it to count, and is folded anew.
//!
//! A crash or an error anywhere leaves the last commit; the handle is dropped with whatever was in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, UInt32Array, UInt64Array};
use arrow::compute::{concat, take, take_record_batch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, UInt64Type};
use autonomos_runtime::Error;
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::canonical::pack::Pack;
use autonomos_runtime::canonical::remap::{remap, same_rules};
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::Effective;

use super::catalogue::{Catalogue, Present, quoted};
use super::engine::{Conn, Fault};
use super::ledger::{Ledger, Rules};
use super::log::{Ahead, EntryKind, LogEntry, Pages};
use super::resolve::{Old, Outcome, resolve};
use super::run::{Part, Places, Run};

/// Rows after which a stream's run is folded: two of DuckDB's row groups for each of two threads.
const RUN_ROWS: usize = 262_144;
/// Rows waiting in all runs after which all are folded.
const WAITING_ROWS: usize = RUN_ROWS;
/// Up to so many keys are written into the statement instead of a temporary table.
const INLINE_KEYS: usize = 512;

/// Why a fold stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The engine.
    Fault(Fault),
    /// The log, or what it holds.
    Log(Error),
    /// A batch sends fields of a table that have no column yet.
    Grow(u32, Vec<String>),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Log(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Fault(fault) => fault.into(),
            Failure::Log(error) => error,
            Failure::Grow(..) => Self::internal("views.columns", "the views lack a column"),
        }
    }
}

/// What one call did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Position before.
    pub from: i64,
    /// Position now.
    pub to: i64,
    /// Entries folded.
    pub entries: usize,
    /// Rows in them.
    pub rows: i64,
    /// Entities whose views changed.
    pub entities: std::collections::BTreeSet<String>,
    /// Streams folded again under new rules, and the rows replayed for them.
    pub refolded: Vec<(ConnectionId, String, i64)>,
    /// Whether the log had more than was asked for at once.
    pub more: bool,
}

/// Holds the one writing connection of a tenant's file. Lives on its own thread.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) conn: Conn,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) vocabulary: Arc<Vocabulary>,
    pub(crate) ledger: Ledger,
    /// Whether the file was compared with the log since it was opened.
    pub(crate) checked: bool,
    /// What the log has next, being read while this is folded.
    pub(crate) ahead: Option<Ahead>,
    present: Present,
    waiting: Vec<Run>,
    touched: std::collections::BTreeSet<u32>,
}

impl Writer {
    /// Makes what is missing in the file and reads the ledger.
    pub(crate) fn new(conn: Conn, catalogue: Arc<Catalogue>, vocabulary: Arc<Vocabulary>) -> Result<Self, Fault> {
        let present = catalogue.ensure(&conn)?;
        let ledger = Ledger::load(&conn)?;
        let (waiting, touched) = (Vec::new(), std::collections::BTreeSet::new());
        Ok(Self { conn, catalogue, vocabulary, ledger, checked: false, ahead: None, present, waiting, touched })
    }

    /// Folds entries, all or nothing. After an error this writer must not be used again.
    pub(crate) fn apply(&mut self, entries: &[LogEntry], log: &mut Pages) -> Result<Applied, Failure> {
        loop {
            match self.apply_once(entries, log) {
                // A table cannot get columns in the transaction that changes its rows: it gets them now, and the
                // entries are folded from the start. It happens once a column.
                Err(Failure::Grow(table, fields)) => {
                    self.conn.exec("ROLLBACK")?;
                    let at = table as usize;
                    self.catalogue.tables()[at].grow(&self.conn, &mut self.present[at], &fields)?;
                    self.ledger = Ledger::load(&self.conn)?;
                    self.waiting.clear();
                    self.touched.clear();
                }
                result => return result,
            }
        }
    }

    fn apply_once(&mut self, entries: &[LogEntry], log: &mut Pages) -> Result<Applied, Failure> {
        let mut done = Applied { from: self.ledger.applied, to: self.ledger.applied, ..Applied::default() };
        let fresh: Vec<&LogEntry> = entries.iter().filter(|e| e.seq > done.from).collect();
        let Some(last) = fresh.last() else { return Ok(done) };
        self.conn.exec("BEGIN TRANSACTION")?;
        if done.from == 0 {
            for entry in log.mappings()? {
                self.adopt(&entry)?;
            }
        }
        for entry in &fresh {
            if entry.seq != done.to + 1 {
                return Err(Error::internal("log.gap", "the log has a gap; the views wait for it to be closed").into());
            }
            done.to = entry.seq;
            done.entries += 1;
            match entry.kind {
                EntryKind::Records => {
                    done.rows += entry.rows;
                    let (connection, name) = stream_name(entry)?;
                    let stream = self.ledger.stream(connection, name);
                    self.records(entry, self.ledger.streams[stream].last_seq)?;
                }
                EntryKind::Mapping => {
                    if let Some(refolded) = self.mapping(entry, log)? {
                        done.refolded.push(refolded);
                    }
                }
                EntryKind::Purge => self.purge(entry)?,
                // Identities are decided above the records; they change no record, but whose it is.
                EntryKind::Identity => {
                    let entity = super::identity::fold(&self.conn, entry)?;
                    self.touched.extend(self.catalogue.index_of(&entity));
                }
            }
        }
        self.fold_waiting()?;
        self.ledger.save(&self.conn, last.seq, &last.batch_id)?;
        self.conn.exec("COMMIT")?;
        let tables = std::mem::take(&mut self.touched);
        done.entities = tables.iter().map(|&t| self.catalogue.tables()[t as usize].entity.name.clone()).collect();
        Ok(done)
    }

    /// Puts a `records` entry into its stream's run: the batches in it that were committed after a position; those before
    /// were folded where they stood then.
    fn records(&mut self, entry: &LogEntry, after: i64) -> Result<(), Failure> {
        let (connection, name) = stream_name(entry)?;
        let stream = self.ledger.stream(connection, name);
        let state = &mut self.ledger.streams[stream];
        state.rejected += entry.rejected;
        state.dirty = true;
        if entry.payload.is_empty() {
            return Ok(()); // erased, or compacted away and still to come
        }
        state.last_seq = state.last_seq.max(entry.seq);
        let pack = Pack::decode(entry.seq, &entry.payload)?;
        for dropped in pack.dropped().iter().filter(|d| d.last > after) {
            if dropped.first <= after {
                let what = format!("{after} lies in what compaction dropped up to {}", dropped.last);
                return Err(Fault::corrupt(what).into());
            }
            state.tally.rows += dropped.rows;
            state.tally.superseded += dropped.rows;
        }
        for sheet in self.sheets(entry, stream, &pack, after)? {
            self.ledger.streams[stream].unmapped += sheet.lost;
            if sheet.batch.num_rows() == 0 {
                continue;
            }
            let table = self.catalogue.index_of(&sheet.entity).ok_or_else(|| {
                let what = format!("the log names an entity {:?} that does not exist", sheet.entity);
                Error::internal("log.unknown_entity", what)
            })?;
            let part = Part::new(sheet.places, sheet.mapping, sheet.batch, self.ledger.streams[stream].seed)?;
            let fields = part.fields(&self.catalogue.tables()[table as usize].entity);
            self.enqueue(stream, table, fields, part)?;
        }
        Ok(())
    }

    /// The batches of an entry from a position on, under the rules that hold for each, without rows that were retracted:
    /// as many at once as may be; one by one where they are mapped again, because what that does depends on a whole batch.
    fn sheets(&self, entry: &LogEntry, stream: usize, pack: &Pack, after: i64) -> Result<Vec<Sheet>, Failure> {
        let version = entry.mapping_version.unwrap_or_default();
        let made = self.ledger.version(stream, version);
        let is_whole = |seq| self.ledger.retracted(seq).is_none();
        let mut out = Vec::new();
        let mut at = pack.after(after);
        while at < pack.len() {
            let rules = self.ledger.effective(stream, pack.seq(at));
            let adopted = rules.map(|r| r.seq);
            let whole = is_whole(pack.seq(at));
            let same = |seq| whole && is_whole(seq) && self.ledger.effective(stream, seq).map(|r| r.seq) == adopted;
            let end = pack.alike(at, same);
            let rules = rules.map(|r| &r.effective.mapping);
            let mapping = rules.map_or(version, |r| r.version);
            if let Some((rules, made)) = rules.zip(made).filter(|(rules, made)| !same_rules(made, rules)) {
                for i in at..end {
                    let (places, before) = self.remaining(pack, i)?;
                    let batch = remap(&self.vocabulary, &before, made, rules)?;
                    let lost = before.num_rows().saturating_sub(batch.num_rows()) as i64;
                    out.push(Sheet { entity: rules.entity.clone(), mapping, places, batch, lost });
                }
            } else {
                let entity = entry.entity.clone().unwrap_or_default();
                let (places, batch) =
                    if whole { (places(pack, at..end), pack.together(at..end)?) } else { self.remaining(pack, at)? };
                out.push(Sheet { entity, mapping, places, batch, lost: 0 });
            }
            at = end;
        }
        Ok(out)
    }

    /// The rows of a batch that were not retracted, and where they are in it.
    fn remaining(&self, pack: &Pack, at: usize) -> Result<(Places, RecordBatch), Failure> {
        let (seq, batch) = (pack.seq(at), pack.batch(at)?);
        let Some(gone) = self.ledger.retracted(seq) else { return Ok((Places::One(seq), batch)) };
        let left: Vec<u32> = (0..batch.num_rows() as u32).filter(|row| !gone.contains(row)).collect();
        let places = Places::Each(left.iter().map(|row| (seq, *row as i32)).collect());
        Ok((places, take_record_batch(&batch, &UInt32Array::from(left)).map_err(Fault::from)?))
    }

    fn enqueue(&mut self, stream: usize, table: u32, fields: Vec<String>, part: Part) -> Result<(), Failure> {
        let (rows, present) = (part.hashes.len(), &self.present[table as usize]);
        if fields.iter().any(|f| !present.contains(f)) {
            return Err(Failure::Grow(table, fields));
        }
        if let Some(at) = self.waiting.iter().position(|r| r.stream == stream) {
            let run = &mut self.waiting[at];
            if run.table == table && run.fields == fields && run.rows + rows <= RUN_ROWS {
                run.rows += rows;
                run.parts.push(part);
                return Ok(());
            }
            let run = self.waiting.swap_remove(at);
            self.fold(&run)?;
        }
        self.waiting.push(Run { stream, table, fields, parts: vec![part], rows });
        if self.waiting.iter().map(|r| r.rows).sum::<usize>() > WAITING_ROWS {
            self.fold_waiting()?;
        }
        Ok(())
    }

    fn fold_waiting(&mut self) -> Result<(), Failure> {
        for run in std::mem::take(&mut self.waiting) {
            self.fold(&run)?;
        }
        Ok(())
    }

    /// Folds one run into the tables.
    fn fold(&mut self, run: &Run) -> Result<(), Fault> {
        let stream = &self.ledger.streams[run.stream];
        let (id, entity) = (stream.id, self.catalogue.tables()[run.table as usize].entity.name.clone());
        let old = if stream.tally.live() > 0 || stream.tombstones > 0 { self.old_states(run)? } else { Vec::new() };
        let outcome = run.with_rows(|rows| resolve(rows, &old));
        let carried = self.carried(run, &entity, &outcome, &old)?;
        let forgotten = self.remove(&outcome, &old)?;
        let rows = run.table_rows(id, &outcome.winners, &carried)?;
        self.conn.append(&self.catalogue.tables()[run.table as usize].plain, rows)?;
        self.conn.append("_tombstones", tombstones(run, id, &outcome)?)?;
        let stream = &mut self.ledger.streams[run.stream];
        stream.tally.add(outcome.tally);
        stream.tombstones += outcome.tombstones.len() as i64 - forgotten;
        stream.dirty = true;
        if !outcome.winners.is_empty() {
            let fields = stream.tables.entry(entity).or_default();
            fields.extend(run.fields.iter().cloned());
            fields.extend(carried.iter().map(|(name, _)| name.clone()));
        }
        self.touched.insert(run.table);
        Ok(())
    }

    /// What the tables hold about the run's keys.
    fn old_states(&self, run: &Run) -> Result<Vec<Old>, Fault> {
        let stream = &self.ledger.streams[run.stream];
        let among = self.hashes_in(run)?;
        let mut out = Vec::new();
        let mut read = |from: &str, table: Option<u32>| -> Result<(), Fault> {
            let sql = format!(
                "SELECT _hash, _key, _version, rowid FROM {from} WHERE _stream = {} AND _hash IN ({among})",
                stream.id
            );
            self.conn.stream(&sql, &[], |batch| {
                let (hash, key) = (batch.column(0).as_primitive::<UInt64Type>(), batch.column(1).as_string::<i32>());
                let (version, rowid) =
                    (batch.column(2).as_primitive::<Int64Type>(), batch.column(3).as_primitive::<Int64Type>());
                out.extend((0..batch.num_rows()).map(|i| Old {
                    hash: hash.value(i),
                    key: key.value(i).into(),
                    version: version.value(i),
                    table,
                    rowid: rowid.value(i),
                }));
                true
            })?;
            Ok(())
        };
        for entity in stream.tables.keys() {
            if let Some(table) = self.catalogue.index_of(entity) {
                read(&self.catalogue.tables()[table as usize].name, Some(table))?;
            }
        }
        if stream.tombstones > 0 {
            read("_tombstones", None)?;
        }
        Ok(out)
    }

    /// The run's hashes as the inside of an `IN (...)`: written out if few, else a temporary table.
    fn hashes_in(&self, run: &Run) -> Result<String, Fault> {
        if run.rows <= INLINE_KEYS {
            let all: Vec<String> = run.parts.iter().flat_map(|p| &p.hashes).map(|h| format!("{h}::UBIGINT")).collect();
            return Ok(all.join(","));
        }
        self.conn.exec("CREATE OR REPLACE TEMP TABLE _probe (hash UBIGINT)")?;
        let schema = Arc::new(Schema::new(vec![Field::new("hash", DataType::UInt64, false)]));
        let batches: Result<Vec<RecordBatch>, _> = run
            .parts
            .iter()
            .map(|p| {
                let hashes: ArrayRef = Arc::new(UInt64Array::from_iter_values(p.hashes.iter().copied()));
                RecordBatch::try_new(Arc::clone(&schema), vec![hashes])
            })
            .collect();
        self.conn.append_temp("_probe", batches?)?;
        Ok("SELECT hash FROM _probe".to_owned())
    }

    /// The old rows' ids as the inside of an `IN (...)`.
    fn rowids_in(&self, rowids: &[i64]) -> Result<String, Fault> {
        if rowids.len() <= INLINE_KEYS {
            let all: Vec<String> = rowids.iter().map(i64::to_string).collect();
            return Ok(all.join(","));
        }
        self.conn.exec("CREATE OR REPLACE TEMP TABLE _ended (id BIGINT)")?;
        let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, false)]));
        let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(rowids.iter().copied()));
        self.conn.append_temp("_ended", [RecordBatch::try_new(schema, vec![ids])?])?;
        Ok("SELECT id FROM _ended".to_owned())
    }

    /// Values of the columns that the stream sent once and this run does not, aligned with `old`.
    fn carried(
        &self,
        run: &Run,
        entity: &str,
        outcome: &Outcome,
        old: &[Old],
    ) -> Result<Vec<(String, ArrayRef)>, Fault> {
        let stream = &self.ledger.streams[run.stream];
        let Some(sent) = stream.tables.get(entity) else { return Ok(Vec::new()) };
        let missing: Vec<&String> = sent.iter().filter(|f| !run.fields.contains(f)).collect();
        let bases: Vec<u32> = outcome
            .winners
            .iter()
            .filter_map(|w| w.base)
            .filter(|&b| old[b as usize].table == Some(run.table))
            .collect();
        if missing.is_empty() || bases.is_empty() {
            return Ok(Vec::new());
        }
        let rowids: Vec<i64> = bases.iter().map(|&b| old[b as usize].rowid).collect();
        let place: ahash::HashMap<i64, u32> = rowids.iter().copied().zip(bases).collect();
        let names: Vec<String> = missing.iter().map(|f| quoted(f)).collect();
        let sql = format!(
            "SELECT rowid, {} FROM {} WHERE rowid IN ({})",
            names.join(", "),
            self.catalogue.tables()[run.table as usize].name,
            self.rowids_in(&rowids)?
        );
        let mut found: Vec<RecordBatch> = Vec::new();
        self.conn.stream(&sql, &[], |batch| {
            found.push(batch);
            true
        })?;
        let mut at: Vec<Option<u32>> = vec![None; old.len()];
        let ids = found.iter().flat_map(|b| b.column(0).as_primitive::<Int64Type>().values().to_vec());
        for (i, rowid) in ids.enumerate() {
            if let Some(&base) = place.get(&rowid) {
                at[base as usize] = Some(i as u32);
            }
        }
        let at = UInt32Array::from(at);
        missing
            .iter()
            .enumerate()
            .map(|(c, name)| {
                let pieces: Vec<&dyn Array> = found.iter().map(|b| b.column(c + 1).as_ref()).collect();
                Ok(((*name).clone(), take(&concat(&pieces)?, &at, None)?))
            })
            .collect()
    }

    /// Removes the old states that end; how many of them were tombstones.
    fn remove(&mut self, outcome: &Outcome, old: &[Old]) -> Result<i64, Fault> {
        let mut by_table: BTreeMap<Option<u32>, Vec<i64>> = BTreeMap::new();
        for &i in &outcome.ended {
            let state = &old[i as usize];
            by_table.entry(state.table).or_default().push(state.rowid);
        }
        for (table, rowids) in &by_table {
            self.touched.extend(*table);
            let name = table.map_or("_tombstones", |t| self.catalogue.tables()[t as usize].name.as_str());
            self.conn.exec(&format!("DELETE FROM {name} WHERE rowid IN ({})", self.rowids_in(rowids)?))?;
        }
        Ok(by_table.get(&None).map_or(0, |gone| gone.len() as i64))
    }

    /// Takes new rules in; the first position whose rows they change, or none if they are known already.
    fn adopt(&mut self, entry: &LogEntry) -> Result<Option<i64>, Failure> {
        let (connection, name) = stream_name(entry)?;
        if self.ledger.knows(connection, name, entry.seq) {
            return Ok(None);
        }
        let effective: Effective = serde_json::from_slice(&entry.payload)
            .map_err(|e| Error::internal("log.bad_mapping", "a mapping in the log cannot be read").source(e))?;
        let rules = Rules { seq: entry.seq, from_seq: entry.from_seq.unwrap_or(entry.seq), effective };
        let reach = rules.reach();
        self.ledger.adopt(&self.conn, connection, name, rules)?;
        Ok(Some(reach))
    }

    /// Takes new rules in; folds the stream again if they reach back to rows that were folded.
    fn mapping(&mut self, entry: &LogEntry, log: &mut Pages) -> Result<Option<(ConnectionId, String, i64)>, Failure> {
        let Some(reach) = self.adopt(entry)? else { return Ok(None) };
        let (connection, name) = stream_name(entry)?;
        let stream = self.ledger.stream(connection, name);
        if self.ledger.streams[stream].last_seq < reach {
            return Ok(None);
        }
        self.waiting.retain(|r| r.stream != stream);
        self.forget(stream)?;
        let mut rows = 0;
        let mut after = self.ledger.streams[stream].purged_seq;
        let mut folded = after;
        loop {
            let page = log.stream(connection, name, after)?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for record in page.iter().filter(|r| r.seq < entry.seq) {
                rows += record.rows;
                self.records(record, folded)?;
                folded = if record.payload.is_empty() { folded } else { record.seq };
            }
            if after >= entry.seq {
                break;
            }
        }
        Ok(Some((connection, name.to_owned(), rows)))
    }

    /// Removes every row of a stream.
    fn forget(&mut self, stream: usize) -> Result<(), Fault> {
        let s = &self.ledger.streams[stream];
        for entity in s.tables.keys() {
            if let Some(table) = self.catalogue.index_of(entity) {
                let name = &self.catalogue.tables()[table as usize].name;
                self.conn.exec(&format!("DELETE FROM {name} WHERE _stream = {}", s.id))?;
                self.touched.insert(table);
            }
        }
        if s.tombstones > 0 {
            self.conn.exec(&format!("DELETE FROM _tombstones WHERE _stream = {}", s.id))?;
        }
        self.ledger.streams[stream].clear();
        Ok(())
    }

    /// A connection was erased: so are its rows, and replays start after this entry.
    fn purge(&mut self, entry: &LogEntry) -> Result<(), Failure> {
        let Some(connection) = entry.connection else { return Ok(()) };
        for stream in 0..self.ledger.streams.len() {
            let s = &self.ledger.streams[stream];
            if s.connection != connection || entry.stream.as_ref().is_some_and(|name| *name != s.name) {
                continue;
            }
            self.waiting.retain(|r| r.stream != stream);
            self.forget(stream)?;
            self.ledger.streams[stream].purged_seq = entry.seq;
        }
        Ok(())
    }
}

/// Rows of an entry that are folded under the same rules.
struct Sheet {
    entity: String,
    mapping: i64,
    places: Places,
    batch: RecordBatch,
    /// Rows that the rules could not take.
    lost: i64,
}

fn places(pack: &Pack, range: std::ops::Range<usize>) -> Places {
    if range.len() == 1 {
        return Places::One(pack.seq(range.start));
    }
    Places::Each(range.flat_map(|i| (0..pack.rows(i) as i32).map(move |row| (pack.seq(i), row))).collect())
}

fn stream_name(entry: &LogEntry) -> Result<(ConnectionId, &str), Error> {
    entry
        .connection
        .zip(entry.stream.as_deref())
        .ok_or_else(|| Error::internal("log.no_stream", format!("entry {} names no stream", entry.seq)))
}

fn tombstones(run: &Run, stream: i32, outcome: &Outcome) -> Result<Vec<RecordBatch>, Fault> {
    use arrow::array::{Int32Array, StringArray};
    if outcome.tombstones.is_empty() {
        return Ok(Vec::new());
    }
    let gone = &outcome.tombstones;
    let part = |b: u32| &run.parts[b as usize];
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("_stream", Arc::new(Int32Array::from_value(stream, gone.len()))),
        ("_hash", Arc::new(UInt64Array::from_iter_values(gone.iter().map(|&(b, r, _)| part(b).hashes[r as usize])))),
        ("_key", Arc::new(StringArray::from_iter_values(gone.iter().map(|&(b, r, _)| part(b).key(r as usize))))),
        ("_version", Arc::new(Int64Array::from_iter_values(gone.iter().map(|g| g.2)))),
        ("_seq", Arc::new(Int64Array::from_iter_values(gone.iter().map(|&(b, r, _)| part(b).places.of(r).0)))),
        ("_row", Arc::new(Int32Array::from_iter_values(gone.iter().map(|&(b, r, _)| part(b).places.of(r).1)))),
    ];
    Ok(vec![RecordBatch::try_from_iter(columns)?])
}
