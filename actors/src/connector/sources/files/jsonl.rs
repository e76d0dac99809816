//! JSON Lines to typed columns: nested objects become dotted paths, lists stay JSON text.
//!
//! A column's type is what its values in the portion allow: booleans, whole numbers, numbers, else text. A field that
//! first appears later in the file is a column from that portion on; one that no row of a portion has is no column of
//! it, which says "not sent" and not "null". A line that is no JSON object is a reject; blank lines are not rows. Numbers
//! with a fraction are doubles, whose shortest text is the one that was written up to 15 digits. A file that holds one
//! JSON array gets a clear error.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, RecordBatchOptions, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use autonomos_runtime::{Error, Result};
use serde_json::Value;

use super::portion::{Mark, Portion, reject_text};
use super::text::{Encoding, Text};
use crate::connector::source::{Limits, Reject, cancelled};
use crate::files::Content;

/// Cells of a portion at most, also empty ones: lines that each bring another field must not fill the memory.
const CELLS: usize = 8_000_000;
/// Objects inside objects that become paths; deeper ones stay JSON text.
const DEEPEST: usize = 8;

/// See the module.
pub struct Jsonl {
    text: Text,
    row: u64,
    terminated: bool,
}

impl Jsonl {
    /// Opens a file; none if there is nothing in it.
    pub fn open(file: Content, encoding: Option<Encoding>) -> Result<Option<Self>> {
        // Single-byte encodings are not allowed in JSON: never guess one, reject the lines instead.
        let mut text = Text::open(file, encoding)?;
        if text.encoding() == Encoding::Windows1252 && encoding.is_none() {
            text = Text::open(text.into_file()?, Some(Encoding::Utf8))?;
        }
        let first = text.rest().iter().find(|b| !b.is_ascii_whitespace());
        match first {
            None if text.ended() || text.rest().is_empty() => Ok(None),
            Some(b'[') => {
                Err(Error::invalid("jsonl.array", "The file holds one JSON array, not a JSON object a line.")
                    .field("path")
                    .remedy("Write one object a line, for example with: jq -c '.[]' file.json"))
            }
            _ => Ok(Some(Self { text, row: 0, terminated: true })),
        }
    }

    /// Bytes of the file read so far.
    pub const fn raw_read(&self) -> u64 {
        self.text.raw_read()
    }

    /// Whether the last line had an end.
    pub const fn terminated(&self) -> bool {
        self.terminated
    }

    /// Where it stands.
    pub fn mark(&self) -> Mark {
        Mark { offset: self.text.offset(), row: self.row, digest: self.text.digest() }
    }

    /// Goes on from a mark; false if the file does not begin with what was read then.
    pub fn resume(&mut self, mark: &Mark, stop: &dyn Fn() -> bool) -> Result<bool> {
        while self.text.offset() < mark.offset {
            if stop() {
                return Err(cancelled());
            }
            if !self.text.skip_to(mark.offset.min(self.text.offset() + (64 << 20)))? {
                return Ok(false);
            }
        }
        self.row = mark.row;
        Ok(self.text.digest() == mark.digest)
    }

    /// The next rows; none at the end.
    pub fn next(&mut self, limits: &Limits, stop: &dyn Fn() -> bool) -> Result<Option<Portion>> {
        let started = self.text.offset();
        let mut table = Table::default();
        let mut numbers = Vec::new();
        let mut rejects: Vec<Reject> = Vec::new();
        while numbers.len() + rejects.len() < limits.batch_rows
            && self.text.offset() - started < limits.batch_bytes as u64
            && table.names.len() * numbers.len() < CELLS
        {
            let rest = self.text.rest();
            let (line, took) = match memchr::memchr(b'\n', rest) {
                Some(end) => (rest.get(..end).unwrap_or_default(), end + 1),
                None if rest.len() > limits.row_bytes => {
                    self.row += 1;
                    let reason = format!("The line is longer than {} bytes.", limits.row_bytes);
                    rejects.push(reject_text(self.row, rest, "jsonl.row_too_long", reason));
                    self.pass_line(stop)?;
                    continue;
                }
                None if self.text.ended() => {
                    if rest.is_empty() {
                        break;
                    }
                    self.terminated = false;
                    (rest, rest.len())
                }
                None => {
                    if stop() {
                        return Err(cancelled());
                    }
                    self.text.fill()?;
                    continue;
                }
            };
            if !line.iter().all(u8::is_ascii_whitespace) {
                self.row += 1;
                match take(line, limits, &mut table, numbers.len()) {
                    Ok(()) => numbers.push(self.row),
                    Err((code, reason)) => rejects.push(reject_text(self.row, line, code, reason)),
                }
            }
            self.text.consume(took);
        }
        if numbers.is_empty() && rejects.is_empty() {
            return Ok(None);
        }
        let columns = table.finish(numbers.len())?;
        Ok(Some(Portion::new(columns, numbers, rejects, self.row + 1)))
    }

    fn pass_line(&mut self, stop: &dyn Fn() -> bool) -> Result<()> {
        loop {
            let rest = self.text.rest();
            if let Some(end) = memchr::memchr(b'\n', rest) {
                self.text.consume(end + 1);
                return Ok(());
            }
            let length = rest.len();
            self.text.consume(length);
            if self.text.ended() {
                return Ok(());
            }
            if stop() {
                return Err(cancelled());
            }
            self.text.fill()?;
        }
    }
}

fn take(line: &[u8], limits: &Limits, table: &mut Table, row: usize) -> Result<(), (&'static str, String)> {
    if std::str::from_utf8(line).is_err() {
        return Err(("text.invalid_utf8", "The line holds bytes that are not UTF-8.".to_owned()));
    }
    let object: serde_json::Map<String, Value> = serde_json::from_slice(line).map_err(|e| {
        if e.is_data() {
            ("jsonl.not_an_object", "The line is not a JSON object.".to_owned())
        } else {
            ("jsonl.not_json", format!("The line is not JSON: {e}."))
        }
    })?;
    let mut cells = Vec::with_capacity(object.len());
    for (name, value) in object {
        flatten(name, value, DEEPEST, &mut cells);
    }
    if let Some((name, _)) = cells.iter().find(|(_, cell)| cell.bytes() > limits.field_bytes) {
        return Err(("jsonl.field_too_long", format!("`{name}` is longer than {} bytes.", limits.field_bytes)));
    }
    if cells.iter().any(|(name, cell)| name.contains('\0') || matches!(cell, Cell::Text(t) if t.contains('\0'))) {
        return Err(("text.nul_byte", "The line holds a NUL byte.".to_owned()));
    }
    table.add(row, cells, limits.columns)
}

fn flatten(path: String, value: Value, deeper: usize, out: &mut Vec<(String, Cell)>) {
    match value {
        Value::Null => out.push((path, Cell::Null)),
        Value::Bool(b) => out.push((path, Cell::Bool(b))),
        Value::Number(n) => out.push((path, number(&n))),
        Value::String(s) => out.push((path, Cell::Text(s))),
        Value::Object(inner) if deeper > 0 && !inner.is_empty() => {
            for (name, value) in inner {
                flatten(format!("{path}.{name}"), value, deeper - 1, out);
            }
        }
        list => out.push((path, Cell::Text(list.to_string()))),
    }
}

fn number(n: &serde_json::Number) -> Cell {
    match (n.as_i64(), n.as_u64(), n.as_f64()) {
        (Some(whole), _, _) => Cell::Int(whole),
        (None, None, Some(number)) => Cell::Float(number),
        _ => Cell::Text(n.to_string()),
    }
}

#[derive(Clone, Debug)]
enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
}

impl Cell {
    const fn bytes(&self) -> usize {
        match self {
            Self::Text(t) => t.len(),
            _ => 8,
        }
    }

    fn text(self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Bool(b) => Some(b.to_string()),
            Self::Int(i) => Some(i.to_string()),
            Self::Float(f) => Some(Value::from(f).to_string()),
            Self::Text(t) => Some(t),
        }
    }
}

#[derive(Default)]
struct Table {
    index: ahash::AHashMap<String, usize>,
    names: Vec<String>,
    columns: Vec<Vec<Cell>>,
}

impl Table {
    fn add(&mut self, row: usize, cells: Vec<(String, Cell)>, most: usize) -> Result<(), (&'static str, String)> {
        let fresh = cells.iter().filter(|(name, _)| !self.index.contains_key(name)).count();
        if self.names.len() + fresh > most {
            return Err(("jsonl.too_many_fields", format!("With this row the file has more than {most} fields.")));
        }
        for (name, cell) in cells {
            let at = *self.index.entry(name).or_insert_with_key(|name| {
                self.names.push(name.clone());
                self.columns.push(Vec::new());
                self.names.len() - 1
            });
            if let Some(column) = self.columns.get_mut(at) {
                column.resize(row, Cell::Null);
                column.push(cell);
            }
        }
        Ok(())
    }

    fn finish(self, rows: usize) -> Result<RecordBatch> {
        let mut fields = Vec::with_capacity(self.names.len());
        let mut arrays = Vec::with_capacity(self.names.len());
        for (name, mut cells) in self.names.into_iter().zip(self.columns) {
            // A name given twice in one object leaves one cell too many: the later one counts.
            cells.truncate(rows);
            cells.resize(rows, Cell::Null);
            let array = column(cells);
            fields.push(Field::new(name, array.data_type().clone(), true));
            arrays.push(array);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
            .map_err(|e| Error::internal("source.batch", "The rows read do not fit their columns.").source(e))
    }
}

fn column(cells: Vec<Cell>) -> ArrayRef {
    let kind = cells.iter().fold(DataType::Null, |kind, cell| match (kind, cell) {
        (kind, Cell::Null) => kind,
        (DataType::Null | DataType::Boolean, Cell::Bool(_)) => DataType::Boolean,
        (DataType::Null | DataType::Int64, Cell::Int(_)) => DataType::Int64,
        (DataType::Null | DataType::Int64 | DataType::Float64, Cell::Float(_)) | (DataType::Float64, Cell::Int(_)) => {
            DataType::Float64
        }
        _ => DataType::Utf8,
    });
    match kind {
        DataType::Boolean => {
            let bools = cells.iter().map(|c| if let Cell::Bool(b) = c { Some(*b) } else { None });
            Arc::new(bools.collect::<BooleanArray>())
        }
        DataType::Int64 => {
            let whole = cells.iter().map(|c| if let Cell::Int(i) = c { Some(*i) } else { None });
            Arc::new(whole.collect::<Int64Array>())
        }
        DataType::Float64 => {
            let numbers = cells.iter().map(|c| match c {
                Cell::Int(i) => Some(*i as f64),
                Cell::Float(f) => Some(*f),
                _ => None,
            });
            Arc::new(numbers.collect::<Float64Array>())
        }
        _ => Arc::new(cells.into_iter().map(Cell::text).collect::<StringArray>()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, Write as _};

    use arrow::array::AsArray as _;
    use arrow::datatypes::{Float64Type, Int64Type};

    use super::*;

    fn open(text: &[u8]) -> Result<Option<Jsonl>> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        file.rewind().unwrap();
        Jsonl::open(Content::File(file), None)
    }

    #[test]
    fn nested_typed_and_growing() {
        let text = br#"{"id":1,"a":{"b":true,"c":{"d":"x"}},"tags":["p",1],"n":1}
{"id":2,"n":2.5,"a":{}}

nonsense
[1]
{"id":3,"late":"yes","m":"1"}
{"id":4,"m":5,"n":null}"#;
        let limits = Limits { batch_rows: 4, ..Limits::default() };
        let mut jsonl = open(text).unwrap().unwrap();
        let one = jsonl.next(&limits, &|| false).unwrap().unwrap();
        let names: Vec<_> = one.columns.schema().fields().iter().map(|f| f.name().clone()).collect();
        assert_eq!(names, ["id", "a.b", "a.c.d", "tags", "n", "a"]);
        assert_eq!(one.columns["id"].as_primitive::<Int64Type>().values(), &[1, 2]);
        assert_eq!(one.columns["n"].as_primitive::<Float64Type>().values(), &[1.0, 2.5]);
        assert_eq!(one.columns["tags"].as_string::<i32>().value(0), r#"["p",1]"#);
        let rejects: Vec<_> = one.rejects.iter().map(|r| (r.row, r.code.to_string())).collect();
        assert_eq!(rejects, [(3, "jsonl.not_json".into()), (4, "jsonl.not_an_object".into())]);
        let mark = jsonl.mark();
        let two = jsonl.next(&limits, &|| false).unwrap().unwrap();
        assert_eq!(two.first_row, 5);
        assert_eq!(two.columns["m"].as_string::<i32>().value(1), "5");
        assert!(two.columns.column_by_name("tags").is_none());
        assert!(jsonl.next(&limits, &|| false).unwrap().is_none());
        let mut again = open(text).unwrap().unwrap();
        assert!(again.resume(&mark, &|| false).unwrap());
        assert_eq!(again.next(&limits, &|| false).unwrap().unwrap().columns, two.columns);
        assert_eq!(open(b" [{}]").err().unwrap().code, "jsonl.array");
        assert!(open(b"").unwrap().is_none());
    }
}
