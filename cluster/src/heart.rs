//! The heart of a node: joins, renews the lease, and says when it is over. A thread of its own with a runtime of its own and a
//! connection of its own, so that nothing that holds up the node's work holds up the lease, and nothing that the lease waits
//! for holds up the work.
//!
//! What it may cost is one row a beat, however many tenants there are. What it holds is one number ([`Holder`]), which it only
//! moves forward by what [`Lease`] allows; when it stops, for whatever reason, the number stays behind and the lease lapses by
//! itself. A node whose work does not move any more loses its lease as well: the heart beats for somebody, or not at all.
//!
//! A crash ends it with the process; the lease runs out, and the next start joins as another instance. One that finds its
//! name in use waits until the other has missed two renewals, and is refused if that one renews.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use autonomos_runtime::authority::{Authority, Joined, Joining};
use autonomos_runtime::holder::Holder;
use autonomos_runtime::{Ambient, Error, Result};
use tokio::sync::{oneshot, watch};

use crate::lease::{Lease, Next, Renewal, Terms};
use crate::metrics;

/// What it is made of.
pub struct Makings {
    /// Its own; nobody else's statements go over it.
    pub authority: Arc<dyn Authority>,
    /// Who, and until when.
    pub holder: Arc<Holder>,
    /// What is said of this node when it joins.
    pub joining: Joining,
    /// How long leases are.
    pub terms: Terms,
    /// A node whose work has not moved for so long is given up.
    pub stuck: Duration,
    /// Clock and chance.
    pub ambient: Ambient,
}

/// See the module.
pub struct Heart {
    over: watch::Receiver<bool>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Heart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Heart(over: {})", *self.over.borrow())
    }
}

impl Heart {
    /// Joins, and beats from then on. A name that another process goes by is a conflict (`cluster.name_taken`).
    pub async fn start(makings: Makings) -> Result<Self> {
        let (joined, begun) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let (news, over) = watch::channel(false);
        let failed = |e: std::io::Error| Error::internal("cluster.heart", "the lease's thread did not start").source(e);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let run = move || runtime.block_on(live(makings, joined, stopped, news));
        let thread = std::thread::Builder::new().name("lease".into()).spawn(run).map_err(failed)?;
        begun.await.map_err(|e| Error::internal("cluster.heart", "the lease's thread ended").source(e))??;
        Ok(Self { over, stop: Some(stop), thread: Some(thread) })
    }

    /// Waits until this instance is over: declared dead, or replaced.
    pub async fn over(&self) {
        // The sender ends with the thread, and then it is over as well.
        self.over.clone().wait_for(|over| *over).await.ok();
    }

    /// Ends the lease, so that others need not wait for it to run out, and the thread.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // Its last statement has a deadline.
            tokio::task::spawn_blocking(move || thread.join()).await.ok();
        }
    }
}

async fn live(
    makings: Makings,
    joined: oneshot::Sender<Result<()>>,
    mut stop: oneshot::Receiver<()>,
    news: watch::Sender<bool>,
) {
    let lease = match join(&makings).await {
        Ok(lease) => lease,
        Err(error) => {
            joined.send(Err(error)).ok();
            return;
        }
    };
    if joined.send(Ok(())).is_ok() {
        tokio::select! {
            () = beat(&makings, lease) => {}
            _ = &mut stop => {}
        }
    }
    makings.holder.let_go();
    news.send_replace(true);
    // An instance that is over already is not changed by it.
    if let Err(error) = makings.authority.leave(makings.holder.me()).await {
        tracing::warn!("the lease was not ended and runs out by itself: {}", error.chain());
    }
}

/// Joins, having made sure that nobody else goes by this name.
async fn join(makings: &Makings) -> Result<Lease> {
    let Makings { authority, holder, joining, terms, ambient, .. } = makings;
    let quiet = terms.beat * 2;
    let came = ambient.elapsed();
    loop {
        let sent = ambient.elapsed();
        let (address, heard) = match authority.join(holder.me(), joining, terms.ttl, quiet).await? {
            Joined::Granted => {
                let lease = Lease::joined(*terms, sent);
                holder.moves(sent);
                holder.hold(lease.until());
                return Ok(lease);
            }
            Joined::Taken { address, heard } => (address, heard),
        };
        // It gave a sign of life after we came: no start before this one, but another process.
        if heard < sent.saturating_sub(came) {
            return Err(taken(holder, &address));
        }
        tracing::info!(%address, "an earlier start of this node may still live; waiting whether it does");
        tokio::time::sleep(quiet.saturating_sub(heard).max(terms.beat / 4)).await;
    }
}

fn taken(holder: &Holder, address: &str) -> Error {
    let node = &holder.me().node;
    Error::conflict("cluster.name_taken", format!("another process runs as node {node}, at {address}"))
        .field("cluster.node_id")
        .remedy("Give each node a name of its own (AUTONOMOS_NODE_ID), or stop that one.")
}

/// Renews until it is over.
async fn beat(makings: &Makings, mut lease: Lease) {
    let Makings { authority, holder, terms, stuck, ambient, .. } = makings;
    let mut pause = terms.beat;
    loop {
        tokio::time::sleep(pause).await;
        let sent = ambient.elapsed();
        if holder.still(sent) > *stuck {
            tracing::error!("nothing moves on this node; its lease is not renewed");
            metrics::beat("stuck");
            pause = terms.beat;
            continue;
        }
        let answer = tokio::time::timeout(terms.patience, authority.renew(holder.me(), terms.ttl)).await;
        let renewal = match answer {
            Ok(Ok(true)) => Renewal::Granted,
            Ok(Ok(false)) => Renewal::Refused,
            Ok(Err(error)) => {
                tracing::warn!("the lease was not renewed: {}", error.chain());
                Renewal::Unanswered
            }
            Err(_) => Renewal::Unanswered,
        };
        metrics::beat(match renewal {
            Renewal::Granted => "granted",
            Renewal::Refused => "refused",
            Renewal::Unanswered => "unanswered",
        });
        match lease.heard(sent, renewal, ambient.fraction()) {
            Next::Beat(after) => {
                holder.hold(lease.until());
                pause = after;
            }
            Next::Over => {
                tracing::error!(node = %holder.me().node, "this node was declared dead, or replaced by a younger start");
                return;
            }
        }
    }
}
