//! Delimited text (CSV, TSV) to text columns.
//!
//! Guarantee: each record is either in a portion or a reject with its number and reason; numbers count records after the
//! header from 1. Memory is bounded by one portion, one chunk and one record of `row_bytes`. An open quote that finds no
//! partner within that rejects its own line only, and reading goes on at the next. Empty header names become
//! `column_<n>`, repeated ones `name_2`, `name_3` with a warning: refusing a whole export for them helps nobody.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use autonomos_runtime::{Error, Result};

use super::columns::{Column, finish};
use super::portion::{Mark, Portion, reject_fields, reject_text};
use super::split::{Splitter, Step};
use super::text::{Encoding, Text};
use crate::connector::source::{Limits, Reject, cancelled};
use crate::files::Content;

/// Records split before their fields are copied: small enough to stay in the cache.
const BLOCK: usize = 512;

/// What the settings say about the text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dialect {
    /// Fixed delimiter; none: found from the first records.
    pub delimiter: Option<u8>,
    /// Fixed encoding; none: found from the first bytes.
    pub encoding: Option<Encoding>,
}

/// See the module.
pub struct Csv {
    text: Text,
    splitter: Splitter,
    header: Vec<String>,
    schema: SchemaRef,
    row: u64,
    hints: Vec<usize>,
    terminated: bool,
    warnings: Vec<String>,
}

impl Csv {
    /// Opens a file and reads its header; none if there is nothing in it.
    pub fn open(file: Content, dialect: Dialect, limits: &Limits) -> Result<Option<Self>> {
        let mut text = Text::open(file, dialect.encoding)?;
        if text.rest().is_empty() {
            text.fill()?;
        }
        let sample = text.rest();
        let terminator = if memchr::memchr(b'\n', sample).is_none() && memchr::memchr(b'\r', sample).is_some() {
            b'\r'
        } else {
            b'\n'
        };
        let delimiter = dialect.delimiter.unwrap_or_else(|| sniff_delimiter(sample, terminator));
        let splitter = Splitter { terminator, ..Splitter::new(delimiter) };
        let mut warnings = Vec::new();
        if text.encoding() == Encoding::Windows1252 && dialect.encoding.is_none() {
            warnings.push("The file is not UTF-8; it is read as Windows-1252 (Latin-1).".to_owned());
        }
        let Some(header) = header(&mut text, splitter, limits, &mut warnings)? else { return Ok(None) };
        let fields: Vec<Field> = header.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
        let hints = vec![0; header.len()];
        let schema = Arc::new(Schema::new(fields));
        Ok(Some(Self { text, splitter, header, schema, row: 0, hints, terminated: true, warnings }))
    }

    /// Decisions taken on the way.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Bytes of the file read so far.
    pub const fn raw_read(&self) -> u64 {
        self.text.raw_read()
    }

    /// Whether the last record ended with a line end.
    pub const fn terminated(&self) -> bool {
        self.terminated
    }

    /// The columns, when there are no rows.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// Where it stands.
    pub fn mark(&self) -> Mark {
        Mark { offset: self.text.offset(), row: self.row, digest: self.text.digest() }
    }

    /// Goes on from a mark; false if the file does not begin with what was read then.
    pub fn resume(&mut self, mark: &Mark, stop: &dyn Fn() -> bool) -> Result<bool> {
        if mark.offset < self.text.offset() {
            return Ok(false);
        }
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
        let width = self.header.len();
        let started = self.text.offset();
        let expect = limits.batch_rows.min(65_536).min(limits.batch_bytes / width.max(1));
        let mut columns: Vec<Column> = self.hints.iter().map(|&bytes| Column::new(expect, bytes)).collect();
        let mut numbers = Vec::new();
        let mut rejects = Vec::new();
        let mut spans = Vec::with_capacity(BLOCK * width.min(4_096));
        while numbers.len() + rejects.len() < limits.batch_rows
            && self.text.offset() - started < limits.batch_bytes as u64
        {
            let room = (limits.batch_rows - numbers.len() - rejects.len()).min(BLOCK);
            spans.clear();
            let buffer = self.text.rest();
            let (mut at, mut seen, mut more) = (0, 0, None);
            while seen < room {
                let mark = spans.len();
                match self.splitter.record(buffer, at, self.text.ended(), width, &mut spans) {
                    Step::Record { fields, next } => {
                        self.row += 1;
                        seen += 1;
                        if fields == width && next - at <= limits.field_bytes {
                            numbers.push(self.row);
                        } else if let Some(reject) = self.refuse(buffer, at, next, limits) {
                            spans.truncate(mark);
                            rejects.push(reject);
                        } else {
                            numbers.push(self.row);
                        }
                        at = next;
                    }
                    Step::Blank { next } => at = next,
                    Step::More { quoted } => {
                        spans.truncate(mark);
                        more = Some(quoted);
                        break;
                    }
                    Step::Unclosed => {
                        spans.truncate(mark);
                        self.row += 1;
                        seen += 1;
                        let line = self.line(buffer, at);
                        rejects.push(unclosed(self.row, line));
                        at += line.len();
                    }
                }
            }
            for (c, column) in columns.iter_mut().enumerate() {
                for span in spans.iter().skip(c).step_by(width) {
                    column.push(buffer, *span);
                }
            }
            let left = buffer.len() - at;
            if at > 0 && left == 0 {
                self.terminated = buffer.last() == Some(&self.splitter.terminator);
            }
            self.text.consume(at);
            match more {
                None => {}
                Some(_) if stop() => return Err(cancelled()),
                Some(quoted) if left > limits.row_bytes => rejects.push(self.skip_giant(quoted, limits, stop)?),
                Some(_) if self.text.ended() => break,
                Some(_) => self.text.fill()?,
            }
        }
        if numbers.is_empty() && rejects.is_empty() {
            return Ok(None);
        }
        for (hint, column) in self.hints.iter_mut().zip(&columns) {
            *hint = column.bytes() + column.bytes() / 16;
        }
        let (batch, bad) = finish(&self.schema, columns, numbers.len())?;
        for bad in bad.iter().rev() {
            let row = numbers.remove(bad.index);
            let name = self.header.get(bad.column).cloned();
            let what = if bad.code == "text.nul_byte" { "a NUL byte" } else { "bytes that are not UTF-8" };
            let reason = format!("`{}` holds {what}.", name.as_deref().unwrap_or_default());
            let fields = bad.fields.iter().map(|f| f.as_str().into());
            rejects.push(reject_fields(row, &self.header, fields, name, bad.code, reason));
        }
        rejects.sort_by_key(|r| r.row);
        Ok(Some(Portion::new(batch, numbers, rejects, self.row + 1)))
    }

    /// Why a record cannot be taken; none if it can.
    #[cold]
    fn refuse(&self, buffer: &[u8], at: usize, next: usize, limits: &Limits) -> Option<Reject> {
        let width = self.header.len();
        let mut spans = Vec::new();
        let found = match self.splitter.record(buffer, at, true, width + limits.columns, &mut spans) {
            Step::Record { fields, .. } => fields,
            _ => spans.len(),
        };
        let long = spans.iter().position(|s| s.len() > limits.field_bytes);
        let (field, code, reason) = if found != width {
            let cut = next == buffer.len() && self.text.ended() && found < width;
            let end = if cut { " The file seems to be cut off here." } else { "" };
            (None, "csv.ragged_row", format!("The row has {found} fields where the header has {width}.{end}"))
        } else if let Some(c) = long {
            let name = self.header.get(c).cloned();
            let reason =
                format!("`{}` is longer than {} bytes.", name.as_deref().unwrap_or_default(), limits.field_bytes);
            (name, "csv.field_too_long", reason)
        } else {
            return None;
        };
        let texts: Vec<_> = spans.iter().map(|s| s.text(buffer)).collect();
        let fields = texts.iter().map(|t| String::from_utf8_lossy(t));
        Some(reject_fields(self.row, &self.header, fields, field, code, reason))
    }

    fn line<'a>(&self, buffer: &'a [u8], at: usize) -> &'a [u8] {
        let rest = buffer.get(at..).unwrap_or_default();
        let end = memchr::memchr(self.splitter.terminator, rest).map_or(rest.len(), |i| i + 1);
        rest.get(..end).unwrap_or_default()
    }

    /// Passes a record that is longer than any may be.
    #[cold]
    fn skip_giant(&mut self, quoted: bool, limits: &Limits, stop: &dyn Fn() -> bool) -> Result<Reject> {
        self.row += 1;
        let rest = self.text.rest();
        let line = self.line(rest, 0);
        if quoted && line.len() < rest.len() {
            let reject = unclosed(self.row, line);
            let length = line.len();
            self.text.consume(length);
            return Ok(reject);
        }
        let reason = format!("The row is longer than {} bytes.", limits.row_bytes);
        let reject = reject_text(self.row, rest, "csv.row_too_long", reason);
        loop {
            let rest = self.text.rest();
            if let Some(end) = memchr::memchr(self.splitter.terminator, rest) {
                self.text.consume(end + 1);
                break;
            }
            let length = rest.len();
            self.text.consume(length);
            if self.text.ended() {
                break;
            }
            if stop() {
                return Err(cancelled());
            }
            self.text.fill()?;
        }
        Ok(reject)
    }
}

fn unclosed(row: u64, line: &[u8]) -> Reject {
    let reason = "A quote is opened and never closed; only this line is left out.".to_owned();
    reject_text(row, line, "csv.unclosed_quote", reason)
}

/// Reads and tidies the header; none if the file has nothing but blank lines.
fn header(
    text: &mut Text,
    splitter: Splitter,
    limits: &Limits,
    warnings: &mut Vec<String>,
) -> Result<Option<Vec<String>>> {
    let too_many = || {
        Error::too_large("csv.too_many_columns", format!("The header names more than {} columns.", limits.columns))
            .field("path")
            .remedy("Check the delimiter, or leave out columns.")
    };
    loop {
        let mut spans = Vec::new();
        let rest = text.rest();
        match splitter.record(rest, 0, text.ended(), limits.columns + 1, &mut spans) {
            _ if spans.len() > limits.columns => return Err(too_many()),
            Step::Record { next, .. } => {
                let mut names = Vec::with_capacity(spans.len());
                for span in &spans {
                    let bytes = span.text(rest);
                    let name = std::str::from_utf8(&bytes).ok().filter(|n| !n.contains('\0') && n.len() <= 1024);
                    names.push(name.map(|n| n.trim().to_owned()).ok_or_else(|| {
                        Error::invalid("csv.bad_header", "The header holds a name that is not text or is too long.")
                            .field("path")
                            .remedy("Save the file as UTF-8 with a header line, or set `encoding`.")
                    })?);
                }
                text.consume(next);
                return Ok(Some(distinct(names, warnings)));
            }
            Step::Blank { next } => text.consume(next),
            Step::More { .. } if text.ended() => return Ok(None),
            Step::More { .. } if rest.len() <= limits.row_bytes => text.fill()?,
            Step::More { .. } | Step::Unclosed => {
                return Err(Error::invalid(
                    "csv.bad_header",
                    "The header line has no end, or a quote that is never closed.",
                )
                .field("path")
                .remedy("Check that the file is CSV and its first line names the columns."));
            }
        }
    }
}

fn distinct(names: Vec<String>, warnings: &mut Vec<String>) -> Vec<String> {
    let given: std::collections::HashSet<String> = names.iter().cloned().collect();
    let mut taken = std::collections::HashSet::new();
    names
        .into_iter()
        .enumerate()
        .map(|(i, name)| {
            let base = if name.is_empty() { format!("column_{}", i + 1) } else { name };
            if taken.insert(base.clone()) {
                return base;
            }
            let fresh = (2..=given.len() + 2)
                .map(|n| format!("{base}_{n}"))
                .find(|c| !given.contains(c) && !taken.contains(c))
                .unwrap_or_else(|| format!("{base}_{i}"));
            warnings.push(format!("Column {} is a second `{base}`; it is called `{fresh}`.", i + 1));
            taken.insert(fresh.clone());
            fresh
        })
        .collect()
}

/// The delimiter that cuts the first records into the most equal number of fields.
fn sniff_delimiter(sample: &[u8], terminator: u8) -> u8 {
    let judge = |delimiter: u8| -> (bool, usize) {
        let splitter = Splitter { terminator, ..Splitter::new(delimiter) };
        let (mut at, mut counts) = (0, Vec::new());
        let mut spans = Vec::new();
        while counts.len() < 50 {
            match splitter.record(sample, at, false, 0, &mut spans) {
                Step::Record { fields, next } => {
                    counts.push(fields);
                    at = next;
                }
                Step::Blank { next } => at = next,
                Step::More { .. } | Step::Unclosed => break,
            }
        }
        if counts.is_empty() {
            // One line without an end: count in it.
            if let Step::Record { fields, .. } = splitter.record(sample, 0, true, 0, &mut spans) {
                counts.push(fields);
            }
        }
        let first = counts.first().copied().unwrap_or(0);
        let same = counts.iter().filter(|c| **c == first).count();
        (first > 1 && same * 5 >= counts.len() * 4, first)
    };
    let mut best = (b',', judge(b','));
    for delimiter in [b';', b'\t', b'|'] {
        let judged = judge(delimiter);
        if judged > best.1 {
            best = (delimiter, judged);
        }
    }
    best.0
}

#[cfg(test)]
mod tests;
