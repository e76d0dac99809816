//! Reading a view: the page's rows, their count and the position they reflect, out of one transaction.
//!
//! Blocking; runs on the blocking pool. Nothing is written.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Int32Type, Int64Type};
use bytes::Bytes;

use super::catalogue::Catalogue;
use super::engine::{Conn, Fault};
use super::filter::Condition;
use super::handle::{Handle, Sources};
use super::page;
use super::query::Query;

/// Runs reads in one transaction, so that they see one position.
pub(crate) fn at_one_moment<T>(conn: &Conn, read: impl FnOnce(i64) -> Result<T, Fault>) -> Result<T, Fault> {
    conn.exec("BEGIN TRANSACTION READ ONLY")?;
    let result = position(conn).and_then(read);
    let ended = conn.exec(if result.is_ok() { "COMMIT" } else { "ROLLBACK" });
    let value = result?;
    ended?;
    Ok(value)
}

fn position(conn: &Conn) -> Result<i64, Fault> {
    let rows = conn.rows("SELECT seq FROM _applied", &[])?;
    Ok(rows.first().map_or(0, |b| b.column(0).as_primitive::<Int64Type>().value(0)))
}

/// How the streams of these rows are named; read again only when one is new.
pub(crate) fn sources(handle: &Handle, conn: &Conn, batches: &[RecordBatch]) -> Result<Arc<Sources>, Fault> {
    let known = Arc::clone(&handle.sources.read());
    let new =
        |b: &RecordBatch| b.column(0).as_primitive::<Int32Type>().values().iter().any(|id| !known.contains_key(id));
    if !batches.iter().any(new) {
        return Ok(known);
    }
    let all = Arc::new(read_sources(conn)?);
    *handle.sources.write() = Arc::clone(&all);
    Ok(all)
}

/// How every stream is named in provenance.
pub(crate) fn read_sources(conn: &Conn) -> Result<Sources, Fault> {
    let mut out = HashMap::new();
    for batch in conn.rows("SELECT id, connection, stream FROM _streams", &[])? {
        for i in 0..batch.num_rows() {
            let mut text = b"\"connection_id\":".to_vec();
            super::json::text(&mut text, batch.column(1).as_string::<i32>().value(i));
            text.extend_from_slice(b",\"stream\":");
            super::json::text(&mut text, batch.column(2).as_string::<i32>().value(i));
            let text = String::from_utf8_lossy(&text).into_owned();
            out.insert(batch.column(0).as_primitive::<Int32Type>().value(i), text.into());
        }
    }
    Ok(out)
}

/// A page, encoded, and its position. `total` spares the count if it is known for that position.
pub(crate) fn page(
    handle: &Handle,
    conn: &Conn,
    query: &Query,
    sql: &Condition,
    known: Option<(i64, i64)>,
) -> Result<(Bytes, i64, i64), Fault> {
    at_one_moment(conn, |position| {
        let batches = conn.rows(&sql.sql, &sql.binds)?;
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        let total = match known {
            Some((at, total)) if at == position => total,
            // A first page that holds everything has counted it already.
            _ if query.after.is_none() && rows <= query.limit as usize => rows as i64,
            _ => {
                let count = query.count_sql();
                let rows = conn.rows(&count.sql, &count.binds)?;
                rows.first().map_or(0, |b| b.column(0).as_primitive::<Int64Type>().value(0))
            }
        };
        let sources = sources(handle, conn, &batches)?;
        let body = page::encode(query, &batches, total, position, &sources)?;
        Ok((Bytes::from(body), position, total))
    })
}

/// Rows that a check's query may give.
const MOST_CHECKED: usize = 10_000;

/// What a check's query gave.
#[derive(Debug, Default)]
pub struct Selected {
    /// Rows as JSON objects.
    pub rows: Vec<serde_json::Map<String, serde_json::Value>>,
    /// Whether there are more.
    pub truncated: bool,
}

/// Runs one of our own read-only statements over the SQL views.
pub(crate) fn select(conn: &Conn, sql: &str) -> Result<Selected, Fault> {
    at_one_moment(conn, |_| {
        let mut out = Selected::default();
        let mut failed = None;
        conn.stream(sql, &[], |batch| {
            let members: Vec<(Vec<u8>, super::json::Column)> = batch
                .schema()
                .fields()
                .iter()
                .zip(batch.columns())
                .map(|(field, column)| {
                    let mut name = Vec::new();
                    super::json::text(&mut name, field.name());
                    name.push(b':');
                    (name, super::json::Column::of(column))
                })
                .collect();
            let mut text = Vec::with_capacity(512);
            for row in 0..batch.num_rows() {
                if out.rows.len() == MOST_CHECKED {
                    out.truncated = true;
                    return false;
                }
                text.clear();
                super::json::object(&mut text, &members, row, false);
                match serde_json::from_slice(&text) {
                    Ok(object) => out.rows.push(object),
                    Err(e) => failed = Some(Fault::other(e.to_string())),
                }
            }
            failed.is_none()
        })?;
        failed.map_or(Ok(out), Err)
    })
}

/// Entities whose views have rows.
pub(crate) fn entities_with_rows(conn: &Conn, catalogue: &Catalogue) -> Result<BTreeSet<String>, Fault> {
    at_one_moment(conn, |_| {
        let mut out = BTreeSet::new();
        for table in catalogue.tables() {
            if !conn.rows(&format!("SELECT 1 FROM {} LIMIT 1", table.name), &[])?.is_empty() {
                out.insert(table.entity.name.clone());
            }
        }
        Ok(out)
    })
}
