//! Live events to many sockets of one tenant: what is delivered a second, and whether anybody missed anything unsaid.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::client::Client;
use crate::report::line;
use crate::server::{Mode, Server};
use crate::{Outcome, clock};

#[derive(Debug, Default)]
struct Seen {
    events: AtomicU64,
    frames: AtomicU64,
    gaps: AtomicU64,
    said: AtomicU64,
}

/// See the module.
pub async fn run(binary: &Path, sockets: usize) -> Outcome {
    let server = Server::start(binary, Mode::Serve).await?;
    let client = Client::register(&server.url, "live").await?;
    let before = server.resident_mb();
    let seen = Arc::new(Seen::default());
    let mut readers = Vec::with_capacity(sockets);
    for _ in 0..sockets {
        let url = format!("{}/ws/flow-monitor", server.url.replace("http://", "ws://"));
        let mut request = url.into_client_request().map_err(|e| e.to_string())?;
        let bearer = format!("Bearer {}", client.token).parse().map_err(|_| "a token that is no header")?;
        request.headers_mut().insert("authorization", bearer);
        let (socket, _) = tokio_tungstenite::connect_async(request).await.map_err(|e| e.to_string())?;
        readers.push(tokio::spawn(read(socket, seen.clone())));
    }
    // Tasks that do nothing make events: each is queued, begun and done.
    let began = clock::now();
    let makers: Vec<_> = (0..8)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                let mut made = 0_u64;
                while began.elapsed() < Duration::from_secs(10) {
                    if client.post("/api/v1/tasks", json!({"kind": "noop", "payload": {}})).await.is_ok() {
                        made += 1;
                    }
                }
                made
            })
        })
        .collect();
    let mut tasks = 0;
    for maker in makers {
        tasks += maker.await.map_err(|e| e.to_string())?;
    }
    let seconds = began.elapsed().as_secs_f64();
    let delivered = seen.events.load(Ordering::Relaxed);
    let resident = server.resident_mb();
    for reader in readers {
        reader.abort();
    }
    line(
        "live",
        json!({
            "sockets": sockets, "tasks": tasks, "seconds": seconds.round(), "delivered": delivered,
            "delivered_per_s": (delivered as f64 / seconds).round(), "goal_delivered_per_s": 250_000, "frames": seen.frames.load(Ordering::Relaxed),
            "gaps_unsaid": seen.gaps.load(Ordering::Relaxed), "gaps_said": seen.said.load(Ordering::Relaxed),
            "resident_growth_mb": (resident - before).round(),
        }),
    );
    if seen.gaps.load(Ordering::Relaxed) == 0 { Ok(()) } else { Err("events were lost without a word".to_owned()) }
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn read(mut socket: Socket, seen: Arc<Seen>) {
    let mut last: Option<u64> = None;
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else {
            if let Message::Ping(data) = message {
                socket.send(Message::Pong(data)).await.ok();
            }
            continue;
        };
        seen.frames.fetch_add(1, Ordering::Relaxed);
        // Many events may ride in one frame, a line each; a full parse would measure this client and not the server.
        for event in text.lines() {
            match sequence(event) {
                Some(seq) => {
                    seen.events.fetch_add(1, Ordering::Relaxed);
                    if last.is_some_and(|l| seq != l + 1) {
                        seen.gaps.fetch_add(1, Ordering::Relaxed);
                    }
                    last = Some(seq);
                }
                None if serde_json::from_str::<Value>(event)
                    .is_ok_and(|v| v.get("missed").is_some() || v["type"] == "missed" || v["type"] == "reset") =>
                {
                    seen.said.fetch_add(1, Ordering::Relaxed);
                    last = None;
                }
                None => {}
            }
        }
    }
}

/// `{"seq":123,...`: the number, if it is an event.
fn sequence(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("{\"seq\":")?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
