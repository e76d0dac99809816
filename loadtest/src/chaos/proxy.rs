//! A way to a server that can be cut, held up or slowed: what a network does when it fails. One in front of each server for
//! each node, so that a node can be cut off alone.
//!
//! Cut: connections are closed and new ones refused. Held: they stay open, and nothing passes in either direction. Slow: what
//! passes is late. What is in hand when it changes is not lost, but for a cut.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::Outcome;

/// How the way is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// As it should be.
    Open,
    /// There is none.
    Cut,
    /// Nothing passes.
    Held,
    /// Everything passes so much later.
    Slow(Duration),
}

/// See the module.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    way: watch::Sender<Way>,
}

impl Proxy {
    /// In front of a server.
    pub async fn before(server: SocketAddr) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|e| e.to_string())?;
        let address = listener.local_addr().map_err(|e| e.to_string())?;
        let way = watch::Sender::new(Way::Open);
        tokio::spawn(accept(listener, server, way.subscribe()));
        Ok(Self { address, way })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes how the way is.
    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, mut way: watch::Receiver<Way>) {
    loop {
        tokio::select! {
            // The proxy is gone, and everything with it.
            changed = way.changed() => if changed.is_err() { return },
            accepted = listener.accept() => {
                let Ok((near, _)) = accepted else { continue };
                if *way.borrow() != Way::Cut {
                    tokio::spawn(pass(near, server, way.clone()));
                }
            }
        }
    }
}

async fn pass(near: TcpStream, server: SocketAddr, mut way: watch::Receiver<Way>) {
    let Ok(far) = TcpStream::connect(server).await else { return };
    near.set_nodelay(true).ok();
    far.set_nodelay(true).ok();
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    tokio::select! {
        () = carry(near_in, far_out, way.clone()) => {}
        () = carry(far_in, near_out, way.clone()) => {}
        // A cut ends both directions at once; so does the end of the proxy.
        _ = way.wait_for(|way| *way == Way::Cut) => {}
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut way: watch::Receiver<Way>) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let Ok(length) = from.read(&mut buffer).await else { return };
        if length == 0 {
            return;
        }
        let passes = way.wait_for(|way| *way != Way::Held).await.map(|way| *way);
        match passes {
            Ok(Way::Slow(late)) => tokio::time::sleep(late).await,
            Ok(_) => {}
            Err(_) => return,
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
