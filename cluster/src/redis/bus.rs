//! The bus of many nodes: a tenant's events have one sequence, whoever publishes, and Redis gives the numbers.
//!
//! The guarantees of [`EventBus`](autonomos_runtime::bus::EventBus) hold: publishing puts a fact into the tenant's ring and returns; what a reader gets is in
//! order, once, and it is told what it does not get. Redis holds the past of every tenant, and each node the part that
//! somebody on it is interested in. Nothing durable depends on it: it may be killed, emptied, stopped or full, and costs
//! nobody but the watchers anything.
//!
//! What happens when it is gone: `stream.gap` with `redis_away` (or `redis_refuses`: it is full, or not to be written) tells
//! that other nodes' events may be missing from there; this node's own go on, and are brought to Redis when it is back,
//! under the same numbers if it has nothing else there. A past that Redis lost is said by `redis_lost`, one that somebody
//! else wrote into by `spoiled`, a message without our code by `forged` in its place, a node that ended without order by
//! `crash`. What waits for Redis is bounded for each tenant as its past is; beyond, the oldest make room and `overflow` says
//! so. A node that crashes loses what it had not sent.

use autonomos_runtime::bus::{Numbers, Rings};
use tokio::sync::{mpsc, watch};

use super::keeper::Keeper;
pub use super::keeper::{Health, Makings};

/// A bus over a Redis, which need not be there yet: it is waited for as long as it has for an answer, and no longer. Beside
/// it how it goes with Redis, now and later.
pub async fn start(makings: Makings) -> (Rings, watch::Receiver<Health>) {
    let (tell, told) = mpsc::unbounded_channel();
    let rings =
        Rings::new(makings.ambient.clone(), makings.limits, Numbers::Elsewhere, move |word| tell.send(word).is_ok());
    let keeper = Keeper::start(makings).await;
    let health = keeper.health();
    tokio::spawn(keeper.run(told));
    (rings, health)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use autonomos_runtime::Ambient;
    use autonomos_runtime::bus::Limits;

    use super::*;
    use crate::redis::link::Place;
    use crate::redis::seal::Secrets;
    use crate::testkit::redis::Server;

    autonomos_runtime::event_bus_conformance!(over_redis, restart_goes_on, |ambient: Ambient, events| {
        let makings = Makings {
            ambient,
            limits: Limits { events, ..Limits::default() },
            place: Place::of(&Server::shared().url(), Duration::from_secs(5)).unwrap(),
            node: "n1".to_owned(),
            secrets: Secrets::new(["a secret for tests"]),
        };
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(start(makings))).0
    });
}
