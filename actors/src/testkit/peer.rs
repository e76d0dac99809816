//! Somebody who is called: an HTTP server on a port of the loopback that keeps what it was sent and answers as it is told.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::net::TcpListener;

/// What it was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Where to.
    pub path: String,
    /// With what.
    pub headers: HeaderMap,
    /// And what.
    pub body: Bytes,
}

/// How it answers once.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// One header more.
    pub header: Option<(&'static str, String)>,
    /// Body.
    pub body: String,
}

impl Reply {
    /// A status and nothing else.
    pub const fn status(status: u16) -> Self {
        Self { status, header: None, body: String::new() }
    }
}

#[derive(Default)]
struct State {
    sent: Mutex<Vec<Sent>>,
    replies: Mutex<VecDeque<Reply>>,
}

/// See the module. It ends with the runtime of its test.
pub struct Peer {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<State>,
}

impl Peer {
    /// At 127.0.0.1, on a port of its own.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, state) = (listener.local_addr().unwrap(), Arc::new(State::default()));
        let of = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let of = of.clone();
                let service = hyper::service::service_fn(move |request| answer(of.clone(), request));
                tokio::spawn(async move {
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await
                        .ok();
                });
            }
        });
        Self { address, state }
    }

    /// Its port under a name.
    pub fn url(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.address.port())
    }

    /// What it answers next; afterwards 204.
    pub fn replies(&self, replies: impl IntoIterator<Item = Reply>) {
        self.state.replies.lock().extend(replies);
    }

    /// What it was sent so far.
    pub fn sent(&self) -> Vec<Sent> {
        self.state.sent.lock().clone()
    }
}

async fn answer(of: Arc<State>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    of.sent.lock().push(Sent { path: head.uri.to_string(), headers: head.headers, body });
    let reply = of.replies.lock().pop_front().unwrap_or(Reply::status(204));
    let mut response = Response::builder().status(reply.status);
    if let Some((name, value)) = reply.header {
        response = response.header(name, value);
    }
    Ok(response.body(Full::from(reply.body)).unwrap())
}
