//! Kill -9 with two hundred tasks running and queued over twenty tenants: each ends once, none is lost, no slot stays
//! taken, and no tenant gets ahead.
//!
//! The ledger is the tasks' own logs: an end is a line, written in the transaction that ends the task.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::tasks::{TENANTS, until};
use crate::client::Client;
use crate::report::{line, round};
use crate::server::{Mode, Server};
use crate::{Outcome, clock};

/// Tasks a tenant.
const EACH: usize = 10;
/// How long each takes.
const TAKES_MS: u64 = 700;

/// See the module.
pub async fn run(binary: &Path, kills: u32) -> Outcome {
    let mut server = Server::start(binary, Mode::Serve).await?;
    let mut clients = Vec::new();
    for tenant in 0..TENANTS {
        clients.push(Client::register(&server.url, &format!("killed{tenant}")).await?);
    }
    let first = clients.first().cloned().ok_or("no tenant")?;
    let tasks = vec![json!({"kind": "wait", "payload": {"ms": TAKES_MS}}); EACH];
    for client in &clients {
        client.post("/api/v1/tasks/bulk", json!({"tasks": tasks})).await?;
    }
    let began = clock::now();
    let mut killed_with = Vec::new();
    for _ in 0..kills {
        let now = until(&first, "tasks run", |now| now.alive >= (TENANTS * EACH / 4) as f64).await?;
        killed_with.push(json!({"running": now.alive, "queued": now.waiting}));
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.kill();
        server.launch().await?;
    }
    let left = until(&first, "all is done", |now| now.waiting <= 0.0 && now.alive <= 0.0 && now.gone <= 0.0).await?;
    let mut wrong = Vec::new();
    let mut ends = Vec::new();
    for (tenant, client) in clients.iter().enumerate() {
        let page = client.get("/api/v1/tasks?limit=100").await?;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        if items.len() != EACH {
            wrong.push(format!("tenant {tenant} has {} tasks", items.len()));
        }
        for task in items {
            ends.push((task["finished_at"].as_str().unwrap_or_default().to_owned(), tenant));
            wrong.extend(fault(client, &task).await?);
        }
    }
    let spread = spread(&mut ends);
    line(
        "tasks-kill",
        json!({
            "tenants": TENANTS, "tasks": TENANTS * EACH, "kills": kills, "killed_with": killed_with,
            "wrong": wrong.len(), "first_wrong": wrong.first(), "slots_left": left.alive + left.gone,
            "unfair_share": round(spread), "goal_unfair_share": 0.2, "seconds": round(began.elapsed().as_secs_f64()),
        }),
    );
    if wrong.is_empty() { Ok(()) } else { Err(format!("{} tasks did not end as they should", wrong.len())) }
}

/// What is wrong with the end of a task: it must have ended well, and once.
async fn fault(client: &Client, task: &Value) -> Outcome<Option<String>> {
    let id = task["id"].as_str().unwrap_or_default();
    let log = client.get(&format!("/api/v1/tasks/{id}/log?limit=500")).await?;
    let lines = log["items"].as_array().cloned().unwrap_or_default();
    let ends = lines.iter().filter(|line| line["message"] == "It is done.").count();
    let right = task["state"] == "success" && task["attempts"] == 1 && ends == 1;
    Ok((!right).then(|| format!("{task} with {ends} ends")))
}

/// How far a tenant is from its share when half of all tasks have ended.
fn spread(ends: &mut [(String, usize)]) -> f64 {
    ends.sort();
    let half = ends.len() / 2;
    let mut counts: BTreeMap<usize, usize> = (0..TENANTS).map(|tenant| (tenant, 0)).collect();
    for (_, tenant) in ends.iter().take(half) {
        *counts.entry(*tenant).or_default() += 1;
    }
    let share = half as f64 / TENANTS as f64;
    counts.values().map(|count| (*count as f64 - share).abs() / share).fold(0.0, f64::max)
}
