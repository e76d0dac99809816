//! What the gateway's layers (trace, authentication, limits, deadlines, headers) cost a read: the same page from the node
//! with all of them on, and from a plain axum handler with the same bytes, which has none.
//!
//! Both get the same requests at the same moments, at a rate that both carry, in turns, so that whatever else the machine
//! does falls on both. A time is counted from when the request was due, so that a server that stalls is not asked less.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::reads::{CLIENTS, Line, PATH, Plain, prepare, request};
use crate::report::{line, percentile, round};
use crate::server::{Mode, Server};
use crate::{Outcome, clock};

/// Requests a second.
const RATE: u32 = 1_000;
/// Turns of each.
const TURNS: usize = 5;

/// See the module.
pub async fn run(binary: &Path, quick: bool) -> Outcome {
    let server = Server::start(binary, Mode::Guarded).await?;
    let (tokens, body) = prepare(&server).await?;
    let plain = Plain::start(&server, &body).await?;
    let authority = server.url.trim_start_matches("http://").to_owned();
    let seconds = if quick { 2 } else { 8 };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        ours.push(turn(&authority, PATH, &tokens, seconds).await?);
        theirs.push(turn(&plain.authority, "/", &tokens, seconds).await?);
    }
    let middle = |all: &[Vec<f64>], share: f64| {
        let mut each: Vec<f64> = all.iter().map(|times| percentile(times, share)).collect();
        each.sort_by(f64::total_cmp);
        percentile(&each, 0.5)
    };
    let (p99, plain_p99) = (middle(&ours, 0.99), middle(&theirs, 0.99));
    line(
        "gateway",
        json!({
            "clients": CLIENTS, "per_s": RATE, "turns": TURNS, "seconds_each": seconds, "body_kb": body.len() / 1000,
            "p50_ms": round(middle(&ours, 0.5)), "plain_p50_ms": round(middle(&theirs, 0.5)),
            "p99_ms": round(p99), "plain_p99_ms": round(plain_p99), "ratio_p99": round(p99 / plain_p99), "goal_ratio_p99": 1.3,
        }),
    );
    Ok(())
}

/// The milliseconds of every request of a turn, sorted.
async fn turn(authority: &str, path: &str, tokens: &[String], seconds: u64) -> Outcome<Vec<f64>> {
    let each = Duration::from_secs(1) * CLIENTS as u32 / RATE;
    let begin = clock::now() + Duration::from_millis(200);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|at| {
            let (authority, sent) = (authority.to_owned(), request(authority, path, &tokens[at % tokens.len()]));
            let first = begin + each * at as u32 / CLIENTS as u32;
            tokio::spawn(async move {
                let mut line = Line::open(&authority).await?;
                let mut times = Vec::new();
                let mut due = first;
                while due < begin + Duration::from_secs(seconds) {
                    tokio::time::sleep_until(due.into()).await;
                    line.ask(&sent).await?;
                    times.push(due.elapsed().as_secs_f64() * 1000.0);
                    due += each;
                }
                Ok::<_, String>(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await.map_err(|e| e.to_string())??);
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}
