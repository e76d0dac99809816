//! A run: record batches of one stream, one entity and one set of columns, folded together. Small batches of a stream
//! are gathered into one run, so that many of them cost what one large one costs. Pure, besides building Arrow arrays.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Int32Array, Int64Array, RecordBatch, StringBuilder, TimestampMicrosecondArray,
    UInt64Array,
};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimeUnit, UInt8Type};
use autonomos_runtime::canonical::entity::EntityDef;

use super::engine::Fault;
use super::json::{self, Column};
use super::resolve::{Rows, Winner};

/// Where in the log the rows of a part were committed. Compaction moves rows to other entries, never to other places: a
/// row goes by the position of the batch it came in and its number there.
#[derive(Debug)]
pub(crate) enum Places {
    /// All in one batch.
    One(i64),
    /// Each in its own: position, and row number there.
    Each(Vec<(i64, i32)>),
}

impl Places {
    pub(crate) fn of(&self, row: u32) -> (i64, i32) {
        match self {
            Self::One(seq) => (*seq, row as i32),
            Self::Each(places) => places[row as usize],
        }
    }
}

/// One record batch of a run.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) places: Places,
    pub(crate) mapping: i64,
    pub(crate) batch: RecordBatch,
    pub(crate) hashes: Vec<u64>,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Run {
    /// Its stream, by place in the ledger.
    pub(crate) stream: usize,
    pub(crate) table: u32,
    /// Names of the entity's fields that its batches send, in the entity's order.
    pub(crate) fields: Vec<String>,
    pub(crate) parts: Vec<Part>,
    pub(crate) rows: usize,
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Option<&'a ArrayRef> {
    batch.column_by_name(name)
}

impl Part {
    /// Hashes the keys.
    pub(crate) fn new(places: Places, mapping: i64, batch: RecordBatch, seed: u64) -> Result<Self, Fault> {
        let keys = column(&batch, "_key").and_then(|k| k.as_string_opt::<i32>());
        let keys = keys.ok_or_else(|| Fault::other(format!("entry {} has no text column _key", places.of(0).0)))?;
        let hashes = (0..keys.len()).map(|i| xxhash_rust::xxh3::xxh3_64_with_seed(keys.value(i).as_bytes(), seed));
        let hashes = hashes.collect();
        Ok(Self { places, mapping, batch, hashes })
    }

    /// The entity's fields that it sends.
    pub(crate) fn fields(&self, entity: &EntityDef) -> Vec<String> {
        let sent = |name: &&String| self.batch.column_by_name(name).is_some();
        entity.fields.iter().map(|f| &f.name).filter(sent).cloned().collect()
    }

    pub(crate) fn key(&self, row: usize) -> &str {
        column(&self.batch, "_key").map_or("", |k| k.as_string::<i32>().value(row))
    }
}

impl Run {
    /// Its rows as [`super::resolve::resolve`] wants them.
    pub(crate) fn with_rows<T>(&self, then: impl FnOnce(&[Rows<'_>]) -> T) -> T {
        struct View<'a> {
            hashes: &'a [u64],
            keys: &'a arrow::array::StringArray,
            versions: Option<&'a Int64Array>,
            ops: Option<&'a arrow::array::UInt8Array>,
        }
        let views: Vec<View<'_>> = self
            .parts
            .iter()
            .filter_map(|p| {
                Some(View {
                    hashes: &p.hashes,
                    keys: column(&p.batch, "_key")?.as_string::<i32>(),
                    versions: column(&p.batch, "_version").and_then(|c| c.as_primitive_opt::<Int64Type>()),
                    ops: column(&p.batch, "_op").and_then(|c| c.as_primitive_opt::<UInt8Type>()),
                })
            })
            .collect();
        let keys: Vec<_> = views.iter().map(|v| |i: usize| v.keys.value(i)).collect();
        let versions: Vec<_> =
            views.iter().map(|v| |i: usize| v.versions.filter(|c| c.is_valid(i)).map_or(0, |c| c.value(i))).collect();
        let deletes: Vec<_> =
            views.iter().map(|v| |i: usize| v.ops.is_some_and(|c| c.is_valid(i) && c.value(i) == 1)).collect();
        let rows: Vec<Rows<'_>> = (0..views.len())
            .map(|i| Rows { hashes: views[i].hashes, key: &keys[i], version: &versions[i], deletes: &deletes[i] })
            .collect();
        then(&rows)
    }

    /// The winners of each part as the rows of the entity's table. `carried` holds, for columns that the run does not
    /// send, the old rows' values; a winner's `base` says which.
    pub(crate) fn table_rows(
        &self,
        stream: i32,
        winners: &[Winner],
        carried: &[(String, ArrayRef)],
    ) -> Result<Vec<RecordBatch>, Fault> {
        let mut out = Vec::with_capacity(self.parts.len());
        let mut rest = winners;
        let mut schema: Option<SchemaRef> = None;
        for (p, part) in self.parts.iter().enumerate() {
            let count = rest.partition_point(|w| w.batch as usize <= p);
            let (mine, others) = rest.split_at(count);
            rest = others;
            if mine.is_empty() {
                continue;
            }
            let batch = self.part_rows(part, stream, mine, carried, schema.as_ref())?;
            schema = Some(batch.schema());
            out.push(batch);
        }
        Ok(out)
    }

    fn part_rows(
        &self,
        part: &Part,
        stream: i32,
        winners: &[Winner],
        carried: &[(String, ArrayRef)],
        schema: Option<&SchemaRef>,
    ) -> Result<RecordBatch, Fault> {
        let n = winners.len();
        let all = n == part.batch.num_rows();
        let picks = UInt64Array::from_iter_values(winners.iter().map(|w| u64::from(w.row)));
        let pick = |array: &ArrayRef| if all { Ok(Arc::clone(array)) } else { take(array, &picks, None) };
        let hashes = winners.iter().map(|w| part.hashes[w.row as usize]);
        let place = |w: &Winner| part.places.of(w.row);
        let mut names: Vec<&str> = vec!["_stream", "_hash", "_version", "_seq", "_row", "_mapping"];
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(Int32Array::from_value(stream, n)),
            Arc::new(UInt64Array::from_iter_values(hashes)),
            Arc::new(Int64Array::from_iter_values(winners.iter().map(|w| w.version))),
            Arc::new(Int64Array::from_iter_values(winners.iter().map(|w| place(w).0))),
            Arc::new(Int32Array::from_iter_values(winners.iter().map(|w| place(w).1))),
            Arc::new(Int64Array::from_value(part.mapping, n)),
        ];
        for name in std::iter::once("_key").chain(self.fields.iter().map(String::as_str)) {
            if let Some(array) = column(&part.batch, name) {
                names.push(name);
                columns.push(stored(pick(array)?));
            }
        }
        if !carried.is_empty() {
            let bases: UInt64Array = winners.iter().map(|w| w.base.map(u64::from)).collect();
            for (name, values) in carried {
                names.push(name);
                columns.push(stored(take(values, &bases, None)?));
            }
        }
        names.push("_extras");
        columns.push(match column(&part.batch, "_extras") {
            Some(array) => Arc::new(extras(&pick(array)?)),
            None => arrow::array::new_null_array(&DataType::Utf8, n),
        });
        let schema = schema.map_or_else(
            || {
                let fields: Vec<Field> =
                    names.iter().zip(&columns).map(|(n, c)| Field::new(*n, c.data_type().clone(), true)).collect();
                Arc::new(Schema::new(fields))
            },
            Arc::clone,
        );
        Ok(RecordBatch::try_new(schema, columns)?)
    }
}

/// A column as the table stores it: moments without their zone.
fn stored(array: ArrayRef) -> ArrayRef {
    if let DataType::Timestamp(TimeUnit::Microsecond, Some(_)) = array.data_type() {
        let moments: &TimestampMicrosecondArray = array.as_primitive();
        return Arc::new(moments.clone().with_timezone_opt(None::<Arc<str>>));
    }
    array
}

/// Extras as JSON text: members in one order, nulls left out, null when nothing is left.
fn extras(array: &ArrayRef) -> arrow::array::StringArray {
    let Column::Object(_, members) = Column::of(array) else {
        return arrow::array::StringArray::new_null(array.len());
    };
    let mut out = StringBuilder::with_capacity(array.len(), array.len() * 32);
    let mut text = Vec::with_capacity(256);
    for row in 0..array.len() {
        text.clear();
        if array.is_valid(row) {
            json::object(&mut text, &members, row, true);
        }
        match std::str::from_utf8(&text) {
            Ok(value) if text.len() > 2 => out.append_value(value),
            _ => out.append_null(),
        }
    }
    out.finish()
}
