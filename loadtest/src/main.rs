//! Load, fault and proof scenarios against a running `autonomos`, from outside: HTTP, SSE and WebSocket only.
//!
//! Every scenario starts its own server on a free loopback port with a data directory of its own, is bounded in time and
//! work, ends the server it started, and prints one JSON line with what was measured.

mod client;
mod clock;
mod data;
mod report;
mod rng;
mod scenario;
mod server;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// What to run, and against which binary.
#[derive(Debug, Parser)]
#[command(name = "loadtest", about = "Scenarios against autonomos, one JSON line each")]
struct Args {
    /// The binary under test.
    #[arg(long, global = true, default_value = "target/release/autonomos")]
    server: PathBuf,
    /// A smaller run of the same, for a quick look.
    #[arg(long, global = true)]
    quick: bool,
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Clone, Debug, Subcommand)]
enum Scenario {
    /// All of them, in order.
    All,
    /// A million-row CSV into the log and the view, beside DuckDB's own read_csv (and dlt, if a Python has it).
    Ingest {
        /// Rows.
        #[arg(long)]
        rows: Option<u64>,
    },
    /// Kill -9 during ingest, again and again; the views must equal the model.
    Kill {
        /// Kills.
        #[arg(long)]
        kills: Option<u32>,
    },
    /// Every file below a folder, uploaded and accounted for row by row.
    Seeds {
        /// Folder with one folder a system.
        folder: PathBuf,
    },
    /// A drift on a stream with 100,000 rows: detected, healed, reviewed, reverted.
    Drift,
    /// 64 clients reading a page of a view, beside a plain handler with the same bytes.
    Reads,
    /// What the gateway's layers cost a read, at a rate that both carry: beside a plain handler with the same bytes.
    Gateway,
    /// Live events to many sockets.
    Live {
        /// Sockets.
        #[arg(long)]
        sockets: Option<usize>,
    },
    /// Many registered tenants, few active; then SIGTERM.
    Idle {
        /// Registered tenants.
        #[arg(long)]
        tenants: Option<usize>,
    },
    /// A connector that panics on every poll, beside healthy tenants.
    Panic,
    /// No-op tasks: how soon one begins, how many a second from asking to done, and a backlog over a kill -9.
    Tasks {
        /// Tasks of the burst.
        #[arg(long)]
        burst: Option<usize>,
        /// Tasks that wait.
        #[arg(long)]
        backlog: Option<usize>,
    },
    /// Kill -9 with tasks running and queued over twenty tenants; each ends once.
    TasksKill {
        /// Kills, of which a task survives three.
        #[arg(long)]
        kills: Option<u32>,
    },
    /// Queries in SQL that want all time and memory there is: what the node grows by, and what others notice.
    Sql {
        /// Rows of each of two tenants.
        #[arg(long)]
        rows: Option<u64>,
    },
    /// Process start to port bound, and what an idle demo node weighs.
    Startup,
    #[command(hide = true)]
    /// The limit: DuckDB reading the file into a table; in a process of its own so that its memory is its own.
    BaselineDuckdb {
        /// CSV file.
        file: PathBuf,
    },
    #[command(hide = true)]
    /// A plain axum handler that returns the bytes of a file.
    BaselineHttp {
        /// Body to return.
        file: PathBuf,
        /// Port.
        port: u16,
    },
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let args = Args::parse();
    let outcome = run(&args, args.scenario.clone()).await;
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("loadtest: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// What went wrong, in a sentence.
pub type Outcome<T = ()> = Result<T, String>;

async fn run(args: &Args, scenario: Scenario) -> Outcome {
    let server = &args.server;
    match scenario {
        Scenario::All => {
            scenario::startup::run(server).await?;
            scenario::ingest::run(server, if args.quick { 100_000 } else { 1_000_000 }).await?;
            scenario::kill::run(server, if args.quick { 5 } else { 25 }, if args.quick { 200_000 } else { 1_000_000 })
                .await?;
            scenario::drift::run(server, if args.quick { 10_000 } else { 100_000 }).await?;
            scenario::reads::run(server, args.quick).await?;
            scenario::gateway::run(server, args.quick).await?;
            scenario::live::run(server, if args.quick { 100 } else { 1_000 }).await?;
            scenario::idle::run(server, if args.quick { 100 } else { 1_000 }).await?;
            scenario::panic::run(server, if args.quick { 10 } else { 50 }).await?;
            scenario::sql::run(server, if args.quick { 10_000 } else { 100_000 }).await?;
            let (burst, backlog) = if args.quick { (40_000, 50_000) } else { (400_000, 1_000_000) };
            scenario::tasks::run(server, burst, backlog).await?;
            scenario::tasks_kill::run(server, if args.quick { 1 } else { 3 }).await
        }
        Scenario::Ingest { rows } => scenario::ingest::run(server, rows.unwrap_or(1_000_000)).await,
        Scenario::Kill { kills } => scenario::kill::run(server, kills.unwrap_or(25), 1_000_000).await,
        Scenario::Seeds { folder } => scenario::seeds::run(server, &folder).await,
        Scenario::Drift => scenario::drift::run(server, 100_000).await,
        Scenario::Reads => scenario::reads::run(server, args.quick).await,
        Scenario::Gateway => scenario::gateway::run(server, args.quick).await,
        Scenario::Live { sockets } => scenario::live::run(server, sockets.unwrap_or(1_000)).await,
        Scenario::Idle { tenants } => scenario::idle::run(server, tenants.unwrap_or(1_000)).await,
        Scenario::Panic => scenario::panic::run(server, 50).await,
        Scenario::Tasks { burst, backlog } => {
            let (burst, backlog) = (burst.unwrap_or(400_000), backlog.unwrap_or(1_000_000));
            scenario::tasks::run(server, burst, backlog).await
        }
        Scenario::TasksKill { kills } => scenario::tasks_kill::run(server, kills.unwrap_or(3)).await,
        Scenario::Sql { rows } => scenario::sql::run(server, rows.unwrap_or(100_000)).await,
        Scenario::Startup => scenario::startup::run(server).await,
        Scenario::BaselineDuckdb { file } => scenario::ingest::baseline_duckdb(&file),
        Scenario::BaselineHttp { file, port } => scenario::reads::baseline_http(&file, port).await,
    }
}
