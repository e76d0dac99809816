//! `autonomos doctor` for a node that is to be one of many: what all of them share, whether the others are there, and whether
//! clocks and versions agree.

use std::sync::Arc;
use std::time::Duration;

use autonomos_actors::files::{Place, Quota};
use autonomos_runtime::authority::{Authority as _, Member, View};
use autonomos_runtime::config::Config;
use autonomos_runtime::resilience::Guard;
use autonomos_runtime::store::Store as _;
use autonomos_runtime::store::postgres::authority::PostgresAuthority;
use autonomos_runtime::store::postgres::{PostgresOptions, PostgresStore};
use autonomos_runtime::{Ambient, Error};

use crate::boot;
use crate::cli::NodeArgs;
use crate::membership::Plan;

/// What anything here may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Clocks may differ by so much: tokens and hops go by them.
const SKEW: Duration = Duration::from_secs(5);

type Finding = (String, Result<String, String>);

/// Everything that a cluster needs beside what any node does; nothing for a node that is alone.
pub async fn look(args: &NodeArgs, config: &Config) -> Vec<Finding> {
    let ambient = Ambient::system();
    if config.cluster.advertise.is_empty() {
        return Vec::new();
    }
    let plan = Plan::of(&args.node_id, args.listen, config, &ambient);
    let mut findings =
        vec![finding("cluster settings", plan.map(|_| "they are complete".to_owned()).map_err(|e| said(&e)))];
    findings.push(finding("shared files", files(args, config, &ambient).await.map_err(|e| said(&e))));
    findings.push(finding("redis", redis(config).await));
    let Some(url) = config.store.database_url.reveal() else { return findings };
    let options = PostgresOptions { alone: false, owner_url: None, ..PostgresOptions::configured(url, config) };
    match members(options, &ambient).await {
        Ok((view, ahead)) => {
            findings.push(finding("database", Ok("it is reached, migrated, and keeps tenants apart".to_owned())));
            findings.push(finding("clock", clock(ahead)));
            findings.extend(others(args, &view).await);
        }
        Err(error) => findings.push(finding("database", Err(said(&error)))),
    }
    findings
}

fn finding(what: &str, found: Result<String, String>) -> Finding {
    (what.to_owned(), found)
}

fn said(error: &Error) -> String {
    let remedy = error.remedy.as_deref().map(|remedy| format!(" {remedy}")).unwrap_or_default();
    format!("{}{remedy}", error.message)
}

async fn files(args: &NodeArgs, config: &Config, ambient: &Ambient) -> autonomos_runtime::Result<String> {
    let guard = Guard::new("files", &config.resilience.files, ambient.clone());
    let folder =
        Place::of(&config.files.url, &args.data_dir)?.folder("files", Quota::default(), &guard, ambient.clone())?;
    boot::reachable(Arc::new(folder)).await?;
    Ok(format!("{} can be written to; see that all nodes mean the same place", config.files.url))
}

async fn redis(config: &Config) -> Result<String, String> {
    let Some(place) = boot::redis_place(config).map_err(|e| said(&e))? else {
        return Err(
            "bus.redis_url is not set: live pages would show what their own node does, and nothing of the others. \
                    Set REDIS_URL."
                .into(),
        );
    };
    match place.connect(|_| Ok(())).await {
        Ok(_) => Ok("it answers".into()),
        Err(error) => Err(format!("it does not answer: {error}")),
    }
}

/// Who is there, and how much the database's clock is ahead of this machine's.
async fn members(options: PostgresOptions, ambient: &Ambient) -> autonomos_runtime::Result<(View, i64)> {
    let store = PostgresStore::open(options.clone(), ambient.clone()).await?;
    let authority = PostgresAuthority::new(&options, PATIENCE)?;
    let (before, clock) = (ambient.now(), authority.clock().await?);
    let after = ambient.now();
    let view = authority.view().await?;
    store.close().await;
    let here = before.timestamp_millis().midpoint(after.timestamp_millis());
    Ok((view, clock - here))
}

fn clock(ahead: i64) -> Result<String, String> {
    if ahead.unsigned_abs() <= SKEW.as_millis() as u64 {
        return Ok(format!("{ahead} ms off the database's"));
    }
    Err(format!(
        "it is {ahead} ms off the database's: tokens and passed-on requests would be refused. Run an NTP client."
    ))
}

/// Each node that lives: whether it answers, and runs the same program.
async fn others(args: &NodeArgs, view: &View) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in view.members.iter().filter(|member| member.state.lives()) {
        let found = if member.lease_left.is_zero() {
            Err("its lease ran out; it will be declared dead".to_owned())
        } else if member.instance.node.as_str() == args.node_id {
            Err(format!("another process runs by this name, at {}. Set AUTONOMOS_NODE_ID.", member.address))
        } else {
            answers(member).await
        };
        findings.push((format!("node {}", member.instance.node), found));
    }
    if findings.is_empty() {
        findings.push(finding("other nodes", Ok("none lives yet".into())));
    }
    findings
}

async fn answers(member: &Member) -> Result<String, String> {
    let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build().map_err(|e| e.to_string())?;
    let url = format!("{}/healthz", member.address.trim_end_matches('/'));
    let answer = client.get(&url).send().await.map_err(|e| format!("{url} is not reached from here: {e}"))?;
    if !answer.status().is_success() {
        return Err(format!("{url} answers {}", answer.status()));
    }
    let ours = env!("CARGO_PKG_VERSION");
    if &*member.version == ours {
        return Ok(format!("it answers at {}", member.address));
    }
    Ok(format!("it answers at {}, and is of version {} (this one is {ours})", member.address, member.version))
}
