//! What compaction does to a stream of the log. Pure: outlines of entries in, the next step out; the step's entries in,
//! what they become out.
//!
//! **Merging.** Neighbours of like size become one pack in the last one's place: sixteen or thirty-two small ones a
//! larger one, as many of those a larger one still, so that a row is written again a few times in its life and not with
//! every batch that follows. Neighbours are entries with nothing of their stream between them (a mapping, a purge, a
//! replay, a batch too large to gain), made under one version of the rules. Rows only move to later entries, and each
//! batch keeps its position, its columns and itself in the pack, so whatever a fold does to batches it does to packed
//! ones alike.
//!
//! **Pruning.** A batch goes when every row of it was superseded long ago by a later row of the same record that sends
//! at least its columns, in the same pack or one beside it. Never: a record's latest state; a delete; a batch of which one
//! row stays (mapping again depends on whole batches); a row whose successor may be under other rules, now or after a
//! repair of a known drift. With these, views, counts and every later mapping that keeps the stream's key and order are
//! what they would have been. A mapping that changes key or order is applied to what is kept, which is why a batch is
//! kept so long after it was superseded.
//!
//! **Untouched.** What the views do not reflect yet, what is younger than a minute, replays (others name rows in them by
//! their place), mappings, identities and purges, large batches as they were committed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray, UInt8Array};
use arrow::datatypes::{DataType, Int64Type, SchemaRef, UInt8Type};
use autonomos_runtime::canonical::mapping::Mapping;
use autonomos_runtime::canonical::normalize::{KEY, OP, VERSION};
use autonomos_runtime::canonical::remap::sources;
use autonomos_runtime::canonical::{Dropped, Pack, Piece};
use autonomos_runtime::config::Compaction;
use autonomos_runtime::store::{EntryKind, LogEntry, Outline, Replacement};
use autonomos_runtime::{Error, Result, Timestamp};
use chrono::TimeDelta;

/// Entries that one step merges at most: its transaction stays short.
const MOST: usize = 256;
/// Bytes that one step of pruning reads at most, in sizes of a full entry.
const WINDOW: i64 = 4;

/// When something is worth it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Neighbours of like size that become one.
    pub(crate) entries: usize,
    /// Bytes of what they become, at most; half of it counts as full.
    pub(crate) bytes: i64,
    /// An entry is left alone for so long.
    pub(crate) after: TimeDelta,
    /// A superseded batch is kept for so long.
    pub(crate) superseded: TimeDelta,
}

impl Limits {
    /// As configured.
    pub(crate) fn of(config: &Compaction) -> Self {
        Self {
            entries: config.entries.max(2),
            bytes: (config.entry_kb << 10) as i64,
            after: TimeDelta::seconds(config.after_seconds as i64),
            superseded: TimeDelta::days(i64::from(config.superseded_days)),
        }
    }
}

/// Entries of one stream that are written anew together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Which, in order.
    pub(crate) seqs: Vec<i64>,
    /// They become one, in the place of the last; else each keeps what is left of it.
    pub(crate) merge: bool,
    /// Superseded batches are dropped.
    pub(crate) prune: bool,
}

/// What there is to do in one stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Next.
    pub(crate) step: Option<Step>,
    /// Nothing is ever to be gained up to here, unless what is there is pruned.
    pub(crate) settled: i64,
    /// When entries that are too young now will not be.
    pub(crate) due: Option<Timestamp>,
}

/// How far the views are and what time it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) position: i64,
    pub(crate) now: Timestamp,
}

/// Whether an entry can be merged with its neighbours, when it is old enough.
fn small(o: &Outline, limits: &Limits) -> bool {
    o.kind == EntryKind::Records && !o.replay && o.rows > 0 && o.bytes < limits.bytes / 2
}

/// Runs of neighbours that fit, made under one version of the rules.
fn runs(outlines: &[Outline], fits: impl Fn(&Outline) -> bool) -> impl Iterator<Item = &[Outline]> {
    let alike = move |a: &Outline, b: &Outline| {
        fits(a) && fits(b) && a.entity == b.entity && a.mapping_version == b.mapping_version
    };
    outlines.chunk_by(alike)
}

fn bytes_of(run: &[Outline]) -> i64 {
    run.iter().map(|o| o.bytes).sum()
}

/// So many of the first as fit, at least one.
fn first(run: &[Outline], bytes: i64) -> &[Outline] {
    let mut sum = 0;
    let fitting = run.iter().take(MOST).take_while(|o| {
        sum += o.bytes;
        sum <= bytes
    });
    let count = fitting.count().max(1);
    run.get(..count).unwrap_or(run)
}

/// What to merge in a stream, whose entries after `settled` these are.
pub(crate) fn plan(outlines: &[Outline], settled: i64, moment: Moment, limits: &Limits) -> Plan {
    let ripe = |o: &Outline| small(o, limits) && o.seq <= moment.position && o.at + limits.after <= moment.now;
    if let Some(chosen) = runs(outlines, ripe).filter(|run| ripe(&run[0])).find_map(|run| choose(run, limits)) {
        let prune = chosen.iter().all(|o| o.at + limits.superseded <= moment.now);
        let seqs = chosen.iter().map(|o| o.seq).collect();
        return Plan { step: Some(Step { seqs, merge: true, prune }), settled, due: None };
    }
    let ends = |o: &Outline, before: Option<&Outline>| match before {
        _ if !small(o, limits) => Some(o.seq),
        Some(b) if !small(b, limits) || b.entity != o.entity || b.mapping_version != o.mapping_version => Some(b.seq),
        _ => None,
    };
    let before = std::iter::once(None).chain(outlines.iter().map(Some));
    let settled = outlines.iter().zip(before).filter_map(|(o, before)| ends(o, before)).last().unwrap_or(settled);
    let young = outlines.iter().filter(|o| small(o, limits) && o.seq <= moment.position && !ripe(o));
    Plan { step: None, settled, due: young.map(|o| o.at + limits.after).max() }
}

/// Of neighbours, those that become one: so many of one size with the smaller ones among them, the smallest size first, or
/// enough to fill an entry.
fn choose<'a>(run: &'a [Outline], limits: &Limits) -> Option<&'a [Outline]> {
    let size = |o: &Outline| o.rows.max(1).ilog(limits.entries as i64);
    let largest = run.iter().map(size).max()?;
    (0..=largest).find_map(|most| {
        let like = |o: &Outline| size(o) <= most;
        let mut groups = run.chunk_by(|a, b| like(a) && like(b)).filter(|group| like(&group[0]));
        let full = |g: &&[Outline]| g.iter().filter(|o| size(o) == most).count() >= limits.entries;
        let enough = groups.find(|g| full(g) || bytes_of(g) >= limits.bytes)?;
        Some(first(enough, limits.bytes)).filter(|chosen| chosen.len() > 1)
    })
}

/// What to prune in a stream, whose entries from an unpruned pack on these are.
pub(crate) fn prune(outlines: &[Outline], moment: Moment, limits: &Limits) -> Option<Step> {
    let due =
        |o: &Outline| o.packed == Some(false) && o.seq <= moment.position && o.at + limits.superseded <= moment.now;
    let run = runs(outlines, due).next().filter(|run| due(&run[0]))?;
    let seqs = first(run, WINDOW * limits.bytes).iter().map(|o| o.seq).collect();
    Some(Step { seqs, merge: false, prune: true })
}

/// What became of a step's entries.
#[derive(Debug)]
pub(crate) struct Rewritten {
    pub(crate) replacements: Vec<Replacement>,
    /// Entries that hold nothing now.
    pub(crate) emptied: u64,
    /// Bytes less.
    pub(crate) saved: i64,
    /// Superseded rows that are gone.
    pub(crate) dropped: i64,
}

/// What lies around the rows of a stream, for judging what was superseded.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    /// Positions from which on other rules hold, or may after a repair; in order.
    pub(crate) pins: Vec<i64>,
    /// The rules the rows were made under; without them nothing is dropped.
    pub(crate) rules: Option<Mapping>,
}

impl Surroundings {
    /// Of a stream with these `mapping` entries and drifts known from these positions on, for entries of it.
    pub(crate) fn of(mappings: &[LogEntry], drifts: &[i64], entries: &[LogEntry]) -> Result<Self> {
        let mut pins = drifts.to_vec();
        pins.extend(mappings.iter().flat_map(|m| [m.seq, m.from_seq.unwrap_or(m.seq)]));
        pins.sort_unstable();
        let made = entries.first().and_then(|e| e.mapping_version);
        let rules = mappings.iter().rev().find(|m| m.mapping_version == made).map(|m| {
            serde_json::from_slice(&m.payload)
                .map_err(|e| Error::internal("log.bad_mapping", "a mapping in the log cannot be read").source(e))
        });
        Ok(Self { pins, rules: rules.transpose()? })
    }
}

/// Carries a step out over its entries; none when nothing would be gained.
pub(crate) fn rewrite(entries: &[LogEntry], step: &Step, around: &Surroundings) -> Result<Option<Rewritten>> {
    let packs: Vec<Pack> = entries.iter().map(|e| Pack::decode(e.seq, &e.payload)).collect::<Result<_>>()?;
    let mut pieces: Vec<Piece> = Vec::new();
    let mut ends = Vec::with_capacity(packs.len());
    for pack in &packs {
        pieces.extend(pack.pieces()?);
        ends.push(pieces.len());
    }
    let gone = match (&around.rules, step.prune) {
        (Some(rules), true) => superseded(&pieces, &around.pins, rules)?,
        _ => vec![false; pieces.len()],
    };
    let mut out = Rewritten { replacements: Vec::with_capacity(entries.len()), emptied: 0, saved: 0, dropped: 0 };
    let (mut kept, mut dropped, mut at) = (Vec::new(), Vec::new(), 0);
    for (i, (entry, pack)) in entries.iter().zip(&packs).enumerate() {
        dropped.extend_from_slice(pack.dropped());
        for (piece, gone) in pieces[at..ends[i]].iter().zip(&gone[at..ends[i]]) {
            if *gone {
                let rows = piece.batch.num_rows() as i64;
                out.dropped += rows;
                dropped.push(Dropped { first: piece.seq, last: piece.seq, rows });
            } else {
                kept.push(piece.clone());
            }
        }
        at = ends[i];
        // What is left goes on to the last entry, or to the next one that keeps anything.
        let ends_here = if step.merge { i + 1 == entries.len() } else { !kept.is_empty() };
        let (rows, payload) = if ends_here {
            let rows = kept.iter().map(|p: &Piece| p.batch.num_rows() as i64).sum();
            let between = gather(std::mem::take(&mut dropped), &kept);
            (rows, Pack::of(&std::mem::take(&mut kept), between)?.encode()?)
        } else {
            out.emptied += 1;
            (0, bytes::Bytes::new())
        };
        let was = (entry.rows, entry.payload.len() as i64);
        out.saved += was.1 - payload.len() as i64;
        out.replacements.push(Replacement { seq: entry.seq, was, rows, payload, pruned: step.prune });
    }
    Ok(Some(out).filter(|out| out.saved > 0 || !step.merge))
}

/// What was dropped without anything kept in between, as one.
fn gather(mut dropped: Vec<Dropped>, kept: &[Piece]) -> Vec<Dropped> {
    dropped.sort_unstable_by_key(|d| d.first);
    let mut out: Vec<Dropped> = Vec::new();
    let between = |from: i64, to: i64| kept.iter().any(|p| from < p.seq && p.seq < to);
    for next in dropped {
        match out.last_mut().filter(|last| !between(last.last, next.first)) {
            Some(last) => *last = Dropped { first: last.first, last: next.last, rows: last.rows + next.rows },
            None => out.push(next),
        }
    }
    out
}

/// What a row says of its record, besides its values.
#[derive(Clone, Copy)]
struct Said {
    version: i64,
    delete: bool,
    /// Which columns came with it.
    sent: usize,
}

/// The columns that a batch sends, in canonical names and in the source's. Members of nested ones go with their type.
#[derive(Debug)]
struct Sent {
    fields: BTreeSet<String>,
    sources: BTreeMap<String, Option<DataType>>,
}

impl Sent {
    fn of(batch: &RecordBatch, rules: &Mapping) -> Result<Self> {
        let names = batch.schema_ref().fields().iter().map(|f| f.name()).filter(|n| !n.starts_with('_'));
        let nested = |kind: &DataType| kind.is_nested().then(|| kind.clone());
        let sources = sources(batch, rules)?;
        let sources = sources.schema_ref().fields().iter().map(|f| (f.name().clone(), nested(f.data_type())));
        Ok(Self { fields: names.cloned().collect(), sources: sources.collect() })
    }

    /// Whether it sends at least what another does.
    fn covers(&self, other: &Self) -> bool {
        let given = |(name, kind): (&String, &Option<DataType>)| self.sources.get(name) == Some(kind);
        self.fields.is_superset(&other.fields) && other.sources.iter().all(given)
    }
}

struct Columns<'a> {
    keys: &'a StringArray,
    versions: &'a Int64Array,
    ops: Option<&'a UInt8Array>,
    sent: usize,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch, sent: usize) -> Result<Self> {
        let damaged = || Error::internal("batch.damaged", "A stored batch has no key or version.");
        let keys = batch.column_by_name(KEY).and_then(|c| c.as_string_opt::<i32>()).ok_or_else(damaged)?;
        let versions = batch.column_by_name(VERSION).and_then(|c| c.as_primitive_opt::<Int64Type>());
        let ops = batch.column_by_name(OP).and_then(|c| c.as_primitive_opt::<UInt8Type>());
        Ok(Self { keys, versions: versions.ok_or_else(damaged)?, ops, sent })
    }

    fn said(&self, row: usize) -> (&'a str, Said) {
        let version = if self.versions.is_valid(row) { self.versions.value(row) } else { 0 };
        let delete = self.ops.is_some_and(|ops| ops.is_valid(row) && ops.value(row) == 1);
        (self.keys.value(row), Said { version, delete, sent: self.sent })
    }
}

/// Which of neighbouring batches hold only rows that later ones superseded, so that nobody can tell they were there. A
/// row is superseded when
///
/// * the next row of its record is an upsert that sends at least its columns and is no older: both have a version and
///   the next one's is not lower, or neither has one (a row without one among rows with takes whatever version the
///   record has, which is not known here); or
/// * it came too late: a row of its record before it has a higher version.
///
/// Rows are compared between two pins only: beyond one, other rules may send other columns. The last batch stays, so
/// that there is always one to hold the count of those that went.
fn superseded(pieces: &[Piece], pins: &[i64], rules: &Mapping) -> Result<Vec<bool>> {
    let mut shapes: Vec<(SchemaRef, Sent)> = Vec::new();
    let mut columns = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let known = shapes.iter().position(|(schema, _)| schema == piece.batch.schema_ref());
        if known.is_none() {
            shapes.push((piece.batch.schema(), Sent::of(&piece.batch, rules)?));
        }
        columns.push(Columns::of(&piece.batch, known.unwrap_or(shapes.len() - 1))?);
    }
    let windows: Vec<usize> = pieces.iter().map(|p| pins.partition_point(|pin| *pin <= p.seq)).collect();
    let late = late(&columns, &windows);
    let supersedes = |next: &Said, row: &Said| {
        let no_older = match (row.version, next.version) {
            (0, 0) => true,
            (0, _) | (_, 0) => false,
            (row, next) => next >= row,
        };
        let sends = next.sent == row.sent || shapes[next.sent].1.covers(&shapes[row.sent].1);
        !next.delete && no_older && sends
    };
    let mut out = vec![false; pieces.len()];
    let mut next: HashMap<&str, Said> = HashMap::new();
    for at in (0..columns.len()).rev() {
        if windows.get(at + 1).is_some_and(|window| *window != windows[at]) {
            next.clear();
        }
        let mut all = true;
        for row in (0..columns[at].keys.len()).rev() {
            let (key, said) = columns[at].said(row);
            let replaced = next.insert(key, said).is_some_and(|next| supersedes(&next, &said));
            all &= !said.delete && (replaced || late[at][row]);
        }
        out[at] = all && at + 1 < pieces.len();
    }
    Ok(out)
}

/// Which rows came after one of their record with a higher version.
fn late(columns: &[Columns<'_>], windows: &[usize]) -> Vec<Vec<bool>> {
    let mut out = Vec::with_capacity(columns.len());
    let mut highest: HashMap<&str, i64> = HashMap::new();
    for (at, batch) in columns.iter().enumerate() {
        if at > 0 && windows[at - 1] != windows[at] {
            highest.clear();
        }
        let mut rows = Vec::with_capacity(batch.keys.len());
        for row in 0..batch.keys.len() {
            let (key, Said { version, .. }) = batch.said(row);
            let seen = highest.get(key).copied().filter(|_| version != 0);
            rows.push(seen.is_some_and(|seen| seen > version));
            if version != 0 && seen.is_none_or(|seen| version > seen) {
                highest.insert(key, version);
            }
        }
        out.push(rows);
    }
    out
}
