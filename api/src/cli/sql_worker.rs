//! `autonomos sql-worker`: the process that one query in SQL runs in. For nodes alone: it takes the question from standard
//! input and is over when the query is.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use autonomos_actors::dcl::sql::worker::{self, REFUSED, Told};
use autonomos_runtime::Result;
use clap::Args;

/// What it is told.
#[derive(Debug, Args)]
pub struct WorkerArgs {
    /// The copy of the views.
    #[arg(long)]
    snapshot: PathBuf,
    /// DuckDB's memory, in MiB.
    #[arg(long)]
    memory_mb: u64,
    /// How long it may compute.
    #[arg(long)]
    seconds: u64,
}

/// Runs the query.
pub fn run(args: WorkerArgs) -> Result<ExitCode> {
    let WorkerArgs { snapshot, memory_mb, seconds } = args;
    let told = Told { snapshot, memory: memory_mb << 20, deadline: Duration::from_secs(seconds) };
    Ok(if worker::run(&told)? { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}
