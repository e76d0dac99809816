//! Tasks in great numbers, as a script asks for them: one by one beside nothing else, a burst over twenty tenants, and a
//! backlog of a million that a kill -9 goes through.
//!
//! The backlog is made by filling a tenant's five slots first: what is asked for then must wait, which is the cap at work.
//! After the kill everything is still there; calling the five off sets it going. How long a task waits for its beginning is
//! the server's own measure, from asking (its commit included) to the attempt, because clocks of two processes tell no
//! fraction of a millisecond.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::Client;
use crate::report::{line, percentile, round};
use crate::server::{Mode, Server};
use crate::{Outcome, clock};

/// Tenants of the burst.
pub const TENANTS: usize = 20;
/// Tasks a call.
const BULK: usize = 1_000;
/// Slots of a tenant.
const SLOTS: u64 = 5;
/// A task every so long, when nothing else is to do.
const PACE: Duration = Duration::from_millis(20);

/// See the module.
pub async fn run(binary: &Path, burst: usize, backlog: usize) -> Outcome {
    let mut server = Server::start(binary, Mode::Serve).await?;
    let mut clients = Vec::new();
    for tenant in 0..TENANTS {
        clients.push(Client::register(&server.url, &format!("tasks{tenant}")).await?);
    }
    let first = clients.first().cloned().ok_or("no tenant")?;
    let light = light(&first).await?;
    let (per_s, most) = burst_of(&clients, burst).await?;
    let behind = backlog_of(&mut server, &first, backlog).await?;
    line(
        "tasks",
        json!({
            "start_p50_ms": light.p50, "goal_start_p50_ms": 1, "start_within_1_ms": light.within, "answer_p50_ms": light.answer,
            "burst": burst, "tenants": TENANTS, "per_s": round(per_s), "goal_per_s": 30_000,
            "slots_most": most, "slots_bound": SLOTS * TENANTS as u64,
            "backlog": backlog, "backlog_enqueue_per_s": round(behind.enqueued), "backlog_survived": behind.survived,
            "backlog_ready_s": round(behind.ready), "cancel_s": round(behind.cancel), "goal_cancel_s": 2,
            "backlog_drain_per_s": round(behind.drained), "resident_mb": round(server.resident_mb()),
        }),
    );
    if behind.survived { Ok(()) } else { Err("tasks of the backlog were lost".to_owned()) }
}

struct Light {
    p50: f64,
    within: f64,
    answer: f64,
}

/// A task at a time, with pauses.
async fn light(client: &Client) -> Outcome<Light> {
    let before = starts(client).await?;
    let mut answers = Vec::new();
    for _ in 0..300 {
        let began = clock::now();
        client.post("/api/v1/tasks", json!({"kind": "noop"})).await?;
        answers.push(began.elapsed().as_secs_f64() * 1000.0);
        tokio::time::sleep(PACE.saturating_sub(began.elapsed())).await;
    }
    let after = starts(client).await?;
    // The bounds are the same each time; before the first start there are none.
    let since = before.iter().map(|(_, count)| *count).chain(std::iter::repeat(0.0));
    let counts: Vec<(f64, f64)> =
        after.iter().zip(since).map(|((bound, count), since)| (*bound, count - since)).collect();
    let all = counts.last().map_or(0.0, |(_, count)| *count);
    let within = counts.iter().find(|(bound, _)| *bound >= 0.001).map_or(0.0, |(_, count)| *count);
    answers.sort_by(f64::total_cmp);
    Ok(Light { p50: round(middle(&counts)), within: round(within / all), answer: round(percentile(&answers, 0.5)) })
}

/// How many tasks began within so many seconds, by bound.
async fn starts(client: &Client) -> Outcome<Vec<(f64, f64)>> {
    let text = client.text("/metrics").await?;
    let mut counts = Vec::new();
    for sample in text.lines().filter_map(|line| line.strip_prefix("autonomos_task_start_seconds_bucket{le=\"")) {
        let Some((bound, count)) = sample.split_once("\"} ") else { continue };
        let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().map_err(|_| "a bound is no number")? };
        counts.push((bound, count.parse().map_err(|_| "a count is no number")?));
    }
    Ok(counts)
}

/// The median in milliseconds, as if what is in a bucket were spread over it evenly.
fn middle(counts: &[(f64, f64)]) -> f64 {
    let half = counts.last().map_or(0.0, |(_, count)| *count) / 2.0;
    let mut lower = (0.0, 0.0);
    for &(bound, count) in counts {
        if count >= half && count > lower.1 && bound.is_finite() {
            return (lower.0 + (bound - lower.0) * (half - lower.1) / (count - lower.1)) * 1000.0;
        }
        lower = (bound, count);
    }
    f64::INFINITY
}

/// So many tasks over all tenants, from the first call until the last is done; answers tasks a second, and the most slots
/// that were seen taken.
async fn burst_of(clients: &[Client], tasks: usize) -> Outcome<(f64, f64)> {
    let before = Gauges::read(&clients[0]).await?.done;
    let began = clock::now();
    let each = tasks / clients.len();
    let asking: Vec<_> = clients.iter().cloned().map(|client| tokio::spawn(enqueue(client, each))).collect();
    let goal = before + (each * clients.len()) as f64;
    let mut most: f64 = 0.0;
    until(&clients[0], "the burst is done", |now| {
        most = most.max(now.alive);
        now.done >= goal
    })
    .await?;
    let seconds = began.elapsed().as_secs_f64();
    for one in asking {
        one.await.map_err(|e| e.to_string())??;
    }
    Ok(((goal - before) / seconds, most))
}

/// So many noops, a thousand a call.
async fn enqueue(client: Client, tasks: usize) -> Outcome {
    let mut left = tasks;
    while left > 0 {
        let now = left.min(BULK);
        client.post("/api/v1/tasks/bulk", json!({"tasks": vec![json!({"kind": "noop"}); now]})).await?;
        left -= now;
    }
    Ok(())
}

struct Behind {
    enqueued: f64,
    survived: bool,
    ready: f64,
    cancel: f64,
    drained: f64,
}

async fn backlog_of(server: &mut Server, client: &Client, tasks: usize) -> Outcome<Behind> {
    let wait = json!({"kind": "wait", "payload": {"ms": 3_600_000}});
    let asked = client.post("/api/v1/tasks/bulk", json!({"tasks": vec![wait; SLOTS as usize]})).await?;
    until(client, "the slots are taken", |now| now.alive >= SLOTS as f64).await?;
    let began = clock::now();
    let halves = [tasks / 2, tasks - tasks / 2].map(|part| tokio::spawn(enqueue(client.clone(), part)));
    for half in halves {
        half.await.map_err(|e| e.to_string())??;
    }
    let enqueued = tasks as f64 / began.elapsed().as_secs_f64();
    server.kill();
    let (_, ready) = server.launch().await?;
    until(client, "the slots are taken again", |now| now.alive >= SLOTS as f64).await?;
    let kept = Gauges::read(client).await?;
    let began = clock::now();
    for id in asked["task_ids"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        client.delete(&format!("/api/v1/tasks/{id}")).await?;
    }
    until(client, "the slots are free", |now| now.alive <= 0.0).await?;
    let cancel = began.elapsed().as_secs_f64();
    let done = until(client, "the backlog is done", |now| now.waiting <= 0.0).await?;
    let seconds = began.elapsed().as_secs_f64();
    // Counted by the process that was started after the kill.
    let survived = kept.waiting >= tasks as f64 && done.done >= tasks as f64 && done.gone <= 0.0;
    Ok(Behind { enqueued, survived, ready, cancel, drained: tasks as f64 / seconds })
}

/// What the server says of its tasks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gauges {
    /// Slots that are taken.
    pub alive: f64,
    /// Slots of an owner that is gone.
    pub gone: f64,
    /// What waits.
    pub waiting: f64,
    /// What this process has done.
    pub done: f64,
}

impl Gauges {
    /// As they are now.
    pub async fn read(client: &Client) -> Outcome<Self> {
        let text = client.text("/metrics").await?;
        let value = |name: &str| {
            let found = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
            found.unwrap_or(0.0)
        };
        Ok(Self {
            alive: value("autonomos_task_slots{owner=\"alive\"}"),
            gone: value("autonomos_task_slots{owner=\"gone\"}"),
            waiting: value("autonomos_tasks_waiting"),
            done: value("autonomos_tasks_ended_total{state=\"success\"}"),
        })
    }
}

/// Waits until the gauges are so, ten minutes at most.
pub async fn until(client: &Client, what: &str, mut so: impl FnMut(&Gauges) -> bool) -> Outcome<Gauges> {
    let began = clock::now();
    loop {
        let now = Gauges::read(client).await?;
        if so(&now) {
            return Ok(now);
        }
        if began.elapsed() > Duration::from_mins(10) {
            return Err(format!("it did not come to it that {what}: {now:?}"));
        }
        tokio::time::sleep(Duration::from_millis(if now.waiting > 50_000.0 { 500 } else { 50 })).await;
    }
}
