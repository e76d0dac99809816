//! Live events to many sockets of one tenant, in three parts over one server: commits at a steady pace with nobody watching;
//! the same pace with many who read and some who do not; and as many events as there can be.
//!
//! What it shows: nobody who reads loses an event unsaid, how long an event takes from its commit to a socket, what one
//! that does not read costs in memory, that watching does not slow committing, and how much is delivered a second.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinHandle;

use super::watch::{Seen, Watcher};
use crate::client::Client;
use crate::report::{line, percentile, round};
use crate::server::{Mode, Server};
use crate::{Outcome, clock};

/// Events a second of the steady parts. A task that does nothing makes three: queued, begun, done.
const EVENTS_A_SECOND: u64 = 200;
const EVENTS_A_TASK: u64 = 3;
/// How long a part takes.
const STEADY: Duration = Duration::from_secs(15);
const FLOOD: Duration = Duration::from_secs(10);
/// Sockets that are open and never read.
const IDLERS: usize = 100;

/// See the module.
pub async fn run(binary: &Path, sockets: usize) -> Outcome {
    let server = Server::start(binary, Mode::Serve).await?;
    let client = Client::register(&server.url, "live").await?;
    let alone = steady(&client).await?;

    let seen = Arc::new(Seen::default());
    let mut readers = Vec::with_capacity(sockets);
    for _ in 0..sockets {
        let watcher = Watcher::open(&server.url, &client.token).await?;
        readers.push(tokio::spawn(watcher.read(seen.clone())));
    }
    let before = server.resident_mb();
    let mut idlers = Vec::with_capacity(IDLERS);
    for _ in 0..IDLERS {
        idlers.push(Watcher::open(&server.url, &client.token).await?);
    }
    let watched = steady(&client).await?;
    let growth = (server.resident_mb() - before) / IDLERS as f64;
    seen.until_quiet().await;
    let told = seen.told();
    drop(idlers);

    let began = clock::now();
    let flood = flood(&client).await?;
    let seconds = began.elapsed().as_secs_f64();
    let delivered = seen.told().events - told.events;
    readers.iter().for_each(JoinHandle::abort);
    let last = seen.told();
    line(
        "live",
        json!({
            "sockets": sockets, "not_reading": IDLERS,
            "steady": {
                "commits_per_s_alone": alone.rate(), "commits_per_s_watched": watched.rate(),
                "commit_p99_ms_alone": alone.p99(), "commit_p99_ms_watched": watched.p99(),
                "delivered": told.events, "lost_unsaid": told.gaps, "missed_said": told.said,
                "commit_to_socket_p50_ms": told.p50_ms, "commit_to_socket_p99_ms": told.p99_ms, "goal_p99_ms": 250,
                "resident_growth_mb_each_not_reading": round(growth), "goal_mb": 1.0,
            },
            "flood": {
                "tasks": flood, "seconds": seconds.round(), "delivered": delivered,
                "delivered_per_s": (delivered as f64 / seconds).round(), "goal_delivered_per_s": 250_000,
                "lost_unsaid": last.gaps - told.gaps, "missed_said": last.said - told.said,
            },
        }),
    );
    if last.gaps > 0 {
        return Err("events were lost without a word".to_owned());
    }
    if told.said > 0 {
        return Err("readers missed events at a steady pace".to_owned());
    }
    Ok(())
}

/// What a steady part came to.
struct Steady {
    seconds: f64,
    /// Milliseconds that each commit took, sorted.
    commits: Vec<f64>,
}

impl Steady {
    fn rate(&self) -> f64 {
        round(self.commits.len() as f64 / self.seconds)
    }

    fn p99(&self) -> f64 {
        round(percentile(&self.commits, 0.99))
    }
}

/// Commits at the pace, each at its moment whether the ones before have been answered or not.
async fn steady(client: &Client) -> Outcome<Steady> {
    let pace = Duration::from_micros(1_000_000 * EVENTS_A_TASK / EVENTS_A_SECOND);
    let mut moments = tokio::time::interval(pace);
    let (began, mut asked) = (clock::now(), Vec::new());
    while began.elapsed() < STEADY {
        moments.tick().await;
        let client = client.clone();
        asked.push(tokio::spawn(async move {
            let began = clock::now();
            client.post("/api/v1/tasks", json!({"kind": "noop", "payload": {}})).await.map(|_| began.elapsed())
        }));
    }
    let mut commits = Vec::with_capacity(asked.len());
    for one in asked {
        commits.push(one.await.map_err(|e| e.to_string())??.as_secs_f64() * 1000.0);
    }
    let seconds = began.elapsed().as_secs_f64();
    commits.sort_unstable_by(f64::total_cmp);
    Ok(Steady { seconds, commits })
}

/// As many as there can be; answers how many tasks that were.
async fn flood(client: &Client) -> Outcome<u64> {
    let (began, made) = (clock::now(), Arc::new(AtomicU64::new(0)));
    let makers: Vec<_> = (0..8)
        .map(|_| {
            let (client, made) = (client.clone(), made.clone());
            tokio::spawn(async move {
                while began.elapsed() < FLOOD {
                    if client.post("/api/v1/tasks", json!({"kind": "noop", "payload": {}})).await.is_ok() {
                        made.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    for maker in makers {
        maker.await.map_err(|e| e.to_string())?;
    }
    Ok(made.load(Ordering::Relaxed))
}
