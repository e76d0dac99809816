//! An answer of columns and rows, as JSON: `{"columns":[{"name":...,"type":...}],"rows":[[...]],"truncated":...,
//! "position":...,"ms":...}`, written while it is read, until it has as many rows or bytes as it may. One that was cut says
//! so.
//!
//! Blocking; runs where the connection is read. Nothing is kept of it.

use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Schema};

use super::engine::{Bind, Conn, Fault};
use super::json::{self, Column};

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Table {
    columns: Vec<u8>,
    rows: Vec<u8>,
    count: usize,
    truncated: bool,
    /// Whether the first row alone is larger than the whole may be.
    pub(crate) too_large: bool,
}

impl Table {
    /// Runs a statement for at most so many rows and bytes.
    pub(crate) fn read(conn: &Conn, sql: &str, binds: &[Bind], rows: usize, bytes: usize) -> Result<Self, Fault> {
        let mut table = Self::default();
        let schema = conn.stream(sql, binds, |batch| table.add(&batch, rows, bytes))?;
        table.columns = columns(&schema);
        Ok(table)
    }

    /// Writes a batch; false when no more is wanted.
    fn add(&mut self, batch: &RecordBatch, rows: usize, bytes: usize) -> bool {
        let columns: Vec<Column> = batch.columns().iter().map(Column::of).collect();
        for row in 0..batch.num_rows() {
            let before = self.rows.len();
            if self.count < rows {
                self.rows.extend_from_slice(if self.count == 0 { b"[" } else { b",[" });
                for (i, column) in columns.iter().enumerate() {
                    if i > 0 {
                        self.rows.push(b',');
                    }
                    column.write(&mut self.rows, row);
                }
                self.rows.push(b']');
            }
            if self.count == rows || self.rows.len() > bytes {
                self.rows.truncate(before);
                self.too_large = self.count == 0;
                self.truncated = true;
                return false;
            }
            self.count += 1;
        }
        true
    }

    /// The whole answer.
    pub(crate) fn encode(mut self, position: i64, took: Duration) -> Vec<u8> {
        let mut out = b"{\"columns\":[".to_vec();
        out.append(&mut self.columns);
        out.extend_from_slice(b"],\"rows\":[");
        out.append(&mut self.rows);
        out.extend_from_slice(if self.truncated { b"],\"truncated\":true" } else { b"],\"truncated\":false" });
        out.extend_from_slice(b",\"position\":");
        json::int(&mut out, position);
        out.extend_from_slice(b",\"ms\":");
        json::int(&mut out, took.as_millis() as i64);
        out.push(b'}');
        out
    }
}

fn columns(schema: &Schema) -> Vec<u8> {
    let mut out = Vec::new();
    for (i, field) in schema.fields().iter().enumerate() {
        out.extend_from_slice(if i == 0 { b"{\"name\":" } else { b",{\"name\":" });
        json::text(&mut out, field.name());
        out.extend_from_slice(b",\"type\":");
        json::text(&mut out, kind(field.data_type()));
        out.push(b'}');
    }
    out
}

/// What a column holds, in the words that the views have for it where they have one.
fn kind(of: &DataType) -> &'static str {
    match of {
        DataType::Null => "null",
        DataType::Boolean => "boolean",
        // Sums of whole numbers.
        DataType::Decimal128(_, 0) => "integer",
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            "money"
        }
        DataType::Date32 | DataType::Date64 => "date",
        DataType::Timestamp(..) => "datetime",
        DataType::Time32(_) | DataType::Time64(_) => "time",
        DataType::Interval(_) | DataType::Duration(_) => "interval",
        DataType::Struct(_) | DataType::Map(..) => "map",
        DataType::Union(..) => "union",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => "binary",
        kind if kind.is_integer() => "integer",
        kind if kind.is_floating() => "number",
        kind if kind.is_list() => "list",
        _ => "string",
    }
}
