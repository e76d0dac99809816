//! A whole view as bytes: JSON, CSV, Arrow or Parquet, written while it is read, never held whole.
//!
//! The read runs on the blocking pool and hands chunks through a short channel; a reader that stops taking them stops
//! the read. One transaction, so an export is of one position. In CSV, a text cell that a spreadsheet would take for a
//! formula gets a leading apostrophe; numbers stay numbers.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray, StringBuilder, TimestampMicrosecondArray};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef, UInt64Type};
use arrow::ipc::writer::StreamWriter;
use autonomos_runtime::canonical::entity::{FieldType, UTC};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use tokio::sync::mpsc;

use super::engine::{Conn, Fault};
use super::handle::Sources;
use super::json::{self, Column};
use super::page::{RowEncoder, push_id};
use super::query::{LEADING, Query};
use super::views::{at_one_moment, read_sources};
use crate::platform::shapes::ExportFormat;

/// Bytes gathered before a chunk is handed over.
const CHUNK: usize = 256 << 10;
/// Rows gathered before a columnar batch is written.
const BATCH_ROWS: usize = 16_384;
/// Rows of a Parquet row group.
const GROUP_ROWS: usize = 131_072;

/// What goes through the channel: first the position, then chunks.
pub(crate) type Chunk = Result<Bytes, std::io::Error>;

/// A channel whose far end may be gone.
struct Sink {
    to: mpsc::Sender<Chunk>,
    open: bool,
}

impl Sink {
    /// False when nobody takes chunks any more.
    fn send(&mut self, bytes: Vec<u8>) -> bool {
        if !bytes.is_empty() && self.open {
            self.open = self.to.blocking_send(Ok(Bytes::from(bytes))).is_ok();
        }
        self.open
    }

    /// Sends what is gathered, if it is enough.
    fn drain(&mut self, buffer: &mut Vec<u8>) -> bool {
        if buffer.len() < CHUNK {
            return self.open;
        }
        let full = std::mem::replace(buffer, Vec::with_capacity(CHUNK + 4096));
        self.send(full)
    }
}

/// Reads and writes everything. `begun` gets the position as soon as it is known, and says whether to go on.
pub(crate) fn run(
    conn: &Conn,
    query: &Query,
    format: ExportFormat,
    begun: impl FnOnce(i64) -> bool,
    to: mpsc::Sender<Chunk>,
) -> Result<(), Fault> {
    let mut sink = Sink { to, open: true };
    at_one_moment(conn, |position| {
        if !begun(position) {
            return Ok(()); // nobody waits for it any more
        }
        let sources = read_sources(conn)?;
        match format {
            ExportFormat::Json => as_json(conn, query, &sources, &mut sink),
            ExportFormat::Csv => as_csv(conn, query, &sources, &mut sink),
            ExportFormat::Arrow => as_arrow(conn, query, &sources, &mut sink),
            ExportFormat::Parquet => as_parquet(conn, query, &sources, &mut sink),
        }
    })
}

/// Visits the rows; stops at the first error.
fn each(conn: &Conn, query: &Query, mut visit: impl FnMut(RecordBatch) -> Result<bool, Fault>) -> Result<(), Fault> {
    let sql = query.export_sql();
    let mut failed = None;
    conn.stream(&sql.sql, &sql.binds, |batch| match visit(batch) {
        Ok(more) => more,
        Err(fault) => {
            failed = Some(fault);
            false
        }
    })?;
    failed.map_or(Ok(()), Err)
}

fn as_json(conn: &Conn, query: &Query, sources: &Sources, sink: &mut Sink) -> Result<(), Fault> {
    let encoder = RowEncoder::new(&query.shown, sources);
    let mut buffer = vec![b'['];
    let mut first = true;
    each(conn, query, |batch| {
        encoder.rows(&mut buffer, &batch, batch.num_rows(), &mut first)?;
        Ok(sink.drain(&mut buffer))
    })?;
    buffer.push(b']');
    sink.send(buffer);
    Ok(())
}

/// The columns of a flat export.
fn flat_schema(query: &Query) -> SchemaRef {
    let mut fields = vec![Field::new("id", DataType::Utf8, false)];
    fields.extend(query.shown.fields.iter().map(|(name, kind)| Field::new(name, kind.data_type(), true)));
    if query.shown.external_ids {
        fields.push(Field::new("external_ids", DataType::Utf8, false));
    }
    if query.shown.extras {
        fields.push(Field::new("extras", DataType::Utf8, true));
    }
    if query.shown.source {
        fields.extend(
            ["source_connection_id", "source_stream", "source_key"].map(|n| Field::new(n, DataType::Utf8, true)),
        );
        fields.extend(["source_seq", "source_mapping_version"].map(|n| Field::new(n, DataType::Int64, true)));
    }
    Arc::new(Schema::new(fields))
}

/// A batch of the query as the rows of a flat export.
fn flat(query: &Query, schema: &SchemaRef, batch: &RecordBatch, sources: &Sources) -> Result<RecordBatch, Fault> {
    let rows = batch.num_rows();
    let hashes = batch.column(1).as_primitive::<UInt64Type>();
    let keys = batch.column(2).as_string::<i32>();
    let mut ids = StringBuilder::with_capacity(rows, rows * 16);
    let mut text = Vec::with_capacity(64);
    for row in 0..rows {
        text.clear();
        push_id(&mut text, hashes.value(row));
        ids.append_value(std::str::from_utf8(&text).unwrap_or_default());
    }
    let mut columns: Vec<ArrayRef> = vec![Arc::new(ids.finish())];
    for (i, (_, kind)) in query.shown.fields.iter().enumerate() {
        let column = batch.column(LEADING + i);
        columns.push(if *kind == FieldType::Datetime {
            let moments: &TimestampMicrosecondArray = column.as_primitive();
            Arc::new(moments.clone().with_timezone(UTC))
        } else {
            Arc::clone(column)
        });
    }
    if query.shown.external_ids {
        let lists = (0..rows).map(|row| {
            let mut out = vec![b'['];
            json::text(&mut out, keys.value(row));
            out.push(b']');
            String::from_utf8(out).unwrap_or_default()
        });
        columns.push(Arc::new(StringArray::from_iter_values(lists)));
    }
    if query.shown.extras {
        columns.push(Arc::clone(batch.column(6)));
    }
    if query.shown.source {
        let streams = batch.column(0).as_primitive::<Int32Type>();
        let (connections, names): (Vec<String>, Vec<String>) =
            (0..rows).map(|row| named(sources, streams.value(row))).unzip();
        columns.push(Arc::new(StringArray::from(connections)));
        columns.push(Arc::new(StringArray::from(names)));
        columns.push(Arc::clone(batch.column(2)));
        columns.push(Arc::clone(batch.column(3)));
        columns.push(Arc::clone(batch.column(5)));
    }
    let columns =
        columns
            .iter()
            .zip(schema.fields())
            .map(|(c, f)| {
                if c.data_type() == f.data_type() { Ok(Arc::clone(c)) } else { arrow::compute::cast(c, f.data_type()) }
            })
            .collect::<Result<Vec<_>, _>>()?;
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

/// Connection and stream of a source id, out of its JSON members.
fn named(sources: &Sources, id: i32) -> (String, String) {
    let members = sources.get(&id).map(|m| format!("{{{m}}}")).unwrap_or_default();
    let value: serde_json::Value = serde_json::from_str(&members).unwrap_or_default();
    let of = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    (of("connection_id"), of("stream"))
}

/// Gathers DuckDB's small batches into larger ones.
fn gathered(
    conn: &Conn,
    query: &Query,
    schema: &SchemaRef,
    sources: &Sources,
    mut write: impl FnMut(&RecordBatch) -> Result<bool, Fault>,
) -> Result<(), Fault> {
    let mut waiting: Vec<RecordBatch> = Vec::new();
    let mut rows = 0;
    each(conn, query, |batch| {
        rows += batch.num_rows();
        waiting.push(flat(query, schema, &batch, sources)?);
        if rows < BATCH_ROWS {
            return Ok(true);
        }
        rows = 0;
        write(&concat_batches(schema, &std::mem::take(&mut waiting))?)
    })?;
    if !waiting.is_empty() {
        write(&concat_batches(schema, &waiting)?)?;
    }
    Ok(())
}

fn as_arrow(conn: &Conn, query: &Query, sources: &Sources, sink: &mut Sink) -> Result<(), Fault> {
    let schema = flat_schema(query);
    let mut writer = StreamWriter::try_new(Vec::new(), &schema)?;
    gathered(conn, query, &schema, sources, |batch| {
        writer.write(batch)?;
        let bytes = std::mem::take(writer.get_mut());
        Ok(sink.send(bytes))
    })?;
    writer.finish()?;
    sink.send(std::mem::take(writer.get_mut()));
    Ok(())
}

fn as_parquet(conn: &Conn, query: &Query, sources: &Sources, sink: &mut Sink) -> Result<(), Fault> {
    let failed = |e: parquet::errors::ParquetError| Fault::other(e.to_string());
    let schema = flat_schema(query);
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), Some(properties)).map_err(failed)?;
    gathered(conn, query, &schema, sources, |batch| {
        writer.write(batch).map_err(failed)?;
        let bytes = std::mem::take(writer.inner_mut());
        Ok(sink.send(bytes))
    })?;
    let rest = writer.into_inner().map_err(failed)?;
    sink.send(rest);
    Ok(())
}

fn as_csv(conn: &Conn, query: &Query, sources: &Sources, sink: &mut Sink) -> Result<(), Fault> {
    let schema = flat_schema(query);
    let mut buffer = Vec::with_capacity(CHUNK + 4096);
    for (i, field) in schema.fields().iter().enumerate() {
        if i > 0 {
            buffer.push(b',');
        }
        cell(&mut buffer, field.name());
    }
    buffer.extend_from_slice(b"\r\n");
    gathered(conn, query, &schema, sources, |batch| {
        let columns: Vec<Column> = batch.columns().iter().map(Column::of).collect();
        for row in 0..batch.num_rows() {
            for (i, column) in columns.iter().enumerate() {
                if i > 0 {
                    buffer.push(b',');
                }
                match column {
                    _ if column.is_null(row) => {}
                    Column::Text(values) => cell(&mut buffer, values.value(row)),
                    Column::Date(_) | Column::Micros(_) => {
                        let start = buffer.len();
                        column.write(&mut buffer, row);
                        buffer.pop();
                        buffer.remove(start);
                    }
                    _ => column.write(&mut buffer, row),
                }
            }
            buffer.extend_from_slice(b"\r\n");
        }
        Ok(sink.drain(&mut buffer))
    })?;
    sink.send(buffer);
    Ok(())
}

/// Writes a text cell: quoted if it must be, defused if a spreadsheet would run it.
fn cell(out: &mut Vec<u8>, text: &str) {
    let defuse = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !defuse && !text.contains([',', '"', '\n', '\r']) {
        return out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
    if defuse {
        out.push(b'\'');
    }
    for piece in text.split_inclusive('"') {
        out.extend_from_slice(piece.as_bytes());
        if piece.ends_with('"') {
            out.push(b'"');
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_defused() {
        for (text, want) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("+49", "\"'+49\""),
            ("-5", "\"'-5\""),
            ("@x", "\"'@x\""),
            ("\tx", "\"'\tx\""),
            ("two\nlines", "\"two\nlines\""),
            ("", ""),
        ] {
            let mut out = Vec::new();
            cell(&mut out, text);
            assert_eq!(String::from_utf8(out).unwrap(), want, "{text:?}");
        }
    }
}
