//! What the fold asks of the canonical log: entries after a position, the entries of one stream, and the rules.
//!
//! The store answers in production, a vector in tests. Every answer is in order of `seq`, so what the fold makes of it
//! is a pure function of the log. Nothing is written here, so a crash has nothing to lose.

use std::sync::Arc;

use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{ReadLimit, Store};
use autonomos_runtime::{Result, Scope};

pub use autonomos_runtime::store::{EntryKind, LogEntry};

/// See the module.
#[async_trait::async_trait]
pub trait LogSource: Send + Sync + 'static {
    /// The last position of the log; 0 when it is empty.
    async fn head(&self, scope: &Scope) -> Result<i64>;

    /// Entries with `seq > after`, in order; at least one if there is one.
    async fn read_after(&self, scope: &Scope, after: i64, limit: ReadLimit) -> Result<Vec<LogEntry>>;

    /// The `records` entries of one stream with `seq > after`, in order; at least one if there is one.
    async fn read_stream(
        &self,
        scope: &Scope,
        connection: ConnectionId,
        stream: &str,
        after: i64,
        limit: ReadLimit,
    ) -> Result<Vec<LogEntry>>;

    /// Every `mapping` entry, in order.
    async fn mappings(&self, scope: &Scope) -> Result<Vec<LogEntry>>;
}

/// A shared log.
pub type Log = Arc<dyn LogSource>;

/// The log that a store keeps.
pub struct StoredLog(Arc<dyn Store>);

impl StoredLog {
    /// Reads this store's log.
    #[expect(clippy::new_ret_no_self, reason = "nobody needs the type behind the trait")]
    pub fn new(store: Arc<dyn Store>) -> Log {
        Arc::new(Self(store))
    }
}

#[async_trait::async_trait]
impl LogSource for StoredLog {
    async fn head(&self, scope: &Scope) -> Result<i64> {
        self.0.read(scope).await?.log_head().await
    }

    async fn read_after(&self, scope: &Scope, after: i64, limit: ReadLimit) -> Result<Vec<LogEntry>> {
        self.0.read(scope).await?.read_log(after, limit).await
    }

    async fn read_stream(
        &self,
        scope: &Scope,
        connection: ConnectionId,
        stream: &str,
        after: i64,
        limit: ReadLimit,
    ) -> Result<Vec<LogEntry>> {
        self.0.read(scope).await?.read_stream(connection, stream, after, limit).await
    }

    async fn mappings(&self, scope: &Scope) -> Result<Vec<LogEntry>> {
        self.0.read(scope).await?.mapping_entries(None).await
    }
}

/// The log as the writer's thread reads it: blocking, and one page ahead of what it folds.
pub(crate) struct Pages {
    runtime: tokio::runtime::Handle,
    log: Log,
    scope: Scope,
    limit: ReadLimit,
}

/// What the log has after a position, being read.
#[derive(Debug)]
pub(crate) struct Ahead {
    after: i64,
    task: tokio::task::JoinHandle<Result<Vec<LogEntry>>>,
}

impl Pages {
    pub(crate) fn new(runtime: tokio::runtime::Handle, log: Log, scope: Scope, limit: ReadLimit) -> Self {
        Self { runtime, log, scope, limit }
    }

    pub(crate) fn head(&self) -> Result<i64> {
        self.runtime.block_on(self.log.head(&self.scope))
    }

    pub(crate) fn mappings(&self) -> Result<Vec<LogEntry>> {
        self.runtime.block_on(self.log.mappings(&self.scope))
    }

    /// The entry at a position, if it is still there.
    pub(crate) fn entry(&self, seq: i64) -> Result<Option<LogEntry>> {
        let limit = ReadLimit { bytes: 1, entries: 1 };
        let found = self.runtime.block_on(self.log.read_after(&self.scope, seq - 1, limit))?;
        Ok(found.into_iter().find(|e| e.seq == seq))
    }

    /// The next entries of the whole log; those read ahead, if they are the ones.
    pub(crate) fn after(&self, seq: i64, ahead: Option<Ahead>) -> Result<Vec<LogEntry>> {
        if let Some(ahead) = ahead.filter(|a| a.after == seq)
            && let Ok(read) = self.runtime.block_on(ahead.task)
        {
            return read;
        }
        self.runtime.block_on(self.log.read_after(&self.scope, seq, self.limit))
    }

    /// The next entries of one stream.
    pub(crate) fn stream(&self, connection: ConnectionId, stream: &str, after: i64) -> Result<Vec<LogEntry>> {
        self.runtime.block_on(self.log.read_stream(&self.scope, connection, stream, after, self.limit))
    }

    /// Starts reading what follows while the caller folds what it has.
    pub(crate) fn prefetch(&self, after: i64) -> Ahead {
        let (log, scope, limit) = (Arc::clone(&self.log), self.scope.clone(), self.limit);
        Ahead { after, task: self.runtime.spawn(async move { log.read_after(&scope, after, limit).await }) }
    }
}
