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
    ahead: Option<(i64, tokio::task::JoinHandle<Result<Vec<LogEntry>>>)>,
}

impl Pages {
    pub(crate) fn new(runtime: tokio::runtime::Handle, log: Log, scope: Scope, limit: ReadLimit) -> Self {
        Self { runtime, log, scope, limit, ahead: None }
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

    /// The next entries of the whole log.
    pub(crate) fn after(&mut self, seq: i64) -> Result<Vec<LogEntry>> {
        self.next(seq, |log, scope, limit| async move { log.read_after(&scope, seq, limit).await })
    }

    /// The next entries of one stream.
    pub(crate) fn stream(&mut self, connection: ConnectionId, stream: &str, after: i64) -> Result<Vec<LogEntry>> {
        let stream = stream.to_owned();
        self.next(
            after,
            |log, scope, limit| async move { log.read_stream(&scope, connection, &stream, after, limit).await },
        )
    }

    /// Starts reading what follows while the caller folds what it has.
    pub(crate) fn prefetch(&mut self, seq: i64) {
        let (log, scope, limit) = (Arc::clone(&self.log), self.scope.clone(), self.limit);
        let task = self.runtime.spawn(async move { log.read_after(&scope, seq, limit).await });
        self.ahead = Some((seq, task));
    }

    fn next<F>(&mut self, after: i64, read: impl FnOnce(Log, Scope, ReadLimit) -> F) -> Result<Vec<LogEntry>>
    where
        F: Future<Output = Result<Vec<LogEntry>>>,
    {
        if let Some((from, task)) = self.ahead.take()
            && from == after
            && let Ok(read) = self.runtime.block_on(task)
        {
            return read;
        }
        self.runtime.block_on(read(Arc::clone(&self.log), self.scope.clone(), self.limit))
    }
}
