//! The command line: a verb a file. Exit codes: 0 done, 1 it failed, 2 it was asked wrongly.

pub mod apply;
pub mod dev;
pub mod doctor;
pub mod export;
pub mod keys;
pub mod migrate;
pub mod openapi;
pub mod propose;
pub mod remote;
pub mod serve;
pub mod sql_worker;
pub mod tenant;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use autonomos_runtime::config::Config;
use autonomos_runtime::{Error, Kind, Result};
use clap::{Args, Parser, Subcommand};

/// Sources to unified views to agents, kept alive by themselves.
#[derive(Debug, Parser)]
#[command(name = "autonomos", version, about)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Runs a node on this machine for trying things out: loopback, a demo tenant, a one-time sign-in link.
    Dev(NodeArgs),
    /// Runs a node; needs AUTONOMOS_SECRET_KEY.
    Serve(NodeArgs),
    /// Proposes mappings or repairs for JSON lines on standard input; needs no server and no network.
    Propose(propose::ProposeArgs),
    /// Shows or changes the keys that sign access tokens; a node that runs takes them up by itself.
    #[command(subcommand)]
    Keys(keys::KeysVerb),
    /// Prints a tenant's configuration as YAML, without secrets.
    Export(export::ExportArgs),
    /// Makes a tenant as a document says; with --dry-run tells what there would be to do.
    Apply(apply::ApplyArgs),
    /// Makes, shows, limits, suspends, resumes, writes out and deletes tenants of a node that runs.
    #[command(subcommand)]
    Tenant(tenant::TenantVerb),
    /// Brings a PostgreSQL store to this version, as the owner of its tables.
    Migrate(NodeArgs),
    /// Looks whether this machine has what a node needs, and whether the cluster is there that it is to be one of.
    Doctor(NodeArgs),
    /// Prints the OpenAPI document.
    Openapi,
    /// Runs one query in SQL over a copy of a tenant's views; a node starts it.
    #[command(hide = true)]
    SqlWorker(sql_worker::WorkerArgs),
}

/// What a node is told.
#[derive(Clone, Debug, Args)]
pub struct NodeArgs {
    /// Everything the node keeps is beneath this folder.
    #[arg(long, env = "AUTONOMOS_DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,
    /// Where it listens.
    #[arg(long, env = "AUTONOMOS_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Settings laid over the defaults, as TOML.
    #[arg(long, env = "AUTONOMOS_CONFIG")]
    pub config: Option<PathBuf>,
    /// Its name. As the settings say, if not given, or else the machine's.
    #[arg(long, env = "AUTONOMOS_NODE_ID", default_value = "")]
    pub node_id: String,
    /// Signs tokens and seals secrets; at least 16 characters.
    #[arg(long, env = "AUTONOMOS_SECRET_KEY", hide_env_values = true, hide = true)]
    pub secret_key: Option<String>,
    /// The secret key before this one; tokens made with it are still taken.
    #[arg(long, env = "AUTONOMOS_SECRET_KEY_PREVIOUS", hide_env_values = true, hide = true)]
    pub previous_secret_key: Option<String>,
    /// Ed25519 private key (PEM) that signs tokens instead; its public half is at /.well-known/jwks.json.
    #[arg(long, env = "AUTONOMOS_SIGNING_KEY_FILE")]
    pub signing_key_file: Option<PathBuf>,
    /// Requests a minute and tenant; 0 is no limit. As the settings say, if not given.
    #[arg(long, env = "AUTONOMOS_RATE_LIMIT_PER_MINUTE")]
    pub rate_limit_per_minute: Option<u32>,
    /// Whether strangers may register. As the settings say, if not given.
    #[arg(long, env = "AUTONOMOS_OPEN_REGISTRATION", action = clap::ArgAction::Set)]
    pub open_registration: Option<bool>,
    /// Whether cookies are for TLS only; switch it on behind a TLS proxy.
    #[arg(long, env = "AUTONOMOS_SECURE_COOKIES", default_value_t = false, action = clap::ArgAction::Set)]
    pub secure_cookies: bool,
}

impl NodeArgs {
    /// What the node is called, once its settings are read.
    pub fn named(&self, config: &Config) -> String {
        let machine = || std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned();
        let given = [&self.node_id, &config.cluster.node_id].into_iter().find(|name| !name.is_empty()).cloned();
        given.or_else(|| Some(machine()).filter(|name| !name.is_empty())).unwrap_or_else(|| "local".to_owned())
    }
}

/// Does what was asked.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.verb {
        Verb::Dev(args) => block_on(dev::run(args)),
        Verb::Serve(args) => block_on(serve::run(args)),
        Verb::Propose(args) => propose::run(&args),
        Verb::Keys(verb) => keys::run(&verb),
        Verb::Export(args) => block_on(export::run(args)),
        Verb::Apply(args) => block_on(apply::run(args)),
        Verb::Tenant(verb) => block_on(tenant::run(verb)),
        Verb::Migrate(args) => block_on(migrate::run(args)),
        Verb::Doctor(args) => block_on(doctor::run(args)),
        Verb::Openapi => openapi::run(),
        Verb::SqlWorker(args) => match sql_worker::run(args) {
            Ok(ended) => return ended,
            Err(error) => Err(error),
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("autonomos: {}", error.chain());
            if let Some(remedy) = &error.remedy {
                eprintln!("  {remedy}");
            }
            ExitCode::from(if error.kind == Kind::Invalid { 2 } else { 1 })
        }
    }
}

fn block_on(work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("autonomos")
        .build()
        .map_err(|e| Error::internal("start.runtime", "the runtime did not start").source(e))?
        .block_on(work)
}
