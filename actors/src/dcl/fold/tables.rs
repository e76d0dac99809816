//! One run of a stream's rows into the tables: who wins, what is carried over of columns that were not sent, what ends.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Int32Array, Int64Array, RecordBatch, StringArray, UInt32Array, UInt64Array,
};
use arrow::compute::{concat, take};
use arrow::datatypes::Int64Type;

use super::{Failure, Writer};
use crate::dcl::catalogue::quoted;
use crate::dcl::engine::Fault;
use crate::dcl::resolve::{Old, Outcome, resolve};
use crate::dcl::run::{Part, Run};

/// Rows after which a stream's run is folded: two of DuckDB's row groups for each of two threads.
const RUN_ROWS: usize = 262_144;
/// Rows waiting in all runs after which all are folded.
const WAITING_ROWS: usize = RUN_ROWS;

impl Writer {
    pub(super) fn enqueue(
        &mut self,
        stream: usize,
        table: u32,
        fields: Vec<String>,
        part: Part,
    ) -> Result<(), Failure> {
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

    pub(super) fn fold_waiting(&mut self) -> Result<(), Failure> {
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

    /// Removes every row of a stream.
    pub(super) fn forget(&mut self, stream: usize) -> Result<(), Fault> {
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
}

fn tombstones(run: &Run, stream: i32, outcome: &Outcome) -> Result<Vec<RecordBatch>, Fault> {
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
