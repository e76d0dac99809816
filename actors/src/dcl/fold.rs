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

mod keys;
mod sheets;
mod tables;

use std::collections::BTreeSet;
use std::sync::Arc;

use autonomos_runtime::Error;
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::Effective;

use super::catalogue::{Catalogue, Present};
use super::engine::{Conn, Fault};
use super::ledger::{Ledger, Rules};
use super::log::{Ahead, EntryKind, LogEntry, Pages};
use super::run::Run;

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
    pub entities: BTreeSet<String>,
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
    touched: BTreeSet<u32>,
}

impl Writer {
    /// Makes what is missing in the file and reads the ledger.
    pub(crate) fn new(conn: Conn, catalogue: Arc<Catalogue>, vocabulary: Arc<Vocabulary>) -> Result<Self, Fault> {
        let present = catalogue.ensure(&conn)?;
        let ledger = Ledger::load(&conn)?;
        let (waiting, touched) = (Vec::new(), BTreeSet::new());
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

fn stream_name(entry: &LogEntry) -> Result<(ConnectionId, &str), Error> {
    entry
        .connection
        .zip(entry.stream.as_deref())
        .ok_or_else(|| Error::internal("log.no_stream", format!("entry {} names no stream", entry.seq)))
}
