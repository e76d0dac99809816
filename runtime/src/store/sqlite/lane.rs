//! Connections to the one file: a lane of one for writers, a lane of a few for readers, each handed out in the order
//! asked for.
//!
//! A connection is never handed out with a transaction still open. Whoever drops a [`Held`] in the middle (an error, a
//! cancelled request, a panic) sets off a roll-back, and the lane has the connection back only after it. sqlx runs the
//! statements of a connection in order on a thread of its own, so a roll-back sent after a `BEGIN` that was cancelled
//! half-way takes effect after it.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::store::owners::fenced;
use crate::{Error, Result};

/// How a transaction begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// Takes the write lock at once, so that it cannot fail half-way for want of it.
    Write,
    /// Sees one moment.
    Read,
}

pub(super) struct Lane {
    begin: Begin,
    width: u32,
    options: SqliteConnectOptions,
    patience: Duration,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<SqliteConnection>>,
}

impl Lane {
    pub(super) fn new(begin: Begin, width: u32, options: SqliteConnectOptions, patience: Duration) -> Arc<Self> {
        let width = width.max(1);
        let permits = Arc::new(Semaphore::new(width as usize));
        Arc::new(Self { begin, width, options, patience, permits, idle: Mutex::new(Vec::new()) })
    }

    /// Begins a transaction, when it is its turn.
    pub(super) async fn begin(self: &Arc<Self>) -> Result<Held> {
        let mut held = self.acquire().await?;
        held.open = true;
        let sql = match self.begin {
            Begin::Write => "BEGIN IMMEDIATE",
            Begin::Read => "BEGIN",
        };
        sqlx::query(sql).execute(held.connection()?).await?;
        Ok(held)
    }

    /// The same for a tenant under an ownership, which is read first. It stays: whoever writes is alone, and owners change
    /// by writing.
    pub(super) async fn begin_under(self: &Arc<Self>, tenant: Uuid, epoch: i64) -> Result<Held> {
        let mut held = self.acquire().await?;
        held.open = true;
        // Both on one way to the store's thread and back; a UUID is written in hexadecimal digits, whatever it is.
        let sql = format!(
            "BEGIN IMMEDIATE; select epoch from tenant_owner where tenant_id = x'{}' and epoch = {epoch}",
            tenant.simple()
        );
        let owned = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(held.connection()?).await?;
        if owned.is_empty() { Err(fenced()) } else { Ok(held) }
    }

    /// A connection without a transaction.
    pub(super) async fn acquire(self: &Arc<Self>) -> Result<Held> {
        let turn = tokio::time::timeout(self.patience, Arc::clone(&self.permits).acquire_owned());
        let permit = turn
            .await
            .map_err(|_| Error::busy("store.busy", "the store is busy; try again"))?
            .map_err(|_| Error::unavailable("store.closed", "the store is closed"))?;
        let idle = self.idle.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        Ok(Held { lane: Arc::clone(self), connection: Some(connection), permit: Some(permit), open: false })
    }

    /// Waits for those who hold a connection, as long as they would wait, closes all, and hands none out any more.
    pub(super) async fn close(&self) {
        let all = self.permits.acquire_many(self.width);
        if tokio::time::timeout(self.patience, all).await.is_err() {
            tracing::warn!("the store is closed while transactions are open; they are rolled back");
        }
        self.permits.close();
        let idle = std::mem::take(&mut *self.idle.lock());
        for connection in idle {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "closing a connection of the store failed");
            }
        }
    }
}

/// A connection in somebody's hands.
pub(super) struct Held {
    lane: Arc<Lane>,
    connection: Option<SqliteConnection>,
    permit: Option<OwnedSemaphorePermit>,
    open: bool,
}

impl Held {
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection> {
        self.connection.as_mut().ok_or_else(|| Error::internal("store.failed", "the transaction is over"))
    }

    /// Makes it durable. Cancelled or failed, it is rolled back, unless it had got through.
    pub(super) async fn commit(mut self) -> Result<()> {
        sqlx::query("COMMIT").execute(self.connection()?).await?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let (Some(mut connection), permit) = (self.connection.take(), self.permit.take()) else { return };
        if !self.open {
            self.lane.idle.lock().push(connection);
            return;
        }
        let lane = Arc::clone(&self.lane);
        // Without a runtime (process end) the connection is closed, which rolls back as well.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            match sqlx::query("ROLLBACK").execute(&mut connection).await {
                // "No transaction is active": it had been committed, or SQLite rolled it back itself.
                Ok(_) | Err(sqlx::Error::Database(_)) => lane.idle.lock().push(connection),
                Err(error) => tracing::error!(%error, "a roll-back failed; the connection is given up"),
            }
            drop(permit);
        });
    }
}
