//! The store in a PostgreSQL database, for many nodes: the same rows as in SQLite, kept apart by the server as well.
//!
//! Two roles. One owns the tables and only migrates; nodes connect as the other, which owns nothing and for which every
//! table of tenants has forced row-level security: a transaction is begun for one tenant, sees and takes its rows alone, and
//! none if it was begun for nobody. What has no tenant yet (sign-in, the list of tenants at start) goes through functions
//! that run as the owner and answer no more than that ([`directory`]). A role that could see through this, and a database
//! that does not hold it up, are refused at start ([`admission`]).
//!
//! One transaction of a tenant writes at a time ([`lane`]), whichever node it is on; readers see one moment and hold nobody
//! up. Nothing is retried here: a lock that is waited for too long is `Busy`, and the caller's to decide about. The server
//! ends statements and transactions that take or idle too long, so that a node that froze lets its tenants go.
//!
//! A commit is answered when the server has it on its disk (its `synchronous_commit` and replicas are the operator's). A node
//! that crashes loses what was not saved; what the server lost with its disk is lost.

mod admission;
mod agents;
mod api_keys;
mod audit;
pub mod authority;
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

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use uuid::Uuid;

use self::lane::{Begin, Held, Lane, Ownership};
use super::rows::{missing, stale};
use super::{Directory, Store, Tx};
use crate::config::Config;
use crate::holder::Holder;
use crate::ids::IncarnationId;
use crate::{Ambient, Error, Result, Scope, Timestamp};

/// Where all of it is, apart from whatever else is in the database.
const SCHEMA: &str = "autonomos";

/// The server finds out so soon that a node's machine is gone: what it held is free then.
const KEEPALIVE: [(&str, &str); 4] = [
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
];

/// How long a transaction that only reads may idle: it holds nobody up.
const IDLE_READER: Duration = Duration::from_mins(1);

/// How to open the store.
#[derive(Clone)]
pub struct PostgresOptions {
    /// Of the role that nodes connect as: `postgres://role:password@host/database`.
    pub url: String,
    /// Of the role that owns the tables and migrates them; none: somebody else has migrated.
    pub owner_url: Option<String>,
    /// Name of this node.
    pub node_id: String,
    /// Transactions that may write at once, each of another tenant.
    pub writers: u32,
    /// Transactions that may read at once.
    pub readers: u32,
    /// How long one waits for its turn, for a lock, and for the server to let it in.
    pub patience: Duration,
    /// How long a statement may take.
    pub statement: Duration,
    /// How long a transaction that writes may say nothing.
    pub idle: Duration,
    /// Whether a migration that takes data away may run.
    pub allow_destructive: bool,
    /// Whether this node is alone and owns every tenant from its start on.
    pub alone: bool,
    /// Who this process is among others, and until when it may act as an owner; none: there are no others.
    pub holder: Option<Arc<Holder>>,
}

impl std::fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URLs have passwords.
        f.debug_struct("PostgresOptions").field("node_id", &self.node_id).finish_non_exhaustive()
    }
}

impl PostgresOptions {
    /// The defaults, with that database.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            owner_url: None,
            node_id: "local".into(),
            writers: 8,
            readers: 4,
            patience: Duration::from_secs(10),
            statement: Duration::from_secs(30),
            idle: Duration::from_secs(5),
            allow_destructive: false,
            alone: true,
            holder: None,
        }
    }

    /// As configured, with that database.
    pub fn configured(url: impl Into<String>, config: &Config) -> Self {
        let (store, node_id) = (&config.store, Some(config.cluster.node_id.clone()).filter(|id| !id.is_empty()));
        Self {
            owner_url: store.owner_url.reveal().map(ToOwned::to_owned),
            node_id: node_id.unwrap_or_else(|| "local".into()),
            writers: store.writers,
            readers: store.readers,
            patience: Duration::from_secs(store.patience_seconds),
            statement: Duration::from_secs(store.statement_seconds),
            idle: Duration::from_secs(store.idle_seconds),
            allow_destructive: store.allow_destructive,
            ..Self::new(url)
        }
    }

    /// Sessions of the nodes' role.
    fn session(&self, idle: Duration) -> Result<PgConnectOptions> {
        let millis = |of: Duration| of.as_millis().to_string();
        Ok(parse(&self.url, "store.database_url")?
            .application_name(&format!("autonomos/{}", self.node_id))
            .statement_cache_capacity(256)
            .options(KEEPALIVE)
            .options([
                ("search_path", format!("{SCHEMA},pg_temp")),
                ("statement_timeout", millis(self.statement)),
                ("lock_timeout", millis(self.patience)),
                ("idle_in_transaction_session_timeout", millis(idle)),
            ]))
    }
}

fn parse(url: &str, setting: &'static str) -> Result<PgConnectOptions> {
    PgConnectOptions::from_str(url).map_err(|e| {
        Error::invalid("store.url", "the database's URL cannot be read")
            .field(setting)
            .remedy("It looks like postgres://role:password@host:5432/database?sslmode=require.")
            .source(e)
    })
}

/// See the module.
pub struct PostgresStore {
    directory: directory::PostgresDirectory,
    shared: Arc<Shared>,
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PostgresStore")
    }
}

struct Shared {
    writers: Arc<Lane>,
    readers: Arc<Lane>,
    ambient: Ambient,
    node_id: String,
    incarnation: IncarnationId,
    holder: Option<Arc<Holder>>,
}

impl Shared {
    /// The ownership that a scope says it acts under, if this process may act as an owner at all.
    fn ownership(&self, scope: &Scope) -> Result<Option<Ownership>> {
        let Some(epoch) = scope.epoch() else { return Ok(None) };
        if let Some(holder) = &self.holder {
            holder.check(&self.ambient)?;
        }
        Ok(Some(Ownership { incarnation: self.incarnation.as_uuid(), epoch }))
    }
}

impl PostgresStore {
    /// Migrates (if it was told as whom), refuses what would not keep tenants apart, and, alone, raises the epochs, unless
    /// nodes of a cluster live in the same database.
    pub async fn open(options: PostgresOptions, ambient: Ambient) -> Result<Self> {
        migrate(&options, &ambient).await?;
        let (writing, reading) = (options.session(options.idle)?, options.session(IDLE_READER)?);
        admission::database(&writing).await?;
        let shared = Arc::new(Shared {
            writers: Lane::new(Begin::Write, options.writers, writing, options.patience),
            readers: Lane::new(Begin::Read, options.readers, reading, options.patience),
            incarnation: match &options.holder {
                Some(holder) => holder.me().incarnation,
                None => IncarnationId::new(&ambient),
            },
            ambient,
            node_id: options.node_id,
            holder: options.holder,
        });
        if options.alone && shared.holder.is_none() {
            let mut held = shared.writers.begin(None).await?;
            authority::nobody_else(held.connection()?).await?;
            owners::take_over(held.connection()?, &shared.node_id, shared.incarnation).await?;
            held.commit().await?;
        }
        let directory = directory::PostgresDirectory::new(Arc::clone(&shared));
        Ok(Self { directory, shared })
    }
}

/// Brings the database to this version, as the owner, and gives the nodes' role its rights, unless it is one that is refused;
/// nothing without an owner. Answers the names of what was run.
pub async fn migrate(options: &PostgresOptions, ambient: &Ambient) -> Result<Vec<&'static str>> {
    admission::role(&options.session(options.idle)?).await?;
    let Some(owner) = &options.owner_url else { return Ok(Vec::new()) };
    let owner = parse(owner, "store.owner_url")?.application_name("autonomos/migrate");
    let mut connection = connect(&parse(&options.url, "store.database_url")?, "store.database_url").await?;
    let role: String = sqlx::query_scalar("select current_user::text").fetch_one(&mut connection).await?;
    connection.close().await?;
    connect(&owner, "store.owner_url").await?.close().await?;
    let ran = migrate::migrate(&owner, &role, ambient.now(), options.allow_destructive).await?;
    if !ran.is_empty() {
        tracing::info!(migrations = ?ran, "the store was brought to this version");
    }
    Ok(ran)
}

async fn connect(options: &PgConnectOptions, setting: &'static str) -> Result<PgConnection> {
    options.connect().await.map_err(|e| {
        // A pooler that takes no settings of a session.
        if e.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == "08P01") {
            return admission::pooler().source(e);
        }
        let error = Error::from(e);
        let sign_in = error.code == "store.sign_in";
        let error = error.field(setting);
        if sign_in {
            return error.remedy("Check role, password and database of that URL.");
        }
        error.remedy("Check host and port of that URL, and that the server runs and lets this machine in.")
    })
}

#[async_trait::async_trait]
impl Store for PostgresStore {
    async fn begin(&self, scope: &Scope) -> Result<Box<dyn Tx>> {
        let under = self.shared.ownership(scope)?;
        let held = self.shared.writers.begin_under(Some(scope.tenant().as_uuid()), under).await?;
        Ok(Box::new(PostgresTx { under: scope.epoch(), ..PostgresTx::new(held, scope, &self.shared) }))
    }

    async fn read(&self, scope: &Scope) -> Result<Box<dyn Tx>> {
        let held = self.shared.readers.begin(Some(scope.tenant().as_uuid())).await?;
        Ok(Box::new(PostgresTx::new(held, scope, &self.shared)))
    }

    fn directory(&self) -> &dyn Directory {
        &self.directory
    }

    fn ambient(&self) -> &Ambient {
        &self.shared.ambient
    }

    async fn ping(&self) -> Result<()> {
        self.shared.readers.begin(None).await.map(drop)
    }

    async fn close(&self) {
        self.shared.readers.close().await;
        self.shared.writers.close().await;
    }
}

/// One transaction of one tenant.
struct PostgresTx {
    held: Held,
    tenant: Uuid,
    actor: String,
    /// Who answers for it; a part of the platform has nobody.
    person: Option<Uuid>,
    trace: String,
    /// Something was noted in the audit.
    noted: bool,
    /// The ownership that it was begun under, which holds until its end.
    under: Option<i64>,
    incarnation: String,
    ambient: Ambient,
}

impl PostgresTx {
    fn new(held: Held, scope: &Scope, shared: &Shared) -> Self {
        Self {
            held,
            tenant: scope.tenant().as_uuid(),
            actor: scope.actor().to_string(),
            person: scope.actor().person().map(|id| id.as_uuid()),
            trace: scope.trace().as_uuid().simple().to_string(),
            noted: false,
            under: None,
            incarnation: shared.incarnation.to_string(),
            ambient: shared.ambient.clone(),
        }
    }

    fn conn(&mut self) -> Result<&mut PgConnection> {
        self.held.connection()
    }

    fn now(&self) -> Timestamp {
        self.ambient.now()
    }
}

#[async_trait::async_trait]
impl Tx for PostgresTx {
    async fn save(self: Box<Self>) -> Result<()> {
        if self.person.is_some() && !self.noted {
            return Err(super::audit::unnoted());
        }
        self.held.commit().await
    }
}
