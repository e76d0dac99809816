//! A cluster on this machine that can be harmed in every part: a PostgreSQL and a Redis of its own, some nodes as processes of
//! their own, and between each two of them a way that can be cut.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use autonomos_cluster::testkit::redis::Server as Redis;
use autonomos_runtime::testkit::postgres;

use super::proxy::Proxy;
use crate::server::{free_port, memory_mb};
use crate::{Outcome, clock};

/// The lease, in seconds, as it comes by default.
const LEASE: u64 = 6;
/// How long Redis has for an answer.
const PATIENCE_MS: u64 = 300;

/// See the module.
#[derive(Debug)]
pub struct Town {
    /// Truth.
    pub postgres: postgres::Server,
    /// Live events.
    pub redis: Redis,
    /// The database, for whoever may do everything.
    pub superuser: String,
    /// The nodes.
    pub nodes: Vec<Node>,
    /// What the nodes keep and say; it stays if something went wrong.
    pub folder: PathBuf,
    /// Whether to leave it there.
    pub keep: bool,
}

/// A node, whether it runs or not.
#[derive(Debug)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Where clients reach it.
    pub url: String,
    /// Its ways to the database, to Redis, and of the other nodes to it.
    pub to_postgres: Proxy,
    /// See [`Node::to_postgres`].
    pub to_redis: Proxy,
    /// See [`Node::to_postgres`].
    pub from_nodes: Proxy,
    binary: PathBuf,
    folder: PathBuf,
    settings: Vec<(&'static str, String)>,
    port: u16,
    child: Option<Child>,
}

impl Town {
    /// So many nodes, all ready.
    pub async fn start(binary: &Path, nodes: usize) -> Outcome<Self> {
        let postgres =
            tokio::task::spawn_blocking(postgres::Server::start_apart).await.map_err(|e| e.to_string())??;
        let redis = tokio::task::spawn_blocking(Redis::start).await.map_err(|e| e.to_string())?;
        let urls = postgres.store().await;
        let folder = std::env::temp_dir().join(format!("autonomos-chaos-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("files")).map_err(|e| e.to_string())?;
        let mut town =
            Self { postgres, redis, superuser: urls.superuser.clone(), nodes: Vec::new(), folder, keep: false };
        for n in 0..nodes {
            let node = town.node(binary, n, &urls).await?;
            town.nodes.push(node);
        }
        for node in &mut town.nodes {
            node.launch().await?;
        }
        Ok(town)
    }

    async fn node(&self, binary: &Path, n: usize, urls: &postgres::StoreUrls) -> Outcome<Node> {
        let here = |port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let port = free_port()?;
        let database = self.postgres.port()?;
        let cache = port_of(&self.redis.url())?;
        let to_postgres = Proxy::before(here(database)).await?;
        let to_redis = Proxy::before(here(cache)).await?;
        let from_nodes = Proxy::before(here(port)).await?;
        let through = |url: &str, from: u16, to: &Proxy| {
            url.replace(&format!("127.0.0.1:{from}"), &format!("127.0.0.1:{}", to.address().port()))
        };
        let settings = vec![
            ("DATABASE_URL", through(&urls.app, database, &to_postgres)),
            ("AUTONOMOS_STORE_OWNER_URL", through(&urls.owner, database, &to_postgres)),
            ("REDIS_URL", through(&self.redis.url(), cache, &to_redis)),
            ("AUTONOMOS_BUS_PATIENCE_MS", PATIENCE_MS.to_string()),
            ("AUTONOMOS_FILES_URL", format!("file://{}", self.folder.join("files").display())),
            ("AUTONOMOS_CLUSTER_ADVERTISE", format!("http://{}", from_nodes.address())),
            ("AUTONOMOS_CLUSTER_LEASE_SECONDS", LEASE.to_string()),
        ];
        Ok(Node {
            name: format!("node-{n}"),
            url: format!("http://127.0.0.1:{port}"),
            to_postgres,
            to_redis,
            from_nodes,
            binary: binary.to_owned(),
            folder: self.folder.join(format!("node-{n}")),
            settings,
            port,
            child: None,
        })
    }

    /// Starts again whatever has ended, as whoever runs nodes does.
    pub async fn revive(&mut self) -> Outcome<usize> {
        let mut revived = 0;
        for node in &mut self.nodes {
            if node.has_ended() {
                node.launch().await?;
                revived += 1;
            }
        }
        Ok(revived)
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            node.kill();
        }
        if !self.keep {
            std::fs::remove_dir_all(&self.folder).ok();
        }
    }
}

impl Node {
    /// Starts the process and waits until it answers that it is ready.
    pub async fn launch(&mut self) -> Outcome {
        std::fs::create_dir_all(&self.folder).map_err(|e| e.to_string())?;
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.join("log"));
        let log = log.map_err(|e| e.to_string())?;
        let mut command = Command::new(&self.binary);
        command.args(["serve", "--node-id", &self.name, "--listen", &format!("127.0.0.1:{}", self.port), "--data-dir"]);
        command.arg(self.folder.join("data")).envs(self.settings.iter().map(|(name, value)| (name, value)));
        command.env("AUTONOMOS_SECRET_KEY", "a-key-for-load-tests-only-0123456789abcdef");
        command.env("AUTONOMOS_RATE_LIMIT_PER_MINUTE", "0").stdin(Stdio::null());
        command.stdout(log.try_clone().map_err(|e| e.to_string())?).stderr(log);
        self.child = Some(command.spawn().map_err(|e| format!("cannot start {}: {e}", self.binary.display()))?);
        let began = clock::now();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(1)).build().map_err(|e| e.to_string())?;
        loop {
            if http.get(format!("{}/readyz", self.url)).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if self.has_ended() {
                return Err(format!("{} ended:\n{}", self.name, self.log_tail()));
            }
            if began.elapsed() > Duration::from_mins(1) {
                return Err(format!("{} did not become ready within a minute:\n{}", self.name, self.log_tail()));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Whether there is no process of it.
    pub fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)))
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }

    /// Sends its process a signal.
    pub fn signal(&self, signal: &str) -> Outcome {
        let child = self.child.as_ref().ok_or("a node that does not run")?;
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        sent.map(drop).map_err(|e| e.to_string())
    }

    /// Waits until its process has ended; whether it did in time.
    pub async fn ends_within(&mut self, within: Duration) -> bool {
        let began = clock::now();
        while !self.has_ended() {
            if began.elapsed() > within {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        true
    }

    /// Resident memory, in MB.
    pub fn resident_mb(&self) -> f64 {
        self.child.as_ref().map_or(0.0, |child| memory_mb(child.id(), "VmRSS:"))
    }

    fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

fn port_of(url: &str) -> Outcome<u16> {
    let port = url.rsplit(':').next().and_then(|rest| rest.split('/').next()?.parse().ok());
    port.ok_or_else(|| format!("{url} has no port"))
}
