//! `autonomos doctor`: looks at what a node needs before it needs it, and says each in a line.

mod cluster;

use std::net::TcpListener;

use autonomos_runtime::config::Config;
use autonomos_runtime::{Error, Result};

use super::NodeArgs;

/// Looks, prints, and fails if something is missing.
pub async fn run(args: NodeArgs) -> Result<()> {
    let config = Config::load(args.config.as_deref(), std::env::vars())?;
    let args = NodeArgs { node_id: args.named(&config), ..args };
    let own = [("data directory", folder(&args)), ("listen address", address(&args)), ("secret key", secret(&args))];
    let mut findings: Vec<_> = own.into_iter().map(|(what, found)| (what.to_owned(), found)).collect();
    findings.extend(cluster::look(&args, &config).await);
    let mut missing = 0;
    for (what, found) in &findings {
        match found {
            Ok(said) => println!("ok    {what}: {said}"),
            Err(said) => {
                missing += 1;
                println!("FAIL  {what}: {said}");
            }
        }
    }
    if missing == 0 {
        return Ok(());
    }
    Err(Error::unavailable("doctor.found", format!("{missing} of {} things are not as they should be", findings.len())))
}

fn folder(args: &NodeArgs) -> Result<String, String> {
    let dir = &args.data_dir;
    std::fs::create_dir_all(dir).map_err(|e| format!("{} cannot be made: {e}", dir.display()))?;
    let probe = dir.join(".doctor");
    std::fs::write(&probe, b"ok").map_err(|e| format!("{} cannot be written to: {e}", dir.display()))?;
    std::fs::remove_file(&probe).map_err(|e| format!("{} cannot be cleaned: {e}", dir.display()))?;
    Ok(format!("{} can be written to", dir.display()))
}

fn address(args: &NodeArgs) -> Result<String, String> {
    TcpListener::bind(args.listen)
        .map(|_| format!("{} is free", args.listen))
        .map_err(|e| format!("{} cannot be listened on ({e}); choose another with --listen", args.listen))
}

fn secret(args: &NodeArgs) -> Result<String, String> {
    match args.secret_key.as_deref().map(str::len) {
        Some(16..) => Ok("AUTONOMOS_SECRET_KEY is set".into()),
        Some(_) => Err("AUTONOMOS_SECRET_KEY is shorter than 16 characters".into()),
        None => Ok("AUTONOMOS_SECRET_KEY is not set; `dev` makes its own, `serve` needs one".into()),
    }
}
