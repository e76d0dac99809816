//! A query's answer: its text judged, then run, and its rows written. What DuckDB says instead becomes a [`Refusal`], with
//! the line and column it is about.

use std::collections::HashMap;
use std::time::Duration;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use serde::Deserialize;

use super::statement::{self, Part, placed};
use super::{Refusal, Request, Why};
use crate::dcl::engine::{Bind, Conn, Fault, FaultKind};
use crate::dcl::table::Table;

/// Judges and runs it; `elapsed` tells the time since the worker began.
pub(super) fn of(conn: &Conn, request: &Request, elapsed: impl Fn() -> Duration) -> Result<Vec<u8>, Refusal> {
    let refused = |fault: Fault| refusal(&fault, &request.sql);
    statement::judge(&parts(conn, &request.sql).map_err(refused)?, &request.sql, &request.views)?;
    let position = conn.rows("SELECT seq FROM _applied", &[]).map_err(refused)?;
    let position = position.first().map_or(0, |batch| batch.column(0).as_primitive::<Int64Type>().value(0));

    let table = Table::read(conn, &request.sql, &[], request.rows, request.bytes).map_err(refused)?;
    if table.too_large {
        let most = request.bytes >> 10;
        return Err(Refusal::new(
            Why::TooLarge,
            format!("one row alone is larger than {most} KiB, which is what an answer may be"),
            "Select fewer or shorter columns.",
        ));
    }
    Ok(table.encode(position, elapsed()))
}

/// What DuckDB reads a text as, without running any of it.
fn parts(conn: &Conn, sql: &str) -> Result<Vec<Part>, Fault> {
    let tree = conn.rows("SELECT json_serialize_sql(?::VARCHAR)::VARCHAR", &[Bind::Text(sql.to_owned())])?;
    let tree = tree.first().map(|batch| batch.column(0).as_string::<i32>().value(0).to_owned()).unwrap_or_default();
    let list = "SELECT id::BIGINT, parent::BIGINT, key, atom->>'$' FROM json_tree(?) ORDER BY id";
    let (mut parts, mut places) = (Vec::new(), HashMap::new());
    for batch in conn.rows(list, &[Bind::Text(tree)])? {
        let [ids, parents] = [0, 1].map(|column| batch.column(column).as_primitive::<Int64Type>());
        let [keys, atoms] = [2, 3].map(|column| batch.column(column).as_string::<i32>());
        for row in 0..batch.num_rows() {
            places.insert(ids.value(row), parts.len());
            parts.push(Part {
                parent: parents.is_valid(row).then(|| places.get(&parents.value(row)).copied()).flatten(),
                key: if keys.is_valid(row) { keys.value(row).to_owned() } else { String::new() },
                atom: atoms.is_valid(row).then(|| atoms.value(row).to_owned()),
            });
        }
    }
    Ok(parts)
}

/// What DuckDB says when it is told to say it as JSON; numbers come as text.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    exception_type: String,
    exception_message: String,
    position: Option<String>,
    candidates: Option<String>,
}

fn refusal(fault: &Fault, sql: &str) -> Refusal {
    let said = fault.detail.find('{').and_then(|at| fault.detail.get(at..));
    let said = said.and_then(|json| serde_json::from_str::<Said>(json).ok()).unwrap_or_default();
    if fault.kind == FaultKind::Memory || fault.detail.contains("bad_alloc") || said.exception_type == "Out of Memory" {
        return Refusal::memory();
    }
    let message = if said.exception_message.is_empty() { &fault.detail } else { &said.exception_message };
    let at = said.position.and_then(|at| at.parse().ok());
    let remedy = match said.candidates.filter(|names| !names.is_empty()) {
        Some(names) => format!("Use one of {}.", names.replace(',', ", ")),
        None => "GET /api/v1/dcl/views has the views and their fields.".to_owned(),
    };
    Refusal::new(Why::Wrong, placed(sql, at, message), remedy)
}
