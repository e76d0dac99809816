//! The accept loop. Ours rather than axum's, because only with a timer installed does hyper end a connection whose
//! request head never comes; and because a drain has to tell connections to finish and then stop waiting.
//!
//! A connection has bounds in every direction: so long for a head and so many bytes of it, so long without its other side
//! taking anything off it; bodies have theirs in [`limits`](super::limits). There are so many at once; when all places are
//! taken nobody is turned away, but the next one waits in the kernel's queue until one is free.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Extensions, Request};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// Headers of a request.
const HEADERS: usize = 128;

/// Where a request came from, as the socket says; forwarded addresses are not believed.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl Peer {
    /// The address of a request, if it came over a socket.
    pub fn of(extensions: &Extensions) -> Option<IpAddr> {
        extensions.get::<Self>().map(|peer| peer.0.ip())
    }
}

/// How long what may take, and how much there may be.
#[derive(Clone, Copy, Debug)]
pub struct Within {
    /// A request's head, which is also how long an idle connection is kept.
    pub head: Duration,
    /// Bytes of a head.
    pub head_bytes: usize,
    /// The other side may take nothing for so long.
    pub write: Duration,
    /// Connections at once.
    pub connections: usize,
    /// Requests under way, once told to stop.
    pub drain: Duration,
}

/// Serves until told to stop, then lets requests finish for as long as they may.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken, within: Within) {
    let open = TaskTracker::new();
    let places = Arc::new(Semaphore::new(within.connections));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { break };
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, peer)) => {
                let (router, stop) = (router.clone(), stop.clone());
                open.spawn(async move {
                    connection(socket, peer, router, stop, within).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Out of file descriptors, mostly: without a pause this would spin.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    open.close();
    if tokio::time::timeout(within.drain, open.wait()).await.is_err() {
        tracing::warn!(connections = open.len(), "some connections did not finish in time and are cut");
    }
}

async fn connection(socket: TcpStream, peer: SocketAddr, router: Router, stop: CancellationToken, within: Within) {
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let service = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        router.clone().oneshot(request)
    });
    let mut socket = TimeoutStream::new(socket);
    socket.set_write_timeout(Some(within.write));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(within.head)
        .max_headers(HEADERS)
        .max_header_size(within.head_bytes)
        .serve_connection(TokioIo::new(Box::pin(socket)), service)
        .with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
