//! DuckDB, and the only file that names it: open with limits, run, query into Arrow batches, append Arrow batches.
//!
//! Everything here blocks and is called from the writer's own thread or from a blocking pool, never from a runtime
//! thread. Whatever DuckDB says becomes a [`Fault`], which knows what has to happen to the handle; its text (SQL, paths)
//! goes to the log only. A crash leaves DuckDB's own write-ahead log, which the next open replays.

use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use autonomos_runtime::Error;
use duckdb::types::{ToSqlOutput, Value};
use duckdb::{Connection, ToSql};

use super::catalogue::quoted;
use super::feed;

/// From so many rows on a statement that DuckDB's threads share is worth its planning.
const FED_ROWS: usize = 16_384;

/// Limits that are passed while opening, because replay of the write-ahead log runs before any `SET` could.
#[derive(Clone, Debug)]
pub struct Limits {
    /// What the buffer manager may hold, in bytes.
    pub memory: u64,
    /// Threads a query may use.
    pub threads: usize,
    /// Log bytes after which DuckDB checkpoints by itself.
    pub checkpoint: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 256 << 20, threads: 1, checkpoint: 64 << 20 }
    }
}

/// What went wrong, as far as the handle's fate depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// The disk has no room: drop the handle, try again later.
    Full,
    /// The query wants more memory than the tenant's file may use.
    Memory,
    /// The file or the handle cannot be believed: set it aside, rebuild from the log.
    Corrupt,
    /// The deadline passed.
    Interrupted,
    /// Anything else.
    Other,
}

/// An error of the engine.
#[derive(Debug, thiserror::Error)]
#[error("duckdb: {detail}")]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) detail: String,
}

impl Fault {
    pub(crate) fn corrupt(detail: impl Into<String>) -> Self {
        Self { kind: FaultKind::Corrupt, detail: detail.into() }
    }

    pub(crate) fn other(detail: impl Into<String>) -> Self {
        Self { kind: FaultKind::Other, detail: detail.into() }
    }

    fn classify(detail: String) -> Self {
        let has = |words: &[&str]| words.iter().any(|w| detail.contains(w));
        let kind = if has(&["No space left", "disk full", "Disk full", "not enough space", "max_temp_directory_size"]) {
            FaultKind::Full
        } else if has(&["Interrupted", "INTERRUPT"]) {
            FaultKind::Interrupted
        } else if has(&[
            "Corrupt",
            "corrupt",
            "checksum",
            "Checksum",
            "not a valid DuckDB",
            "invalidated",
            "INTERNAL Error",
            "Serialization Error",
            "Failure while replaying WAL",
            "Could not read all bytes",
            "different version of DuckDB",
        ]) {
            FaultKind::Corrupt
        } else if has(&["Out of Memory", "memory limit"]) {
            FaultKind::Memory
        } else {
            FaultKind::Other
        };
        Self { kind, detail }
    }
}

impl From<duckdb::Error> for Fault {
    fn from(error: duckdb::Error) -> Self {
        Self::classify(error.to_string())
    }
}

impl From<arrow::error::ArrowError> for Fault {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self::other(error.to_string())
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let error = match fault.kind {
            FaultKind::Full => Self::unavailable("views.disk_full", "there is no room on disk for the views")
                .remedy("free disk space; the views catch up from the log by themselves"),
            FaultKind::Memory => Self::too_large("views.memory", "the query needs more memory than a tenant may use")
                .remedy("narrow the filter, sort by fewer fields or ask for fewer rows"),
            FaultKind::Corrupt => Self::unavailable("views.rebuilding", "the views are being rebuilt from the log")
                .remedy("try again in a moment"),
            FaultKind::Interrupted => Self::too_large("views.deadline", "the query ran longer than it may")
                .remedy("narrow the filter or ask for fewer rows"),
            FaultKind::Other => Self::internal("views.engine", "the views could not be read or written"),
        };
        error.source(fault)
    }
}

/// A value given to a `?` of a statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bind {
    Text(String),
    Int(i64),
    Hash(u64),
    Float(f64),
    Bool(bool),
}

impl ToSql for Bind {
    fn to_sql(&self) -> duckdb::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(match self {
            Self::Text(v) => Value::Text(v.clone()),
            Self::Int(v) => Value::BigInt(*v),
            Self::Hash(v) => Value::UBigInt(*v),
            Self::Float(v) => Value::Double(*v),
            Self::Bool(v) => Value::Boolean(*v),
        }))
    }
}

/// Stops what a connection is doing, from any thread.
#[derive(Clone)]
pub(crate) struct Interrupt(Arc<duckdb::InterruptHandle>);

impl Interrupt {
    pub(crate) fn fire(&self) {
        self.0.interrupt();
    }
}

/// What a moment means must not depend on the machine's zone. Without the library of zones there is none to set.
fn in_utc(conn: &Connection) {
    if conn.execute_batch("SET GLOBAL TimeZone = 'UTC'").is_err() {
        tracing::debug!("this DuckDB knows no time zones");
    }
}

/// One connection to one tenant's file.
pub(crate) struct Conn(Connection);

impl std::fmt::Debug for Conn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Conn")
    }
}

impl Conn {
    /// Opens or makes the file.
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Self, Fault> {
        let config = duckdb::Config::default()
            .with("memory_limit", format!("{}B", limits.memory))?
            .threads(limits.threads.max(1) as i64)?
            .with("checkpoint_threshold", format!("{}B", limits.checkpoint))?
            .with("autoinstall_known_extensions", "false")?
            .with("autoload_known_extensions", "false")?
            .with("enable_external_access", "false")?
            // No order is promised without `ORDER BY`, and every page has one; this keeps memory bounded.
            .with("preserve_insertion_order", "false")?;
        let conn = Connection::open_with_flags(path, config)?;
        // A page is found by its sort fields alone, and only then read whole; the default stops at 50 rows. The two
        // ways of packing text halve the file and triple the processor time of writing it; given while opening, they are
        // not heeded.
        conn.execute_batch(
            "SET GLOBAL late_materialization_max_rows = 2000; SET GLOBAL disabled_compression_methods = 'fsst,zstd'",
        )?;
        in_utc(&conn);
        conn.register_table_function::<feed::Feed>(feed::NAME)?;
        Ok(Self(conn))
    }

    /// Opens a copy for what somebody else wrote: from inside, nothing can be written, reached or set. Errors come as
    /// JSON.
    pub(crate) fn open_locked(path: &Path, memory: u64) -> Result<Self, Fault> {
        let config = duckdb::Config::default()
            .access_mode(duckdb::AccessMode::ReadOnly)?
            .threads(1)?
            .with("memory_limit", format!("{memory}B"))?
            .with("temp_directory", "")?
            .with("autoinstall_known_extensions", "false")?
            .with("autoload_known_extensions", "false")?
            .with("allow_community_extensions", "false")?
            .with("enable_external_access", "false")?;
        let conn = Connection::open_with_flags(path, config)?;
        in_utc(&conn);
        conn.execute_batch("SET errors_as_json = true; SET lock_configuration = true")?;
        Ok(Self(conn))
    }

    /// Another connection to the same open file.
    pub(crate) fn try_clone(&self) -> Result<Self, Fault> {
        Ok(Self(self.0.try_clone()?))
    }

    pub(crate) fn interrupt(&self) -> Interrupt {
        Interrupt(self.0.interrupt_handle())
    }

    /// Runs statements without parameters.
    pub(crate) fn exec(&self, sql: &str) -> Result<(), Fault> {
        Ok(self.0.execute_batch(sql)?)
    }

    /// Runs one statement; how many rows it changed.
    pub(crate) fn run(&self, sql: &str, binds: &[Bind]) -> Result<usize, Fault> {
        Ok(self.0.execute(sql, duckdb::params_from_iter(binds))?)
    }

    /// The whole answer, for answers known to be small.
    pub(crate) fn rows(&self, sql: &str, binds: &[Bind]) -> Result<Vec<RecordBatch>, Fault> {
        let mut statement = self.0.prepare_cached(sql)?;
        drop(statement.query_arrow(duckdb::params_from_iter(binds))?);
        let mut out = Vec::new();
        while let Some(batch) = statement.step()? {
            out.push(RecordBatch::from(&batch));
        }
        Ok(out)
    }

    /// The answer batch by batch, never held whole. The visitor stops it with `false`.
    pub(crate) fn stream(
        &self,
        sql: &str,
        binds: &[Bind],
        mut visit: impl FnMut(RecordBatch) -> bool,
    ) -> Result<SchemaRef, Fault> {
        let mut statement = self.0.prepare(sql)?;
        let schema = statement.stream_arrow(duckdb::params_from_iter(binds))?.get_schema();
        while let Some(batch) = statement.step()? {
            if !visit(RecordBatch::from(&batch)) {
                break;
            }
        }
        Ok(schema)
    }

    /// Appends batches to the columns of a table that they name; the others become null.
    pub(crate) fn append(&self, table: &str, batches: impl IntoIterator<Item = RecordBatch>) -> Result<(), Fault> {
        let batches: Vec<RecordBatch> = batches.into_iter().collect();
        if batches.iter().map(RecordBatch::num_rows).sum::<usize>() < FED_ROWS {
            return self.append_to(None, table, batches);
        }
        let Some(schema) = batches.first().map(RecordBatch::schema) else { return Ok(()) };
        let columns: Vec<String> = schema.fields().iter().map(|f| quoted(f.name())).collect();
        let offered = feed::Offered::new(batches);
        let (columns, feed, number) = (columns.join(", "), feed::NAME, offered.number());
        self.exec(&format!("INSERT INTO {} ({columns}) SELECT * FROM {feed}({number}::UBIGINT)", quoted(table)))
    }

    /// The same for a temporary table.
    pub(crate) fn append_temp(&self, table: &str, batches: impl IntoIterator<Item = RecordBatch>) -> Result<(), Fault> {
        self.append_to(Some("temp"), table, batches)
    }

    fn append_to(
        &self,
        catalog: Option<&str>,
        table: &str,
        batches: impl IntoIterator<Item = RecordBatch>,
    ) -> Result<(), Fault> {
        let mut batches = batches.into_iter().peekable();
        let Some(first) = batches.peek() else { return Ok(()) };
        let schema = first.schema();
        let columns: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
        let mut appender = match catalog {
            Some(catalog) => self.0.appender_with_columns_to_catalog_and_db(table, catalog, "main", &columns)?,
            None => self.0.appender_with_columns(table, &columns)?,
        };
        for batch in batches {
            appender.append_record_batch(batch)?;
        }
        Ok(appender.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_apart() {
        let kind = |text: &str| Fault::classify(text.to_owned()).kind;
        assert_eq!(kind("IO Error: Could not write: No space left on device"), FaultKind::Full);
        assert_eq!(kind("IO Error: Corrupt database file: computed checksum 1"), FaultKind::Corrupt);
        assert_eq!(kind("INTERRUPT Error: Interrupted!"), FaultKind::Interrupted);
        assert_eq!(kind("Out of Memory Error: could not allocate"), FaultKind::Memory);
        assert_eq!(kind("FATAL Error: database has been invalidated"), FaultKind::Corrupt);
        assert_eq!(kind("Binder Error: no such column"), FaultKind::Other);
    }
}
