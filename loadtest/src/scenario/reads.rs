//! 64 clients, each with a token, reading 100 rows of a view; beside a plain axum handler in a process of its own that
//! returns the same bytes. Connections are raw and kept alive, so that the load generator costs little.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::Client;
use crate::report::{line, percentile, round};
use crate::server::{Mode, Server, free_port};
use crate::{Outcome, clock, data};

pub const CLIENTS: usize = 64;
/// What is read.
pub const PATH: &str = "/api/v1/dcl/views/opportunities?limit=100";

/// See the module.
pub async fn run(binary: &Path, quick: bool) -> Outcome {
    let server = Server::start(binary, Mode::Serve).await?;
    let (tokens, body) = prepare(&server).await?;
    let seconds = if quick { 3 } else { 10 };
    let authority = server.url.trim_start_matches("http://").to_owned();
    let ours = load(&authority, PATH, &tokens, seconds).await?;
    let plain = Plain::start(&server, &body).await?;
    let theirs = load(&plain.authority, "/", &tokens, seconds).await?;
    line(
        "reads",
        json!({
            "clients": CLIENTS, "tenants": tokens.len(), "body_kb": body.len() / 1000,
            "per_s": ours.rate.round(), "p50_ms": round(ours.p50), "p99_ms": round(ours.p99), "goal_per_s": 6000, "goal_p99_ms": 30,
            "plain_per_s": theirs.rate.round(), "plain_p99_ms": round(theirs.p99), "ratio_to_plain": round(ours.rate / theirs.rate), "goal_ratio_to_plain": 0.5,
        }),
    );
    Ok(())
}

/// Four tenants with the same rows: a token of each, and the bytes of the page that is read.
pub async fn prepare(server: &Server) -> Outcome<(Vec<String>, Vec<u8>)> {
    let file = server.folder().join("opportunities.csv");
    data::write(&file, 3, 0, 10_000)?;
    let (mut tokens, mut body) = (Vec::new(), Vec::new());
    for tenant in 0..4 {
        let client = Client::register(&server.url, &format!("reads{tenant}")).await?;
        client.upload("crm/opportunities.csv", &file).await?;
        let config = json!({"path": "crm/*.csv", "system": "salesforce"});
        let connection = client.connect("crm", "file", config).await?;
        let task = client.sync(&connection).await?;
        client.wait(&task, Duration::from_mins(1)).await?;
        body = client.bytes(PATH).await?;
        tokens.push(client.token);
    }
    Ok((tokens, body))
}

/// The plain peer in a process of its own; it goes with this.
pub struct Plain {
    child: std::process::Child,
    /// Where it listens.
    pub authority: String,
}

impl Plain {
    /// Starts one that answers with these bytes.
    pub async fn start(server: &Server, body: &[u8]) -> Outcome<Self> {
        let answer = server.folder().join("body.json");
        std::fs::write(&answer, body).map_err(|e| e.to_string())?;
        let port = free_port()?;
        let me = std::env::current_exe().map_err(|e| e.to_string())?;
        let child = Command::new(me)
            .args(["baseline-http", &answer.to_string_lossy(), &port.to_string()])
            .stdin(Stdio::null())
            .spawn()
            .map_err(|e| e.to_string())?;
        let plain = Self { child, authority: format!("127.0.0.1:{port}") };
        let bound = clock::now();
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() && bound.elapsed() < Duration::from_secs(10) {
            tokio::task::yield_now().await;
        }
        Ok(plain)
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

struct Load {
    rate: f64,
    p50: f64,
    p99: f64,
}

async fn load(authority: &str, path: &str, tokens: &[String], seconds: u64) -> Outcome<Load> {
    let stop = Arc::new(AtomicBool::new(false));
    let began = clock::now();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|at| {
            let request = request(authority, path, &tokens[at % tokens.len()]);
            tokio::spawn(client(authority.to_owned(), request, stop.clone()))
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    stop.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await.map_err(|e| e.to_string())??);
    }
    let rate = times.len() as f64 / began.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    Ok(Load { rate, p50: percentile(&times, 0.5), p99: percentile(&times, 0.99) })
}

/// One connection, kept alive; answers the milliseconds of each request.
async fn client(authority: String, request: String, stop: Arc<AtomicBool>) -> Outcome<Vec<f64>> {
    let mut line = Line::open(&authority).await?;
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let began = clock::now();
        line.ask(&request).await?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(times)
}

/// A connection that is kept alive, spoken to in bytes so that it costs little.
pub struct Line {
    socket: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    /// Connects.
    pub async fn open(authority: &str) -> Outcome<Self> {
        let socket = TcpStream::connect(authority).await.map_err(|e| e.to_string())?;
        socket.set_nodelay(true).ok();
        Ok(Self { socket, buffer: vec![0_u8; 256 * 1024] })
    }

    /// Sends a request and reads its answer to the end.
    pub async fn ask(&mut self, request: &str) -> Outcome {
        self.socket.write_all(request.as_bytes()).await.map_err(|e| e.to_string())?;
        let (mut filled, mut needed) = (0, usize::MAX);
        while filled < needed {
            let read = self.socket.read(&mut self.buffer[filled..]).await.map_err(|e| e.to_string())?;
            if read == 0 {
                return Err("the server closed a connection".to_owned());
            }
            filled += read;
            if needed == usize::MAX
                && let Some(head) = self.buffer[..filled].windows(4).position(|w| w == b"\r\n\r\n")
            {
                let text = String::from_utf8_lossy(&self.buffer[..head]).to_lowercase();
                if !text.starts_with("http/1.1 200") {
                    return Err(format!("a read answered {}", text.lines().next().unwrap_or_default()));
                }
                let length = text.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
                needed = head + 4 + length.ok_or("an answer without a length")?;
            }
        }
        Ok(())
    }
}

/// A read with a token.
pub fn request(authority: &str, path: &str, token: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {token}\r\n\r\n")
}

/// What the plain peer does.
pub async fn baseline_http(file: &Path, port: u16) -> Outcome {
    let body = axum::body::Bytes::from(std::fs::read(file).map_err(|e| e.to_string())?);
    let handler = move || {
        let body = body.clone();
        async move { ([("content-type", "application/json")], body) }
    };
    let router = axum::Router::new().route("/", axum::routing::get(handler));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.map_err(|e| e.to_string())?;
    axum::serve(listener, router).await.map_err(|e| e.to_string())
}
