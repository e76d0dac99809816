//! What the tables hold about keys: looked up by hash, a few of them written into the statement, many by a temporary table.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, UInt64Array};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, UInt64Type};

use super::Writer;
use crate::dcl::engine::Fault;
use crate::dcl::resolve::Old;
use crate::dcl::run::Run;

/// Up to so many keys are written into the statement instead of a temporary table.
const INLINE_KEYS: usize = 512;

impl Writer {
    /// What the tables hold about the run's keys.
    pub(super) fn old_states(&self, run: &Run) -> Result<Vec<Old>, Fault> {
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
    pub(super) fn rowids_in(&self, rowids: &[i64]) -> Result<String, Fault> {
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
}
