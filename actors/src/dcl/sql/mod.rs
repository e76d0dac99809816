//! SQL that people write: run in a process of its own, over a copy of the tenant's views, with an end to everything.
//!
//! SQL is code, and there is no wall inside DuckDB: one expression can take any memory whatever limit is set, and need not
//! heed an interrupt. So what a tenant writes never comes near the process that holds other tenants. [`snapshot`] copies
//! the tenant's file between two folds; [`child`] starts this program again, with nothing but that copy, and ends it when
//! its time is over; [`worker`] is what runs there: it gives up its own rights ([`confine`]), opens the copy read-only and
//! locked, has [`statement`] judge the text (one `SELECT` over the tenant's views) and writes the answer ([`answer`]).
//!
//! Whatever a query does, it does to a child that ends. Children end with the node; copies that a killed node left are
//! removed before the next one is made.

mod answer;
mod child;
mod confine;
mod snapshot;
mod statement;
pub mod worker;

use std::path::PathBuf;
use std::time::Duration;

use autonomos_runtime::{Error, Result, Scope};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

pub(super) use self::snapshot::Shelf;
use super::pool::Dcl;
use crate::platform::shapes::SqlQuery;

/// Bytes of a statement.
pub(crate) const MOST_TEXT: usize = 64 << 10;
/// Rows of an answer, unless it is asked for more or fewer.
const ROWS: usize = 1000;

/// What a query may cost.
#[derive(Clone, Debug)]
pub struct Settings {
    /// DuckDB's memory, in bytes; the process as a whole ends at half as much again.
    pub memory: u64,
    /// How long a query may run.
    pub deadline: Duration,
    /// Rows of an answer at most.
    pub rows: usize,
    /// Bytes of an answer at most.
    pub bytes: usize,
    /// Queries of one tenant that run at once.
    pub running: u32,
    /// Queries that run at once on the node.
    pub running_of_node: u32,
    /// How long one waits for its turn.
    pub patience: Duration,
    /// What is started as `PROGRAM sql-worker`.
    pub program: PathBuf,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            memory: 256 << 20,
            deadline: Duration::from_secs(5),
            rows: 10_000,
            bytes: 8 << 20,
            running: 2,
            running_of_node: 4,
            patience: Duration::from_secs(5),
            // Still this program when its file was replaced by another version.
            program: "/proc/self/exe".into(),
        }
    }
}

impl Settings {
    /// Rows of an answer, as asked for.
    pub(super) fn asked(&self, limit: Option<u32>) -> Result<usize> {
        let most = self.rows;
        let rows = limit.map_or(ROWS.min(most), |limit| limit as usize);
        if (1..=most).contains(&rows) {
            return Ok(rows);
        }
        Err(Error::invalid("query.limit", format!("an answer has between 1 and {most} rows"))
            .field("/limit")
            .remedy("Ask for fewer rows, or for groups of them; whole views come from the export."))
    }
}

/// What the worker reads, once it is confined.
#[derive(Debug, Serialize, Deserialize)]
struct Request {
    sql: String,
    views: Vec<String>,
    rows: usize,
    bytes: usize,
}

/// Why there are no rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    /// It cannot be read, bound or computed.
    Wrong,
    /// It is more than one `SELECT` over views.
    NotAllowed,
    /// It names what is no view.
    NoView,
    /// It takes more memory than it may.
    Memory,
    /// One row alone is larger than an answer may be.
    TooLarge,
}

/// What the worker says instead of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Refusal {
    why: Why,
    message: String,
    remedy: String,
}

impl Refusal {
    fn new(why: Why, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { why, message: message.into(), remedy: remedy.into() }
    }

    /// Memory ran out, whoever noticed.
    fn memory() -> Self {
        let remedy = "Narrow it: filter earlier, group less finely, or make no large lists and texts.";
        Self::new(Why::Memory, "the query took more memory than it may", remedy)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal.why {
            Why::Wrong => "query.wrong",
            Why::NotAllowed => "query.not_allowed",
            Why::NoView => "query.no_view",
            Why::Memory => "query.memory",
            Why::TooLarge => "query.too_large",
        };
        Self::invalid(code, refusal.message).field("/sql").remedy(refusal.remedy)
    }
}

impl Dcl {
    /// Runs a `SELECT` that somebody of the tenant wrote. The answer is JSON:
    /// `{"columns":[{"name":...,"type":...}],"rows":[[...]],"truncated":...,"position":...,"ms":...}`.
    ///
    /// # Errors
    /// `query.*`: what is wrong with the text, and where; `query.timeout`, `query.memory` and `query.crashed` when it was
    /// stopped; `Busy` when too many run.
    pub async fn sql(&self, scope: &Scope, ask: &SqlQuery) -> Result<Bytes> {
        let settings = &self.inner.settings.sql;
        let request = self.request(ask)?;
        let turn = tokio::time::timeout(settings.patience, self.inner.queries.take(scope, 1)).await;
        let _seat = turn.map_err(|_| {
            Error::busy("query.busy", "too many SQL queries run already")
                .remedy("Try again when one of them has ended.")
        })??;
        let snapshot = self.snapshot(&self.slot(scope)).await?;
        child::ask(settings, snapshot.place(), &request).await
    }

    fn request(&self, ask: &SqlQuery) -> Result<Request> {
        if ask.sql.len() > MOST_TEXT || ask.sql.contains('\0') {
            return Err(Error::invalid("query.text", "a statement is text of at most 64 KiB without null characters")
                .field("/sql")
                .remedy("Shorten it."));
        }
        let rows = self.inner.settings.sql.asked(ask.limit)?;
        let views = self.inner.catalogue.views().map(str::to_owned).collect();
        Ok(Request { sql: ask.sql.clone(), views, rows, bytes: self.inner.settings.sql.bytes })
    }
}

/// The worker's part, in this process: for tests of what it answers.
#[cfg(test)]
pub(super) trait Here {
    /// What the worker would answer.
    async fn here(&self, scope: &Scope, ask: &SqlQuery) -> Result<serde_json::Value>;
    /// The copy, as the worker opens it.
    async fn locked(&self, scope: &Scope) -> Locked;
}

/// A copy that is open.
#[cfg(test)]
pub(super) struct Locked {
    conn: super::engine::Conn,
    _snapshot: std::sync::Arc<snapshot::Snapshot>,
}

#[cfg(test)]
impl Locked {
    /// Whether DuckDB by itself does not run a statement.
    pub(super) fn refuses(&self, sql: &str) -> bool {
        self.conn.exec(sql).is_err()
    }
}

#[cfg(test)]
impl Here for Dcl {
    async fn here(&self, scope: &Scope, ask: &SqlQuery) -> Result<serde_json::Value> {
        let request = self.request(ask)?;
        let bytes = answer::of(&self.locked(scope).await.conn, &request, || Duration::ZERO)?;
        Ok(serde_json::from_slice(&bytes).expect("an answer is JSON"))
    }

    async fn locked(&self, scope: &Scope) -> Locked {
        let snapshot = self.snapshot(&self.slot(scope)).await.expect("a copy");
        let conn = super::engine::Conn::open_locked(snapshot.place().file(), 128 << 20).expect("it opens");
        Locked { conn, _snapshot: snapshot }
    }
}
