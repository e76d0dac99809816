//! A page: where it goes on, and its bytes.
//!
//! The cursor holds the sort values and log position of the last row, and what they were sorted by, so that one made for
//! another sort is refused and not misread. Pure.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int32Type, Int64Type, UInt64Type};
use autonomos_runtime::canonical::entity::FieldType;
use autonomos_runtime::{Error, Result};

use super::engine::{Bind, Fault};
use super::filter::{Condition, Target};
use super::handle::Sources;
use super::json::{self, Column};
use super::query::{Key, LEADING, Query, Shown};

/// See the module.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Cursor {
    /// What the order was.
    #[serde(rename = "k")]
    order: u64,
    /// The last row's sort values, as text; a moment as microseconds.
    #[serde(rename = "v")]
    values: Vec<Option<String>>,
    #[serde(rename = "s")]
    seq: i64,
    #[serde(rename = "r")]
    row: i32,
}

fn order_of(keys: &[Key]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(format!("{keys:?}").as_bytes())
}

impl Cursor {
    /// Reads what an earlier page gave out.
    pub(crate) fn read(text: &str, keys: &[Key]) -> Result<Self> {
        let wrong = || {
            Error::invalid("view.bad_cursor", "the cursor is not one of this view and sort")
                .field("cursor")
                .remedy("pass next_cursor of the page before with the same sort, or none to begin anew")
        };
        let bytes = hex::decode(text).map_err(|_| wrong())?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        let fits = cursor.order == order_of(keys) && cursor.values.len() == keys.len();
        if fits { Ok(cursor) } else { Err(wrong()) }
    }

    fn write(&self) -> String {
        serde_json::to_vec(self).map(hex::encode).unwrap_or_default()
    }

    /// The condition that leaves only rows after it. Nulls are last, so after a null only nulls come.
    pub(crate) fn condition(&self, keys: &[Key]) -> Result<Condition> {
        let mut out = Condition::default();
        let mut closing = 0;
        for (key, value) in keys.iter().zip(&self.values) {
            let column = key.target.sql();
            if let Some(value) = value {
                let (place, bind) = cursor_value(&key.target, value)?;
                let sign = if key.descending { "<" } else { ">" };
                let next = format!("({column} {sign} {place} OR {column} IS NULL OR ({column} = {place} AND ");
                out.sql.push_str(&next);
                out.binds.extend([bind.clone(), bind]);
                closing += 2;
            } else {
                out.sql.extend([format!("({column} IS NULL AND ")]);
                closing += 1;
            }
        }
        out.sql.push_str("(_seq > ? OR (_seq = ? AND _row > ?))");
        out.sql.push_str(&")".repeat(closing));
        out.binds.extend([Bind::Int(self.seq), Bind::Int(self.seq), Bind::Int(i64::from(self.row))]);
        Ok(out)
    }
}

fn cursor_value(target: &Target, value: &str) -> Result<(&'static str, Bind)> {
    let wrong =
        || Error::invalid("view.bad_cursor", "the cursor is damaged").field("cursor").remedy("begin without a cursor");
    match target {
        Target::Field(_, FieldType::Datetime) => {
            Ok(("make_timestamp(?)", Bind::Int(value.parse().map_err(|_| wrong())?)))
        }
        _ => target.value(value, "cursor").map_err(|_| wrong()),
    }
}

fn sort_value(target: &Target, column: &Column, row: usize) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    Some(match (target, column) {
        (_, Column::Text(a) | Column::Json(a)) => a.value(row).to_owned(),
        (Target::Id, Column::UInt(a)) => format!("{:016x}", a.value(row)),
        (_, Column::Micros(a)) => a.value(row).to_string(),
        _ => {
            let mut out = Vec::new();
            column.write(&mut out, row);
            String::from_utf8_lossy(&out).trim_matches('"').to_owned()
        }
    })
}

/// Encodes rows of a query: columns looked at once, then a row at a time.
pub(crate) struct RowEncoder<'a> {
    shown: &'a Shown,
    sources: &'a Sources,
    /// `,"name":` of each field.
    names: Vec<Vec<u8>>,
}

impl<'a> RowEncoder<'a> {
    pub(crate) fn new(shown: &'a Shown, sources: &'a Sources) -> Self {
        let name = |(name, _): &(String, FieldType)| {
            let mut out = vec![b','];
            json::text(&mut out, name);
            out.push(b':');
            out
        };
        Self { shown, sources, names: shown.fields.iter().map(name).collect() }
    }

    /// Appends the rows of a batch as objects, with a comma before each but the first in `out`'s array.
    pub(crate) fn rows(
        &self,
        out: &mut Vec<u8>,
        batch: &RecordBatch,
        count: usize,
        first: &mut bool,
    ) -> Result<(), Fault> {
        let fields: Vec<Column> = (0..self.names.len())
            .map(|i| {
                let column = Column::of(batch.column(LEADING + i));
                if self.shown.fields[i].1 == FieldType::Map { column.raw() } else { column }
            })
            .collect();
        let stream = batch.column(0).as_primitive::<Int32Type>();
        let hash = batch.column(1).as_primitive::<UInt64Type>();
        let key = batch.column(2).as_string::<i32>();
        let seq = batch.column(3).as_primitive::<Int64Type>();
        let mapping = batch.column(5).as_primitive::<Int64Type>();
        let extras = batch.column(6).as_string::<i32>();
        for row in 0..count.min(batch.num_rows()) {
            if !std::mem::take(first) {
                out.push(b',');
            }
            out.extend_from_slice(b"{\"id\":\"");
            push_id(out, hash.value(row));
            out.push(b'"');
            for (name, column) in self.names.iter().zip(&fields) {
                out.extend_from_slice(name);
                column.write(out, row);
            }
            if self.shown.external_ids {
                out.extend_from_slice(b",\"external_ids\":[");
                json::text(out, key.value(row));
                out.push(b']');
            }
            if self.shown.extras {
                out.extend_from_slice(b",\"extras\":");
                out.extend_from_slice(if extras.is_null(row) { b"{}" } else { extras.value(row).as_bytes() });
            }
            if self.shown.source {
                let source = self.sources.get(&stream.value(row));
                let source = source.ok_or_else(|| Fault::corrupt("a row names a stream that is not there"))?;
                out.extend_from_slice(b",\"source\":{");
                out.extend_from_slice(source.as_bytes());
                out.extend_from_slice(b",\"key\":");
                json::text(out, key.value(row));
                out.extend_from_slice(b",\"seq\":");
                json::int(out, seq.value(row));
                out.extend_from_slice(b",\"mapping_version\":");
                json::int(out, mapping.value(row));
                out.push(b'}');
            }
            out.push(b'}');
        }
        Ok(())
    }
}

/// Writes a row's id.
pub(crate) fn push_id(out: &mut Vec<u8>, hash: u64) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.extend(hash.to_be_bytes().iter().flat_map(|b| [HEX[usize::from(b >> 4)], HEX[usize::from(b & 15)]]));
}

/// The whole answer: `{"items":[...],"next_cursor":...,"total":...,"position":...}`.
pub(crate) fn encode(
    query: &Query,
    batches: &[RecordBatch],
    total: i64,
    position: i64,
    sources: &Sources,
) -> Result<Vec<u8>, Fault> {
    let limit = query.limit as usize;
    let mut out = Vec::with_capacity(64 + limit.min(batches.iter().map(RecordBatch::num_rows).sum()) * 640);
    out.extend_from_slice(b"{\"items\":[");
    let encoder = RowEncoder::new(&query.shown, sources);
    let (mut left, mut first) = (limit, true);
    let mut last: Option<(&RecordBatch, usize)> = None;
    let mut more = false;
    for batch in batches {
        let take = left.min(batch.num_rows());
        encoder.rows(&mut out, batch, take, &mut first)?;
        if take > 0 {
            last = Some((batch, take - 1));
        }
        more |= batch.num_rows() > take;
        left -= take;
    }
    out.extend_from_slice(b"],\"next_cursor\":");
    match last.filter(|_| more) {
        Some((batch, row)) => {
            let sorted = LEADING + query.shown.fields.len();
            let values = query
                .keys
                .iter()
                .enumerate()
                .map(|(i, key)| sort_value(&key.target, &Column::of(batch.column(sorted + i)), row))
                .collect();
            let cursor = Cursor {
                order: order_of(&query.keys),
                values,
                seq: batch.column(3).as_primitive::<Int64Type>().value(row),
                row: batch.column(4).as_primitive::<Int32Type>().value(row),
            };
            json::text(&mut out, &cursor.write());
        }
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(b",\"total\":");
    json::int(&mut out, total);
    out.extend_from_slice(b",\"position\":");
    json::int(&mut out, position);
    out.push(b'}');
    Ok(out)
}
