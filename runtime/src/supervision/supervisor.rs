//! A running tree as its owner holds it: verbs with deadlines over the actor that executes it. Nothing is lost with it:
//! dropping it stops nothing, and another can be had at the same key.

use std::time::Duration;

use ractor::{ActorCell, ActorStatus};

use super::directory::Entry;
use super::executor::{Msg, shut};
use super::{Address, ChildSpec, Key, Node, Phase, Seat, Shutdown, TreeSpec};
use crate::{Error, Result};

/// A running tree, or a part of it: what its owner holds. Dropping it stops nothing.
#[derive(Clone, Debug)]
pub struct Supervisor {
    node: Node,
    address: Address<Msg>,
    within: Duration,
    /// The incarnation that was started, of one that nobody supervises.
    cell: Option<ActorCell>,
}

/// Starting a child is the slowest thing a supervisor does in a handler.
const PATIENCE: Duration = Duration::from_secs(15);

impl Supervisor {
    /// Starts a tree on the node; returns when all its children have built their state (or failed to, and are backing
    /// off). One that was suspended before is replaced.
    pub async fn start(node: &Node, tree: TreeSpec) -> Result<Self> {
        let spec = tree.into_child(None);
        let key = spec.key.clone();
        let live = |entry: Entry| entry.cell.get_status() < ActorStatus::Stopping;
        if node.directory().get(&key).is_some_and(live) {
            return Err(Error::conflict("supervision.tree_exists", format!("{} runs already", key.path())));
        }
        let slot = node.observatory().slot(&key, spec.kind);
        let seat = Seat::new(node.clone(), key.clone(), slot.clone());
        let (generation, bell) = (seat.generation(), seat.bell.clone());
        slot.update(|observed| {
            observed.state = Phase::Starting;
            observed.generation = generation;
            observed.started_at = Some(node.ambient().now());
            observed.extra = serde_json::Value::Null;
        });
        let cell = spec.start(seat, None).await.map_err(|cause| {
            node.observatory().forget(&key);
            Error::internal("supervision.tree_not_started", format!("{} could not be started", key.path()))
                .source(cause)
        })?;
        node.directory().put(&key, Entry { cell: cell.clone(), generation, bell });
        slot.update(|observed| observed.state = Phase::Running);
        Ok(Self { within: spec.shutdown.deadline(), cell: Some(cell), ..Self::at(node, &key) })
    }

    /// The tree whose supervisor sits at the key: a subtree named in a [`TreeSpec`].
    pub fn at(node: &Node, key: &Key) -> Self {
        Self { node: node.clone(), address: node.address(key), within: Duration::from_secs(35), cell: None }
    }

    /// Takes a child in and starts it. Its being there already is a conflict; its not starting is not: that is a
    /// failure like any other, and shown.
    pub async fn start_child(&self, spec: ChildSpec) -> Result<()> {
        self.address.ask(PATIENCE, |reply| Msg::StartChild(Box::new(spec), reply)).await
    }

    /// Stops a child as its spec says and takes it out; its not being there is no error.
    pub async fn stop_child(&self, key: &Key) -> Result<()> {
        self.address.ask(self.within, |reply| Msg::StopChild(key.clone(), reply)).await
    }

    /// Starts a child again, with its budget whole: one that runs, waits or is quarantined.
    pub async fn restart_child(&self, key: &Key) -> Result<()> {
        self.address.ask(self.within, |reply| Msg::RestartChild(key.clone(), reply)).await
    }

    /// Whether it takes messages: not once it stops, or suspends itself. Of one that nobody supervises.
    pub fn is_live(&self) -> bool {
        self.cell.as_ref().is_some_and(|cell| cell.get_status() < ActorStatus::Stopping)
    }

    /// The keys of its children, in the order of their start.
    pub async fn children(&self) -> Result<Vec<Key>> {
        self.address.call(PATIENCE, Msg::GetChildren).await
    }

    /// Stops the whole tree within its deadlines; killed if it takes longer. Only for one that nobody supervises.
    pub async fn stop(&self) {
        self.halt().await;
        self.node.observatory().forget(self.address.key());
    }

    /// Halts it and leaves its place on show as suspended: why, since when, and what else there is to say. Another can be
    /// started in its place.
    pub async fn suspend(&self, why: &str, extra: serde_json::Value) {
        self.halt().await;
        let now = self.node.ambient().now();
        self.node.observatory().slot(self.address.key(), "supervisor").update(|observed| {
            if observed.state != Phase::Suspended {
                observed.fail(why, now);
            }
            observed.state = Phase::Suspended;
            observed.extra = extra;
        });
    }

    /// Stops it, or waits for the end of one that suspended itself: that is in the directory no more and stops its children
    /// still. What is shown of it stays.
    pub async fn halt(&self) {
        let key = self.address.key();
        let entry = self.node.directory().get(key);
        let Some(cell) = self.cell.clone().or_else(|| entry.as_ref().map(|e| e.cell.clone())) else { return };
        shut(&cell, Shutdown::Stop(self.within)).await;
        if let Some(entry) = entry.filter(|e| e.cell.get_id() == cell.get_id()) {
            self.node.directory().remove(key, entry.generation);
        }
    }
}
