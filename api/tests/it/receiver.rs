//! Somebody outside who is told things: an HTTP server on a port of its own that keeps what it was sent, answers as it is
//! told, and can be waited for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use tokio::sync::watch;

/// What it was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Sent {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// How it answers once.
struct Reply {
    status: u16,
    header: Option<(&'static str, String)>,
    body: String,
}

struct Inner {
    sent: watch::Sender<Vec<Sent>>,
    replies: Mutex<VecDeque<Reply>>,
}

pub struct Receiver {
    pub base: String,
    inner: Arc<Inner>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner { sent: watch::Sender::default(), replies: Mutex::default() });
        let router = Router::new().fallback(answer).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, inner }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// What it answers next; afterwards 200.
    pub fn reply(&self, status: u16, header: Option<(&'static str, String)>) {
        self.inner.replies.lock().push_back(Reply { status, header, body: "ok".into() });
    }

    /// A document that it answers next.
    pub fn reply_json(&self, status: u16, body: &serde_json::Value) {
        let header = Some(("content-type", "application/json".to_owned()));
        self.inner.replies.lock().push_back(Reply { status, header, body: body.to_string() });
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.inner.sent.borrow().clone()
    }

    /// Waits until it was sent so many.
    pub async fn until(&self, count: usize) -> Vec<Sent> {
        let mut seen = self.inner.sent.subscribe();
        let enough = seen.wait_for(|sent| sent.len() >= count);
        tokio::time::timeout(Duration::from_mins(1), enough).await.expect("in time").unwrap().clone()
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let reply = inner.replies.lock().pop_front();
    let reply = reply.unwrap_or_else(|| Reply { status: 200, header: None, body: "ok".into() });
    inner.sent.send_modify(|sent| sent.push(Sent { path: head.uri.to_string(), headers: head.headers, body }));
    let mut response = (StatusCode::from_u16(reply.status).unwrap(), reply.body).into_response();
    if let Some((name, value)) = reply.header {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
