//! The process that runs one query. It is told the copy and its bounds when it is started, confines itself, opens the
//! copy, shuts everything else, and only then reads the question from its standard input. Out: the answer, or why there is
//! none, on its standard output.
//!
//! Blocking and single-threaded: there is nothing else here to wait for it. What stops it in the middle leaves nothing.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use autonomos_runtime::{Ambient, Error, Result};

use super::{MOST_TEXT, Refusal, Request, answer, confine};
use crate::dcl::engine::Conn;

/// Name of the command that [`run`]s it.
pub const COMMAND: &str = "sql-worker";
/// How it ends when it has no rows but says why.
pub const REFUSED: u8 = 3;

/// What it is told when it is started.
#[derive(Clone, Debug)]
pub struct Told {
    /// The copy.
    pub snapshot: PathBuf,
    /// DuckDB's memory, in bytes.
    pub memory: u64,
    /// How long it may compute.
    pub deadline: Duration,
}

/// Runs the query of standard input; false when standard output says why there are no rows.
pub fn run(told: &Told) -> Result<bool> {
    let ambient = Ambient::system();
    let confined = |e: std::io::Error| Error::internal("query.unconfined", "the worker cannot be confined").source(e);
    confine::bound(told.memory + told.memory / 2, told.deadline.as_secs() + 1).map_err(confined)?;
    let conn = Conn::open_locked(&told.snapshot, told.memory)?;
    confine::close_doors().map_err(confined)?;
    let answer = asked().map(|request| answer::of(&conn, &request, || ambient.elapsed()))?;
    let answered = answer.is_ok();
    let bytes = answer.unwrap_or_else(|refusal: Refusal| serde_json::to_vec(&refusal).unwrap_or_default());
    let mut out = std::io::stdout().lock();
    let written = out.write_all(&bytes).and_then(|()| out.flush());
    written.map_err(|e| Error::unavailable("query.unheard", "nobody waits for the answer").source(e))?;
    Ok(answered)
}

fn asked() -> Result<Request> {
    let unread = |e: Box<dyn std::error::Error + Send + Sync>| {
        Error::invalid("query.unread", "standard input holds no question").source(e)
    };
    // As JSON a character takes six at most; the views' names need little.
    let mut text = Vec::new();
    let most = (MOST_TEXT * 6 + (64 << 10)) as u64;
    std::io::stdin().lock().take(most).read_to_end(&mut text).map_err(|e| unread(e.into()))?;
    serde_json::from_slice(&text).map_err(|e| unread(e.into()))
}
