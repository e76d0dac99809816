//! Connections to the server: a lane for transactions that write, a lane for those that read, each handed out in the order
//! asked for, and each transaction begun for a tenant, whose rows are the only ones it sees.
//!
//! A connection is never handed out with a transaction still open. Whoever drops a [`Held`] in the middle (an error, a
//! cancelled request, a panic) sets off a roll-back, and the lane has the connection back only after it. The server does the
//! statements of a connection in order, so a roll-back sent after a `BEGIN` that was cancelled half-way takes effect after
//! it. (sqlx's own pool and transactions are not used: in 0.9.0 a cancelled `BEGIN` goes back to the pool open.)
//!
//! One that is begun under an ownership checks it first, and keeps it so until its end: the fence.
//!
//! One transaction of a tenant writes at a time, as in SQLite: it holds the tenant's counter row from its first statement
//! on, so that whatever was read can be acted upon. Writers of this process wait for their turn here, where it costs no
//! connection, so that a busy tenant leaves the others theirs.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::{Error, Result};

/// How a transaction begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// Sees what is committed at each statement, and is the tenant's one writer.
    Write,
    /// Sees one moment, and is refused every write.
    Read,
}

/// An ownership that a transaction is begun under.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ownership {
    /// The start of the process that owns.
    pub(super) incarnation: Uuid,
    /// See [`crate::authority::Title`].
    pub(super) epoch: i64,
}

impl Begin {
    /// All in one message. The tenant is set for this transaction alone.
    fn sql(self, tenant: Option<Uuid>, under: Option<Ownership>) -> String {
        // A UUID is written in hexadecimal digits and hyphens, whatever it is.
        let tenant = tenant.map(|id| id.to_string()).unwrap_or_default();
        let fence = under.map(|o| format!("select fence('{}', {});", o.incarnation, o.epoch)).unwrap_or_default();
        match self {
            Self::Write => format!(
                "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; select set_config('app.tenant_id', '{tenant}', true);
                 {fence} select 1 from tenant_counters for update"
            ),
            Self::Read => format!(
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; select set_config('app.tenant_id', '{tenant}', true)"
            ),
        }
    }
}

pub(super) struct Lane {
    begin: Begin,
    width: u32,
    options: PgConnectOptions,
    patience: Duration,
    permits: Arc<Semaphore>,
    turns: Turns,
    idle: Mutex<Vec<PgConnection>>,
}

impl Lane {
    pub(super) fn new(begin: Begin, width: u32, options: PgConnectOptions, patience: Duration) -> Arc<Self> {
        let width = width.max(1);
        let permits = Arc::new(Semaphore::new(width as usize));
        Arc::new(Self { begin, width, options, patience, permits, turns: Turns::default(), idle: Mutex::default() })
    }

    /// Begins a transaction for a tenant (or for nobody, who sees no rows), when it is its turn.
    pub(super) async fn begin(self: &Arc<Self>, tenant: Option<Uuid>) -> Result<Held> {
        self.begin_under(tenant, None).await
    }

    /// The same under an ownership, which is checked first: fails with kind `Fenced` if the tenant is owned otherwise.
    pub(super) async fn begin_under(self: &Arc<Self>, tenant: Option<Uuid>, under: Option<Ownership>) -> Result<Held> {
        let busy = |_| Error::busy("store.busy", "the store is busy; try again");
        let turn = async {
            let turn = match tenant {
                Some(tenant) if self.begin == Begin::Write => Some(self.turns.of(tenant).acquire_owned().await),
                _ => None,
            };
            Ok::<_, Error>((
                turn.transpose().map_err(closed)?,
                self.permits.clone().acquire_owned().await.map_err(closed)?,
            ))
        };
        let (turn, mut permit) = tokio::time::timeout(self.patience, turn).await.map_err(busy)??;
        let mut turn = turn;
        let sql = self.begin.sql(tenant, under);
        loop {
            let idle = self.idle.lock().pop();
            let used = idle.is_some();
            let connection = if let Some(connection) = idle {
                connection
            } else {
                let connecting = tokio::time::timeout(self.patience, self.options.connect()).await;
                connecting.map_err(|_| unreachable())?.map_err(not_connected)?
            };
            let mut held = Held {
                lane: Arc::clone(self),
                connection: Some(connection),
                place: Some(Place { permit, turn }),
                open: true,
            };
            match sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(held.connection()?).await {
                Ok(_) => return Ok(held),
                // Nothing was begun on it: the server closed it while nobody used it.
                Err(error) if used && hung_up(&error) => {
                    held.connection = None;
                    let Some(place) = held.place.take() else { return Err(error.into()) };
                    (permit, turn) = (place.permit, place.turn);
                }
                Err(error) => return Err(error.into()),
            }
        }
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

fn closed(_: tokio::sync::AcquireError) -> Error {
    Error::unavailable("store.closed", "the store is closed")
}

fn unreachable() -> Error {
    Error::unavailable("store.unavailable", "the store cannot be reached")
}

/// A server that ends in the middle of a greeting is to sqlx one that speaks another protocol.
fn not_connected(error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::Protocol(_) => unreachable().source(error),
        other => other.into(),
    }
}

/// The connection is of no use any more.
fn hung_up(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        // Ended by an administrator, a shutdown, a time-out.
        sqlx::Error::Database(e) => e.code().is_some_and(|code| code.starts_with("57P") || code == "25P03"),
        _ => false,
    }
}

/// Whose turn it is to write, tenant by tenant; in the order asked for.
#[derive(Default)]
struct Turns(Mutex<HashMap<Uuid, Weak<Semaphore>>>);

impl Turns {
    fn of(&self, tenant: Uuid) -> Arc<Semaphore> {
        let mut turns = self.0.lock();
        if let Some(turn) = turns.get(&tenant).and_then(Weak::upgrade) {
            return turn;
        }
        // As many as write or wait stay.
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Semaphore::new(1));
        turns.insert(tenant, Arc::downgrade(&turn));
        turn
    }
}

/// A place in the lane, and the tenant's turn.
struct Place {
    permit: OwnedSemaphorePermit,
    turn: Option<OwnedSemaphorePermit>,
}

/// A connection in somebody's hands, in a transaction.
pub(super) struct Held {
    lane: Arc<Lane>,
    connection: Option<PgConnection>,
    place: Option<Place>,
    open: bool,
}

impl Held {
    pub(super) fn connection(&mut self) -> Result<&mut PgConnection> {
        self.connection.as_mut().ok_or_else(|| Error::internal("store.failed", "the transaction is over"))
    }

    /// Makes it durable. Cancelled or failed, it is rolled back, unless it had got through.
    pub(super) async fn commit(mut self) -> Result<()> {
        // A transaction in which a statement failed answers COMMIT with a roll-back and no error; anything before it errs.
        sqlx::raw_sql("select 1; COMMIT").execute(self.connection()?).await?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let (Some(mut connection), place) = (self.connection.take(), self.place.take()) else { return };
        if !self.open {
            self.lane.idle.lock().push(connection);
            return;
        }
        let lane = Arc::clone(&self.lane);
        // Without a runtime (process end) the connection is closed, which rolls back as well.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            match sqlx::raw_sql("ROLLBACK").execute(&mut connection).await {
                Ok(_) => lane.idle.lock().push(connection),
                Err(error) => tracing::warn!(%error, "a roll-back failed; the connection is given up"),
            }
            drop(place);
        });
    }
}
