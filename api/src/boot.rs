//! The composition root: the only place that names concrete types and puts them together.
//!
//! Up: port → store → bus, parts, host → (one of many: lease, director) → router served → tenants started in the background,
//! ready. Down, in reverse: ready off, (tenants handed over), live streams told, requests finished, tenants drained, bus and store
//! closed, (lease ended); `http.drain_seconds` and ten more at most, and a second signal ends the process at once, which is as
//! safe as kill -9 because nothing that matters is written on the way out. A node that was declared dead ends by itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use autonomos_actors::dcl::{self, Dcl};
use autonomos_actors::files::{Folder, Place, Quota};
use autonomos_actors::intelligence::LanguageModel;
use autonomos_actors::lineage::keeper::Keeper;
use autonomos_actors::outside::{Outside, SystemLookup};
use autonomos_actors::parts::Parts;
use autonomos_actors::platform::Platform;
use autonomos_actors::tenant::Host;
use autonomos_actors::vault::Vault;
use autonomos_cluster::heart::Heart;
use autonomos_cluster::redis::budgets::Budgets;
use autonomos_cluster::redis::bus::{self as redis_bus, Health, Makings};
use autonomos_cluster::redis::link;
use autonomos_cluster::redis::seal::Secrets;
use autonomos_cluster::standalone;
use autonomos_runtime::bus::{EventBus, Limits, local};
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::config::{self, Config};
use autonomos_runtime::host::TenantHost as _;
use autonomos_runtime::resilience::Guard;
use autonomos_runtime::secrets::Sealer;
use autonomos_runtime::store::{self, Store};
use autonomos_runtime::{Ambient, Error, Result, supervision};
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::auth::api_key::Uses;
use crate::auth::attempts::Attempts;
use crate::auth::key_ring::Ring;
use crate::auth::oidc::Oidc;
use crate::auth::operator::Operators;
use crate::auth::password::Passwords;
use crate::auth::token::Tokens;
use crate::cli::NodeArgs;
use crate::gateway::idempotency::Running;
use crate::gateway::rate_limit::{RateLimits, Rates};
use crate::gateway::relay::Relay;
use crate::gateway::relay::hop::Hops;
use crate::gateway::{rate_share, server};
use crate::live::hub::Hub;
use crate::membership::Plan;
use crate::state::{AppState, Reach, Settings};
use crate::{http, telemetry};

/// What stores have to close, beyond the drain.
const CLOSING: Duration = Duration::from_secs(10);
/// When a tenant that could not be erased is tried again.
const ERASE_AGAIN: Duration = Duration::from_secs(30);
/// Password hashes at once.
const HASHES: usize = 2;

/// A running node.
pub struct Node {
    app: AppState,
    address: SocketAddr,
    serving: JoinHandle<()>,
    signals: Signals,
    heart: Option<Heart>,
}

/// What tells the process to end. Heard from the start on, so that no moment is too early for it.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({})", self.address)
    }
}

impl Node {
    /// Everything up, in order. What fails says what and why, and leaves nothing behind.
    pub async fn start(args: &NodeArgs, secret: &str) -> Result<Self> {
        let ambient = Ambient::system();
        let signals = Signals::hear()?;
        let listener = bind(args.listen)?;
        let address = listener.local_addr().map_err(|e| unbound(args.listen, e))?;
        let metrics = telemetry::measure();
        autonomos_runtime::metrics::describe();
        autonomos_actors::metrics::describe();
        autonomos_cluster::metrics::describe();
        let secrets: Vec<&str> = std::iter::once(secret).chain(args.previous_secret_key.as_deref()).collect();
        let mut tokens = Tokens::new(ambient.clone(), &secrets)?;
        if let Some(path) = &args.signing_key_file {
            tokens = tokens.sign_with(&std::fs::read(path).map_err(|e| {
                Error::invalid("config.signing_key", "the signing key cannot be read")
                    .field("AUTONOMOS_SIGNING_KEY_FILE")
                    .source(e)
            })?)?;
        }

        let previous: Vec<&str> = args.previous_secret_key.as_deref().into_iter().collect();
        let sealer = Arc::new(Sealer::new(ambient.clone(), secret, &previous));
        tokens.adopt(&Ring::read(&Ring::path(&args.data_dir), &sealer)?)?;

        let config = Arc::new(Config::load(args.config.as_deref(), std::env::vars())?);
        for warning in config.warnings() {
            tracing::warn!("{warning}");
        }
        let args = &NodeArgs { node_id: args.named(&config), ..args.clone() };
        let plan = Plan::of(&args.node_id, address, &config, &ambient)?;
        let holder = plan.as_ref().map(|plan| plan.holder().clone());
        let store = store::open(&args.data_dir, &args.node_id, &config, ambient.clone(), holder).await?;
        let limits = Limits { events: config.bus.events, bytes: config.bus.events_mb << 20, ..Limits::default() };
        let (bus, redis) = bus(args, &secrets, &ambient, limits, &config).await?;
        let rates = Rates {
            requests: args.rate_limit_per_minute.unwrap_or(config.http.rate_limit_per_minute),
            costly: config.http.costly_per_minute,
        };
        let parts = parts(args, sealer, &ambient, &store, &bus, config.clone())?;
        let guard = parts.outside.guard().clone();
        reachable(parts.folders.clone()).await?;
        let oidc = Oidc::configured(&config.oidc, guard, &ambient)?;
        let passwords = Passwords::new(ambient.clone(), HASHES, &config.auth)?;
        let host = if plan.is_some() { Host::among_others(parts) } else { Host::new(parts) };
        let (heart, relay) = match &plan {
            Some(plan) => {
                let heart = plan.join().await?;
                let director = plan.direct(store.clone(), host.clone())?;
                (Some(heart), Some(Relay::new(director, Hops::new(ambient.clone(), &secrets))?))
            }
            None => (None, None),
        };
        let platform = Arc::new(Platform::new(host));

        let app = AppState::new(Reach {
            hub: Hub::new(bus.clone()),
            store,
            bus,
            redis,
            relay,
            platform,
            tokens,
            operators: Operators::new(ambient.clone(), &secrets),
            oidc,
            erase: Notify::new(),
            passwords,
            key_uses: Uses::default(),
            attempts: Attempts::new(ambient.clone()),
            rates: RateLimits::new(ambient.clone(), rates),
            running: Running::default(),
            ambient,
            metrics,
            config: config.clone(),
            settings: Settings {
                node: args.node_id.clone(),
                open_registration: args.open_registration.unwrap_or(config.auth.open_registration),
                secure_cookies: args.secure_cookies,
                token_keys: Ring::path(&args.data_dir),
            },
            ready: watch::Sender::new(false),
            draining: CancellationToken::new(),
        });
        // Requests may take two fifths of the drain; tenants need the rest.
        let within = server::Within {
            head: Duration::from_secs(app.config.http.header_seconds),
            head_bytes: app.config.http.header_kb << 10,
            write: Duration::from_secs(app.config.http.write_seconds),
            connections: app.config.http.connections,
            drain: Duration::from_secs(app.config.http.drain_seconds) * 2 / 5,
        };
        let serving = tokio::spawn(server::serve(listener, http::router(app.clone()), app.draining.clone(), within));
        tokio::spawn(housekeeping(app.clone()));
        tokio::spawn(erasing(app.clone()));
        tokio::spawn(follow_keys(app.clone()));
        tokio::spawn(wake_tenants(app.clone()));
        if let Some(place) = redis_place(&app.config)? {
            tokio::spawn(rate_share::run(app.clone(), Budgets::new(place, &app.settings.node)));
        }
        Ok(Self { app, address, serving, signals, heart })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What its handlers reach.
    pub const fn app(&self) -> &AppState {
        &self.app
    }

    /// Serves until a signal comes, then goes down in order. Ends badly when this start is over in the eyes of the others: what
    /// it owned is theirs, and only another start joins again.
    pub async fn run_until_told(mut self) -> Result<()> {
        let over = async {
            match &self.heart {
                Some(heart) => heart.over().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.signals.told() => {}
            () = over => {
                self.app.platform.host().halt_all().await;
                return Err(Error::unavailable("cluster.over", "this node was declared dead, or replaced by another of its name")
                    .remedy("Start it again: it joins anew. Let whatever starts it do so by itself."));
            }
        }
        tracing::info!("going down; a second signal ends the process at once");
        let Self { app, serving, mut signals, heart, .. } = self;
        tokio::spawn(async move {
            signals.told().await;
            std::process::exit(130);
        });
        down(app, serving, heart).await
    }

    /// Waits until everybody who has something to run was started.
    pub async fn until_ready(&self) {
        // The sender lives as long as this node, so the wait ends by the value alone.
        self.app.ready.subscribe().wait_for(|ready| *ready).await.ok();
    }

    /// Down, in order, in time.
    pub async fn stop(self) -> Result<()> {
        down(self.app, self.serving, self.heart).await
    }
}

async fn down(app: AppState, serving: JoinHandle<()>, heart: Option<Heart>) -> Result<()> {
    app.ready.send_replace(false);
    let longest = Duration::from_secs(app.config.http.drain_seconds) + CLOSING;
    let down = async {
        // Requests are answered, or passed on, while tenants leave.
        if let Some(relay) = &app.relay {
            relay.director().depart().await;
        }
        app.draining.cancel();
        if let Err(error) = serving.await {
            tracing::error!(%error, "the server ended badly");
        }
        app.platform.host().stop_all().await;
        app.key_uses.write(&app).await;
        app.bus.close().await;
        app.store.close().await;
        if let Some(heart) = heart {
            heart.stop().await;
        }
    };
    tokio::time::timeout(longest, down)
        .await
        .map_err(|_| Error::unavailable("stop.late", "going down took longer than it may and was cut short"))
}

/// Whether the files can be got at: better said now than to whoever uploads the first one.
pub(crate) async fn reachable(folders: Arc<Folder>) -> Result<()> {
    tokio::task::spawn_blocking(move || folders.check())
        .await
        .map_err(|e| Error::internal("files.interrupted", "the place for files could not be looked at").source(e))?
}

/// Where Redis is, if there is one.
pub(crate) fn redis_place(config: &Config) -> Result<Option<link::Place>> {
    let patience = Duration::from_millis(config.bus.patience_ms);
    config.bus.redis_url.reveal().map(|url| link::Place::of(url, patience)).transpose()
}

/// Live events: over Redis, if there is one, or else in the data directory.
async fn bus(
    args: &NodeArgs,
    secrets: &[&str],
    ambient: &Ambient,
    limits: Limits,
    config: &Config,
) -> Result<(Arc<dyn EventBus>, Option<watch::Receiver<Health>>)> {
    let Some(place) = redis_place(config)? else {
        return Ok((Arc::new(local::kept_in(args.data_dir.join("live"), ambient.clone(), limits)?), None));
    };
    let makings = Makings {
        ambient: ambient.clone(),
        limits,
        place,
        node: args.node_id.clone(),
        secrets: Secrets::new(secrets.iter().copied()),
    };
    let (bus, health) = redis_bus::start(makings).await;
    Ok((Arc::new(bus), Some(health)))
}

/// What every tenant's tree works with.
fn parts(
    args: &NodeArgs,
    sealer: Arc<Sealer>,
    ambient: &Ambient,
    store: &Arc<dyn Store>,
    bus: &Arc<dyn EventBus>,
    config: Arc<Config>,
) -> Result<Arc<Parts>> {
    let vocabulary = Arc::new(Vocabulary::builtin().clone());
    let views = dcl::Settings {
        memory: config.dcl.memory_mb << 20,
        threads: config.dcl.threads,
        open_files: config.dcl.open_files,
        idle: Duration::from_secs(config.dcl.idle_seconds),
        deadline: Duration::from_secs(config.dcl.read_seconds),
        answers: config.dcl.answers_mb << 20,
        sql: queries(&config.sql),
        ..dcl::Settings::in_folder(args.data_dir.join("views"))
    };
    let quota = Quota { file: config.files.file_mb << 20, ..Quota::default() };
    let files = Place::of(&config.files.url, &args.data_dir)?;
    let bucket = Guard::new("files", &config.resilience.files, ambient.clone());
    Ok(Arc::new(Parts {
        store: store.clone(),
        bus: bus.clone(),
        dcl: Arc::new(Dcl::new(views, vocabulary.clone(), ambient.clone())),
        folders: Arc::new(files.folder("files", quota, &bucket, ambient.clone())?),
        archives: Arc::new(files.folder("exports", quota, &bucket, ambient.clone())?),
        outside: Arc::new(Outside::new(&config, &SystemLookup::shared(), ambient.clone())?),
        model: LanguageModel::configured(&config, ambient)?,
        bucket,
        vault: Arc::new(Vault::new(store.clone(), sealer)),
        vocabulary,
        slots: Parts::slot_credits(&config),
        config,
        node: supervision::Node::new(&args.node_id, ambient.clone()),
        batches: Parts::batch_credits(),
        indexed: Parts::index_credits(),
        lineage: Keeper::default(),
    }))
}

/// What a query in SQL may cost.
fn queries(said: &config::Sql) -> dcl::sql::Settings {
    let standard = dcl::sql::Settings::default();
    dcl::sql::Settings {
        memory: said.memory_mb << 20,
        deadline: Duration::from_secs(said.seconds),
        rows: said.rows,
        bytes: said.answer_kb << 10,
        running: said.running,
        running_of_node: said.running_of_node,
        patience: Duration::from_secs(said.wait_seconds),
        program: if said.program.is_empty() { standard.program } else { (&said.program).into() },
    }
}

/// Starts the trees of tenants that have something to run, beside the server; one that has no connection costs nothing
/// until it is asked, and one that is asked before its turn is started for the asker.
async fn wake_tenants(app: AppState) {
    let going_down = || app.draining.is_cancelled();
    if let Some(relay) = &app.relay {
        relay.director().until_swept().await;
        app.ready.send_replace(!going_down());
        return;
    }
    match standalone::start_tenants(&app.store, app.platform.host().as_ref(), going_down).await {
        Ok(started) => tracing::info!(started, "tenants were started"),
        Err(error) => {
            tracing::error!(error = error.chain(), "tenants could not be listed; they start when they are asked");
        }
    }
    app.ready.send_replace(!app.draining.is_cancelled());
}

/// Free space that is given back to the file system in one turn.
const GIVEN_BACK: u64 = 4 << 20;

/// Keeps tables, histograms and the store's file small.
async fn housekeeping(app: AppState) {
    let mut ticks = 0_u32;
    let mut every = tokio::time::interval(Duration::from_secs(5));
    loop {
        tokio::select! {
            () = app.draining.cancelled() => return,
            _ = every.tick() => {}
        }
        app.metrics.run_upkeep();
        app.platform.host().parts().dcl.close_idle().await;
        if let Err(error) = tidy_store(&app).await {
            tracing::warn!("the store's free space was not looked at: {}", error.chain());
        }
        app.key_uses.write(&app).await;
        ticks = ticks.wrapping_add(1);
        if ticks.is_multiple_of(60)
            && let Err(error) = app.store.directory().sweep().await
        {
            tracing::warn!("old rows were not swept: {}", error.chain());
        }
    }
}

/// Shows what the store takes, and gives back some of what it has to spare.
async fn tidy_store(app: &AppState) -> Result<()> {
    let directory = app.store.directory();
    let space = directory.space().await?;
    autonomos_runtime::metrics::store_space(space.bytes, space.free);
    if space.free > app.platform.host().parts().config.store.spare_mb << 20 {
        directory.give_back(GIVEN_BACK).await?;
    }
    Ok(())
}

/// Goes on with the ends of tenants: at start with what the last process left, then whenever one begins; what could not be
/// finished is tried again.
async fn erasing(app: AppState) {
    loop {
        // Of many nodes one sees to an end: the tenant's last owner, or who places if that is over.
        let ours = |tenant| app.relay.as_ref().is_none_or(|relay| relay.director().settles(tenant));
        let again = match app.platform.erase_tenants(ours).await {
            Ok(0) if app.relay.is_none() => Duration::MAX,
            Ok(0) => ERASE_AGAIN,
            Ok(left) => {
                tracing::warn!(left, "some tenants are not erased yet");
                ERASE_AGAIN
            }
            Err(error) => {
                tracing::warn!("tenants to be erased could not be looked for: {}", error.chain());
                ERASE_AGAIN
            }
        };
        tokio::select! {
            () = app.draining.cancelled() => return,
            () = app.erase.notified() => {}
            () = tokio::time::sleep(again) => {}
        }
    }
}

/// Takes up what `autonomos keys rotate` wrote, within seconds. A file that cannot be read leaves the keys as they are:
/// nobody is signed out by a slip.
async fn follow_keys(app: AppState) {
    let mut seen = None;
    let mut every = tokio::time::interval(Duration::from_secs(2));
    loop {
        tokio::select! {
            () = app.draining.cancelled() => return,
            _ = every.tick() => {}
        }
        let text = match tokio::fs::read(&app.settings.token_keys).await {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => {
                tracing::warn!(%error, "the keys for tokens cannot be read");
                continue;
            }
        };
        if seen.as_ref() == Some(&text) {
            continue;
        }
        match Ring::parse(&text, app.sealer()).and_then(|ring| app.tokens.adopt(&ring)) {
            Ok(()) => tracing::info!(kid = app.tokens.signs_with(), "the keys for tokens were read"),
            Err(error) => tracing::error!("the keys for tokens stay as they are: {}", error.chain()),
        }
        seen = Some(text);
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
    let listen = || {
        let socket = socket?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(4096)
    };
    listen().map_err(|e: std::io::Error| unbound(address, e))
}

fn unbound(address: SocketAddr, cause: std::io::Error) -> Error {
    Error::unavailable("start.listen", format!("{address} cannot be listened on"))
        .remedy("Stop whatever uses it, or choose another address with --listen.")
        .source(cause)
}

impl Signals {
    fn hear() -> Result<Self> {
        let hear =
            |kind| signal(kind).map_err(|e| Error::internal("start.signals", "signals cannot be heard").source(e));
        Ok(Self { terminate: hear(SignalKind::terminate())?, interrupt: hear(SignalKind::interrupt())? })
    }

    /// Waits for SIGTERM or ctrl-c.
    async fn told(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
