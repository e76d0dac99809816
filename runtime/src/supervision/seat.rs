//! What the kit gives each incarnation of an actor: where it sits, which incarnation it is, its bell, and the place to
//! show how it is. A publication of an earlier incarnation that still runs somewhere is ignored.

use std::sync::Arc;

use ractor::{ActorCell, ActorRef};

use super::observe::Slot;
use super::wake::{self, Bell, Wake};
use super::{Failure, Key, Node};
use crate::{Ambient, Error};

/// See the module. Cheap to clone, so that helpers of the actor can publish too.
#[derive(Clone, Debug)]
pub struct Seat {
    node: Node,
    key: Key,
    generation: u64,
    pub(super) bell: Arc<Bell>,
    slot: Arc<Slot>,
}

impl Seat {
    pub(super) fn new(node: Node, key: Key, slot: Arc<Slot>) -> Self {
        let generation = node.next_generation();
        Self { node, key, generation, bell: Arc::default(), slot }
    }

    /// Where it sits.
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// Which incarnation it is: rises over the whole node, never given twice.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// Its node, for addresses of others.
    pub const fn node(&self) -> &Node {
        &self.node
    }

    /// Clock and entropy.
    pub fn ambient(&self) -> &Ambient {
        self.node.ambient()
    }

    /// Shows how far it is and how much is left to do. Health is progress: something left and no movement is a fault.
    pub fn progress(&self, position: u64, lag: u64) {
        let now = self.ambient().now();
        self.slot.publish(self.generation, |observed| observed.progress.advance(position, lag, now));
    }

    /// Shows whatever else is worth seeing on the actor's page.
    pub fn extra(&self, extra: serde_json::Value) {
        self.slot.publish(self.generation, |observed| observed.extra = extra);
    }

    /// Shows an error that it survived.
    pub fn error(&self, error: &Error) {
        let now = self.ambient().now();
        let text = format!("{}: {error}", error.code);
        self.slot.publish(self.generation, |observed| observed.fail(&text, now));
    }

    /// An error that may pass by itself is logged and shown, and the actor goes on; any other is its supervisor's.
    pub fn survive(&self, error: Error, what: &'static str) -> Result<(), Failure> {
        if !error.retryable() {
            return Err(error.into());
        }
        tracing::warn!(actor = self.key.path(), error = error.chain(), "{what}");
        self.error(&error);
        Ok(())
    }

    /// Takes a survived error off its page, once what failed works again.
    pub fn recovered(&self) {
        self.slot.publish(self.generation, |observed| {
            observed.last_error = None;
            observed.last_error_at = None;
        });
    }

    /// Wakes itself: in `pre_start`, to look for work, and after a round that left some.
    pub fn wake<M: From<Wake> + Send + 'static>(&self, myself: &ActorRef<M>) {
        let cell: ActorCell = myself.get_cell();
        wake::ring::<M>(&self.bell, &cell);
    }
}
