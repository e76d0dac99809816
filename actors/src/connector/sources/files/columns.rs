//! Text columns filled from spans: one data buffer and one offset list a column, no allocation a field.
//!
//! Bytes are checked at the end, a column at once: that they are UTF-8 and hold no NUL. Where a column fails, its bad
//! rows are looked for one by one and given back as rejects, and the columns are made again without them.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, NullBufferBuilder, RecordBatch, RecordBatchOptions, StringArray};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::SchemaRef;
use autonomos_runtime::{Error, Result};

use super::split::{Span, unescape};

/// Copies of this many bytes cost one instruction or two, whatever the length of the field.
const SHORT: usize = 16;

/// One text column under construction.
pub struct Column {
    values: Vec<u8>,
    filled: usize,
    offsets: Vec<i32>,
    nulls: NullBufferBuilder,
    scratch: Vec<u8>,
}

impl Column {
    /// Room for about so many rows and bytes.
    pub fn new(rows: usize, bytes: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self {
            values: vec![0; bytes + SHORT],
            filled: 0,
            offsets,
            nulls: NullBufferBuilder::new(rows),
            scratch: Vec::new(),
        }
    }

    /// Appends a field; an empty one that was not quoted is null.
    #[inline]
    pub fn push(&mut self, buffer: &[u8], span: Span) {
        let len = span.len();
        if span.special() {
            self.push_quoted(buffer, span);
            return;
        }
        if len == 0 {
            self.nulls.append_null();
        } else {
            let start = span.start as usize;
            let source = buffer.get(start..).and_then(|b| b.first_chunk::<SHORT>());
            let target = self.values.get_mut(self.filled..).and_then(|v| v.first_chunk_mut::<SHORT>());
            match (source, target) {
                (Some(source), Some(target)) if len <= SHORT => *target = *source,
                _ => self.copy(span.of(buffer)),
            }
            self.filled += len;
            self.nulls.append_non_null();
        }
        self.offsets.push(self.filled as i32);
    }

    #[cold]
    fn copy(&mut self, bytes: &[u8]) {
        let end = self.filled + bytes.len();
        if end + SHORT > self.values.len() {
            self.values.resize((end + SHORT).max(self.values.len() * 2), 0);
        }
        if let Some(target) = self.values.get_mut(self.filled..end) {
            target.copy_from_slice(bytes);
        }
    }

    fn push_quoted(&mut self, buffer: &[u8], span: Span) {
        if span.escaped() {
            let mut scratch = std::mem::take(&mut self.scratch);
            scratch.clear();
            unescape(span.of(buffer), &mut scratch);
            self.push_text(&scratch);
            self.scratch = scratch;
        } else {
            self.push_text(span.of(buffer));
        }
    }

    /// Appends a value that is not null.
    pub fn push_text(&mut self, bytes: &[u8]) {
        self.copy(bytes);
        self.filled += bytes.len();
        self.nulls.append_non_null();
        self.offsets.push(self.filled as i32);
    }

    /// Appends a null.
    pub fn push_null(&mut self) {
        self.nulls.append_null();
        self.offsets.push(self.filled as i32);
    }

    /// Bytes in use.
    pub const fn bytes(&self) -> usize {
        self.filled
    }

    fn value(&self, row: usize) -> &[u8] {
        let at = |i: usize| self.offsets.get(i).map_or(0, |&o| o as usize);
        self.values.get(at(row)..at(row + 1)).unwrap_or_default()
    }

    fn finish(mut self) -> std::result::Result<ArrayRef, Box<Self>> {
        self.values.truncate(self.filled);
        if memchr::memchr(0, &self.values).is_some() {
            return Err(Box::new(self));
        }
        let nulls = self.nulls.finish_cloned();
        let offsets = OffsetBuffer::new(ScalarBuffer::from(std::mem::take(&mut self.offsets)));
        let values = Buffer::from_vec(std::mem::take(&mut self.values));
        match StringArray::try_new(offsets.clone(), values.clone(), nulls) {
            Ok(array) => Ok(Arc::new(array)),
            Err(_) => Err(Box::new(Self { values: values.to_vec(), offsets: offsets.to_vec(), ..self })),
        }
    }
}

/// A row that a finished batch cannot hold.
#[derive(Debug, PartialEq, Eq)]
pub struct Bad {
    /// Index in the batch as it was filled.
    pub index: usize,
    /// Column at fault.
    pub column: usize,
    /// Stable code.
    pub code: &'static str,
    /// All fields, with what cannot be read replaced.
    pub fields: Vec<String>,
}

/// Turns full columns into a batch, without the rows that are not text.
pub fn finish(schema: &SchemaRef, columns: Vec<Column>, rows: usize) -> Result<(RecordBatch, Vec<Bad>)> {
    let finished: Vec<_> = columns.into_iter().map(Column::finish).collect();
    if finished.iter().all(std::result::Result::is_ok) {
        return Ok((batch(schema, finished.into_iter().flatten().collect(), rows)?, Vec::new()));
    }
    let mut bad: BTreeMap<usize, (usize, &'static str)> = BTreeMap::new();
    for (c, column) in finished.iter().enumerate() {
        let Err(column) = column else { continue };
        for row in 0..rows {
            let value = column.value(row);
            if memchr::memchr(0, value).is_some() {
                bad.entry(row).or_insert((c, "text.nul_byte"));
            } else if std::str::from_utf8(value).is_err() {
                bad.entry(row).or_insert((c, "text.invalid_utf8"));
            }
        }
    }
    let text = |column: &std::result::Result<ArrayRef, Box<Column>>, row: usize| -> Option<Vec<u8>> {
        match column {
            Ok(array) => {
                let array = arrow::array::AsArray::as_string::<i32>(array);
                (!arrow::array::Array::is_null(array, row)).then(|| array.value(row).as_bytes().to_vec())
            }
            Err(column) => {
                let null = column.nulls.finish_cloned().is_some_and(|n| n.is_null(row));
                (!null).then(|| column.value(row).to_vec())
            }
        }
    };
    let rejects = bad
        .iter()
        .map(|(&index, &(column, code))| Bad {
            index,
            column,
            code,
            fields: finished
                .iter()
                .map(|c| String::from_utf8_lossy(&text(c, index).unwrap_or_default()).into_owned())
                .collect(),
        })
        .collect();
    let mut arrays = Vec::with_capacity(finished.len());
    for column in &finished {
        let mut again = Column::new(rows, 0);
        let nulls = match column {
            Ok(array) => arrow::array::Array::nulls(array).cloned(),
            Err(column) => column.nulls.finish_cloned(),
        };
        for row in (0..rows).filter(|row| !bad.contains_key(row)) {
            let value = match column {
                Ok(array) => arrow::array::AsArray::as_string::<i32>(array).value(row).as_bytes(),
                Err(column) => column.value(row),
            };
            if nulls.as_ref().is_some_and(|n| n.is_null(row)) {
                again.push_null();
            } else {
                again.push_text(value);
            }
        }
        let array = again.finish().map_err(|_| {
            Error::internal(
                "text.still_invalid",
                "Rows that are not text were left after all such rows were taken out.",
            )
        })?;
        arrays.push(array);
    }
    Ok((batch(schema, arrays, rows - bad.len())?, rejects))
}

fn batch(schema: &SchemaRef, arrays: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema.clone(), arrays, &options)
        .map_err(|e| Error::internal("source.batch", "The rows read do not fit their columns.").source(e))
}
