//! A running tree as its owner holds it: verbs with deadlines over the actor that executes it. Nothing is lost with it:
//! dropping it stops nothing, and another can be had at the same key.

use std::time::Duration;

use ractor::ActorStatus;

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
        });
        let cell = spec.start(seat, None).await.map_err(|cause| {
            node.observatory().forget(&key);
            Error::internal("supervision.tree_not_started", format!("{} could not be started", key.path()))
                .source(cause)
        })?;
        node.directory().put(&key, Entry { cell, generation, bell });
        slot.update(|observed| observed.state = Phase::Running);
        Ok(Self { within: spec.shutdown.deadline(), ..Self::at(node, &key) })
    }

    /// The tree whose supervisor sits at the key: a subtree named in a [`TreeSpec`].
    pub fn at(node: &Node, key: &Key) -> Self {
        Self { node: node.clone(), address: node.address(key), within: Duration::from_secs(35) }
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

    /// The keys of its children, in the order of their start.
    pub async fn children(&self) -> Result<Vec<Key>> {
        self.address.call(PATIENCE, Msg::GetChildren).await
    }

    /// Stops the whole tree within its deadlines; killed if it takes longer. Only for one that nobody supervises.
    pub async fn stop(&self) {
        let key = self.address.key();
        if let Some(entry) = self.node.directory().get(key) {
            shut(&entry.cell, Shutdown::Stop(self.within)).await;
            debug_assert!(entry.cell.get_status() >= ActorStatus::Stopping);
            self.node.directory().remove(key, entry.generation);
        }
        self.node.observatory().forget(key);
    }
}
