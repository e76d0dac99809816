//! The store in one SQLite file: write-ahead log, one writer at a time, readers beside it, every commit synced.
//!
//! A file lock on the data directory is the lease: a second process is refused at start. Every start raises every
//! tenant's epoch, so that the fence is the same statement here as in a cluster. After kill -9 the file opens as of the
//! last commit.
//!
//! Pages are 16 KiB because most bytes are batches of some megabytes; those go through the write-ahead log once and into
//! the file once. Pages that a deletion or a compaction frees are used for what comes next; what is free beyond that can be
//! given back to the file system a few megabytes at a time (the file is made for it; one made before that only reuses).

mod agents;
mod api_keys;
mod audit;
mod bulk_mappings;
mod connections;
mod dead_letters;
mod decisions;
mod deliveries;
mod demo;
mod directory;
mod drifts;
mod erase;
pub(super) mod error;
mod files;
mod idempotency;
mod identities;
mod lane;
mod lineage;
mod log;
mod mappings;
mod migrate;
mod model_use;
mod owners;
mod playbooks;
mod questions;
mod reviews;
mod row;
mod schedules;
mod sealing_keys;
mod sessions;
mod settings;
mod streams;
mod tasks;
mod tenants;
#[cfg(test)]
mod tests;
mod tokens;
mod users;

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use uuid::Uuid;

use self::lane::{Begin, Held, Lane};
use super::rows::{missing, stale};
use super::{Directory, Store, Tx};
use crate::config::Config;
pub use crate::config::Durability;
use crate::{Ambient, Error, Result, Scope, Timestamp};

/// Bytes of a page.
const PAGE: u64 = 16 * 1024;

/// How to open the store.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// The data directory; made if it is not there.
    pub dir: PathBuf,
    /// Name of this node.
    pub node_id: String,
    /// When a commit is answered.
    pub durability: Durability,
    /// Transactions that may read at once.
    pub readers: u32,
    /// How long one waits for its turn.
    pub patience: Duration,
    /// Whether a migration that takes data away may run.
    pub allow_destructive: bool,
}

impl SqliteOptions {
    /// The defaults, in that directory.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            node_id: "local".into(),
            durability: Durability::Full,
            readers: 4,
            patience: Duration::from_secs(10),
            allow_destructive: false,
        }
    }

    /// As configured, in that directory.
    pub fn configured(dir: impl Into<PathBuf>, config: &Config) -> Self {
        let node_id = Some(config.cluster.node_id.clone()).filter(|id| !id.is_empty());
        Self {
            node_id: node_id.unwrap_or_else(|| "local".into()),
            durability: config.store.durability,
            readers: config.store.readers,
            patience: Duration::from_secs(config.store.patience_seconds),
            allow_destructive: config.store.allow_destructive,
            ..Self::new(dir)
        }
    }
}

/// See the module.
pub struct SqliteStore {
    directory: directory::SqliteDirectory,
    shared: Arc<Shared>,
    /// Held until the process ends or [`Store::close`]: the lease.
    lease: parking_lot::Mutex<Option<File>>,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SqliteStore")
    }
}

struct Shared {
    writer: Arc<Lane>,
    readers: Arc<Lane>,
    ambient: Ambient,
    node_id: String,
    incarnation: String,
}

impl SqliteStore {
    /// Takes the lease, opens the file, migrates it and raises the epochs.
    pub async fn open(options: SqliteOptions, ambient: Ambient) -> Result<Self> {
        let dir = options.dir.clone();
        let lease = tokio::task::spawn_blocking(move || lock(&dir))
            .await
            .map_err(|e| Error::internal("store.failed", "the data directory could not be opened").source(e))??;
        let connect = SqliteConnectOptions::new()
            .filename(options.dir.join("autonomos.sqlite"))
            .create_if_missing(true)
            .page_size(PAGE as u32)
            // Keeps, beside the pages, what is needed to move one: next to nothing a commit.
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match options.durability {
                Durability::Full => SqliteSynchronous::Full,
                Durability::Normal => SqliteSynchronous::Normal,
                Durability::Off => SqliteSynchronous::Off,
            })
            .foreign_keys(true)
            .busy_timeout(options.patience)
            .statement_cache_capacity(256)
            // 32 MiB of write-ahead log before its pages move to the file; after a peak it shrinks to twice that.
            .pragma("wal_autocheckpoint", "2048")
            .pragma("journal_size_limit", "67108864")
            // What is deleted is overwritten, so that nothing of a tenant that is gone stays in a page nobody uses.
            .pragma("secure_delete", "on");
        // A batch of some megabytes stays in the cache until its commit; readers take one payload at a time.
        let writing = connect.clone().pragma("cache_size", "-32768").thread_name(|_| "store-writer".into());
        let reading = connect
            .pragma("cache_size", "-4096")
            .pragma("query_only", "on")
            .row_buffer_size(1)
            .thread_name(|n| format!("store-reader-{n}"));
        let writer = Lane::new(Begin::Write, 1, writing, options.patience);
        let readers = Lane::new(Begin::Read, options.readers, reading, options.patience);
        let shared = Arc::new(Shared {
            writer,
            readers,
            incarnation: ambient.uuid().to_string(),
            ambient,
            node_id: options.node_id,
        });
        let mut held = shared.writer.begin().await?;
        let ran = migrate::migrate(&mut held, shared.ambient.now(), options.allow_destructive).await?;
        if !ran.is_empty() {
            tracing::info!(migrations = ?ran, "the store was brought to this version");
        }
        owners::take_over(held.connection()?, &shared.node_id, &shared.incarnation).await?;
        held.commit().await?;
        let directory = directory::SqliteDirectory::new(Arc::clone(&shared));
        Ok(Self { directory, shared, lease: parking_lot::Mutex::new(Some(lease)) })
    }
}

/// The lease. Blocking.
fn lock(dir: &std::path::Path) -> Result<File> {
    let unusable = |e: std::io::Error| {
        Error::unavailable("store.directory", "the data directory cannot be used")
            .remedy("Check that it exists, that its volume is mounted and that this user may write to it.")
            .source(e)
    };
    std::fs::create_dir_all(dir).map_err(unusable)?;
    let path = dir.join("autonomos.lock");
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::conflict("store.locked", "the data directory is in use")
            .remedy("Stop the other process, or give this one another --data-dir.")),
        Err(TryLockError::Error(e)) => Err(unusable(e)),
    }
}

#[async_trait::async_trait]
impl Store for SqliteStore {
    async fn begin(&self, scope: &Scope) -> Result<Box<dyn Tx>> {
        let writer = &self.shared.writer;
        let held = match scope.epoch() {
            Some(epoch) => writer.begin_under(scope.tenant().as_uuid(), epoch).await?,
            None => writer.begin().await?,
        };
        Ok(Box::new(SqliteTx::new(held, scope, &self.shared)))
    }

    async fn read(&self, scope: &Scope) -> Result<Box<dyn Tx>> {
        Ok(Box::new(SqliteTx::new(self.shared.readers.begin().await?, scope, &self.shared)))
    }

    fn directory(&self) -> &dyn Directory {
        &self.directory
    }

    fn ambient(&self) -> &Ambient {
        &self.shared.ambient
    }

    async fn ping(&self) -> Result<()> {
        let mut held = self.shared.readers.begin().await?;
        sqlx::query("select 1").execute(held.connection()?).await?;
        Ok(())
    }

    async fn close(&self) {
        self.shared.readers.close().await;
        self.shared.writer.close().await;
        // Said, and not left to the end of the file: a process that is just being started has it open as well.
        if let Some(lease) = self.lease.lock().take()
            && let Err(error) = lease.unlock()
        {
            tracing::warn!(%error, "the data directory was not let go of");
        }
    }
}

/// One transaction of one tenant.
struct SqliteTx {
    held: Held,
    tenant: Uuid,
    actor: String,
    /// Who answers for it; a part of the platform has nobody.
    person: Option<Uuid>,
    trace: String,
    /// Something was noted in the audit.
    noted: bool,
    ambient: Ambient,
}

impl SqliteTx {
    fn new(held: Held, scope: &Scope, shared: &Shared) -> Self {
        Self {
            held,
            tenant: scope.tenant().as_uuid(),
            actor: scope.actor().to_string(),
            person: scope.actor().person().map(|id| id.as_uuid()),
            trace: scope.trace().as_uuid().simple().to_string(),
            noted: false,
            ambient: shared.ambient.clone(),
        }
    }

    fn conn(&mut self) -> Result<&mut SqliteConnection> {
        self.held.connection()
    }

    fn now(&self) -> Timestamp {
        self.ambient.now()
    }
}

#[async_trait::async_trait]
impl Tx for SqliteTx {
    async fn save(self: Box<Self>) -> Result<()> {
        if self.person.is_some() && !self.noted {
            return Err(super::audit::unnoted());
        }
        self.held.commit().await
    }
}
