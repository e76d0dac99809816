//! `autonomos export`: a tenant's configuration as YAML on standard output. No secret is in it.

use std::io::Write;

use autonomos_runtime::{Error, Result};
use clap::Args;
use reqwest::Method;

use super::remote::Remote;

/// What to export, from where.
#[derive(Debug, Args)]
pub struct ExportArgs {
    #[command(flatten)]
    node: Remote,
    /// Leave out where each stream stands: whoever applies it reads from the start.
    #[arg(long)]
    without_cursors: bool,
}

/// Prints it.
pub async fn run(args: ExportArgs) -> Result<()> {
    let path = format!("/api/v1/config/export?cursors={}", !args.without_cursors);
    let answer = args.node.ask(Method::GET, &path, None).await?;
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| {
        Error::unavailable("output", "the configuration could not be written").source(e)
    };
    let text = answer.text().await.map_err(|e| failed(e.into()))?;
    std::io::stdout().write_all(text.as_bytes()).map_err(|e| failed(e.into()))
}
