//! Where one value of a record comes from: the batch it was read in, the rule that made it, and what the source had sent.
//!
//! A row of a view names the batch and the place in it that it was made from. Compaction may have moved the batch into a
//! later entry of its stream, which is followed. A batch that does not send a column leaves the record's last value as it
//! was: then the batch is looked for that sent it, backwards, and not further than [`BACK`] of them.
//!
//! A column that no rule reads is kept as the source sent it; of one that a rule reads, the log has what the cast made of it.
//! Which of the two it is, is said.

use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use autonomos_runtime::canonical::entity::FieldDef;
use autonomos_runtime::canonical::json;
use autonomos_runtime::canonical::mapping::Mapping;
use autonomos_runtime::canonical::normalize::{EXTRAS, KEY};
use autonomos_runtime::canonical::pack::Pack;
use autonomos_runtime::canonical::path::Path;
use autonomos_runtime::canonical::remap;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{EntryKind, LogEntry, MappingVersion, ReadLimit, Tx};
use autonomos_runtime::{Error, Kind, Result};
use serde_json::Value;

use crate::connector::replaying::off_thread;

/// Batches that are looked through for a value that a later one did not send.
const BACK: usize = 64;
/// Entries that are looked through for a batch that compaction moved.
const MOVED: usize = 64;
/// Outlines of a stream that are read.
const OUTLINES: u32 = 100_000;

/// A batch of the log with its rows.
#[derive(Clone, Debug)]
pub struct Batch {
    /// What the log says of it; the payload left out.
    pub entry: LogEntry,
    /// Its rows, as they were committed.
    pub rows: RecordBatch,
}

/// What the source had sent for a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The value.
    pub value: Value,
    /// `sent`: as the source sent it; `cast`: as the cast left it.
    pub form: &'static str,
}

/// Where a record's state was read.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// Connection.
    pub connection: ConnectionId,
    /// Stream.
    pub stream: &'a str,
    /// The record's key there.
    pub key: &'a str,
    /// Position of the batch.
    pub seq: i64,
    /// Row in it.
    pub row: usize,
}

/// How a value came about.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The batch that sent it.
    pub batch: Arc<Batch>,
    /// The row in it.
    pub row: usize,
    /// The rules that the batch was made under.
    pub made_by: Option<MappingVersion>,
    /// What the source had sent.
    pub sent: Option<Sent>,
    /// Whether later batches of the record did not send the column.
    pub carried: bool,
}

/// The batch at a position, wherever it is by now; none: its rows were all superseded and are dropped, or erased.
pub async fn batch(tx: &mut dyn Tx, connection: ConnectionId, stream: &str, seq: i64) -> Result<Option<Batch>> {
    let mut entry = tx.log_entry(seq).await?;
    let payload = std::mem::take(&mut entry.payload);
    if !payload.is_empty() {
        let rows = off_thread(move || of_pack(seq, seq, &payload)).await?;
        return Ok(rows.map(|rows| Batch { entry, rows }));
    }
    let mut after = seq;
    for _ in 0..MOVED {
        let next = tx.read_stream(connection, stream, after, ReadLimit { bytes: 1, entries: 1 }).await?;
        let Some(moved) = next.into_iter().next() else { return Ok(None) };
        after = moved.seq;
        if let Some(rows) = off_thread(move || of_pack(moved.seq, seq, &moved.payload)).await? {
            return Ok(Some(Batch { entry, rows }));
        }
    }
    Ok(None)
}

/// The batch of a position in a payload.
fn of_pack(at: i64, seq: i64, payload: &[u8]) -> Result<Option<RecordBatch>> {
    let pack = Pack::decode(at, payload)?;
    (0..pack.len()).find(|n| pack.seq(*n) == seq).map(|n| pack.batch(n)).transpose()
}

/// What a batch's row had in a source column; none: the batch has no such column.
pub fn sent(batch: &RecordBatch, made_by: &Mapping, path: &str, row: usize) -> Result<Option<Sent>> {
    let columns = remap::sources(batch, made_by)?;
    let Some(found) = Path::find(columns.schema_ref().fields(), path) else { return Ok(None) };
    let array = found.take(&columns);
    if row >= array.len() {
        return Ok(None);
    }
    let extras = batch.column_by_name(EXTRAS).and_then(|extras| extras.as_struct_opt());
    let kept = extras.is_some_and(|extras| Path::find(extras.fields(), path).is_some());
    let mut text = Vec::new();
    json::write_value(&mut text, &array, row);
    let value = serde_json::from_slice(&text).unwrap_or_default();
    Ok(Some(Sent { value, form: if kept { "sent" } else { "cast" } }))
}

/// Row of a key in a batch, the last of them.
fn row_of(batch: &RecordBatch, key: &str) -> Option<usize> {
    let keys = batch.column_by_name(KEY)?.as_string_opt::<i32>()?;
    (0..keys.len()).rev().find(|row| keys.is_valid(*row) && keys.value(*row) == key)
}

/// See the module. `path` is the source column that the rule in force reads; none: no rule does.
pub async fn origin(
    tx: &mut dyn Tx,
    place: &Place<'_>,
    field: &FieldDef,
    path: Option<&str>,
    first: &Arc<Batch>,
) -> Result<Origin> {
    let made_by = version(tx, place, &first.entry).await?;
    let found = look(first, made_by.as_ref(), field, path, place.row)?;
    let here =
        |sent| Origin { batch: Arc::clone(first), row: place.row, made_by: made_by.clone(), sent, carried: false };
    if found.is_some() || path.is_none() {
        return Ok(here(found));
    }
    let outlines = tx.outline(place.connection, place.stream, 0, OUTLINES).await?;
    let earlier = outlines.iter().filter(|o| o.kind == EntryKind::Records && o.seq < place.seq).rev();
    for outline in earlier.take(BACK) {
        let entry = tx.log_entry(outline.seq).await?;
        let (payload, at) = (entry.payload.clone(), entry.seq);
        let pieces = off_thread(move || Pack::decode(at, &payload)?.pieces()).await?;
        for piece in pieces.into_iter().rev() {
            let Some(row) = row_of(&piece.batch, place.key) else { continue };
            let mut entry = tx.log_entry(piece.seq).await?;
            entry.payload.clear();
            let made_by = version(tx, place, &entry).await?;
            let batch = Arc::new(Batch { entry, rows: piece.batch });
            if let Some(sent) = look(&batch, made_by.as_ref(), field, path, row)? {
                return Ok(Origin { batch, row, made_by, sent: Some(sent), carried: true });
            }
        }
    }
    Ok(here(None))
}

async fn version(tx: &mut dyn Tx, place: &Place<'_>, entry: &LogEntry) -> Result<Option<MappingVersion>> {
    let Some(version) = entry.mapping_version else { return Ok(None) };
    match tx.mapping(place.connection, place.stream, version).await {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn look(
    batch: &Batch,
    made_by: Option<&MappingVersion>,
    field: &FieldDef,
    path: Option<&str>,
    row: usize,
) -> Result<Option<Sent>> {
    let (Some(made_by), Some(path)) = (made_by, path) else { return Ok(None) };
    if row >= batch.rows.num_rows() {
        return Err(Error::internal("lineage.place", format!("a row of {} is not where it was read", field.name)));
    }
    sent(&batch.rows, &made_by.mapping, path, row)
}
