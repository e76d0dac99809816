//! What all actors of one node share: clock and entropy, the directory, the observatory and the counter of incarnations.
//!
//! Several nodes fit into one process (tests run three), because nothing in here is global.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::address::Address;
use super::{Directory, Key, Observatory};
use crate::Ambient;

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct Node(Arc<Inner>);

struct Inner {
    name: String,
    ambient: Ambient,
    directory: Directory,
    observatory: Observatory,
    generations: AtomicU64,
}

/// Tells nodes of one process apart in actor names, which ractor keeps in one global list.
static NODES: AtomicU64 = AtomicU64::new(0);

impl Node {
    /// A node with nothing running on it.
    pub fn new(name: &str, ambient: Ambient) -> Self {
        let name = format!("{name}.{}", NODES.fetch_add(1, Ordering::Relaxed));
        Self(Arc::new(Inner {
            name,
            ambient,
            directory: Directory::default(),
            observatory: Observatory::default(),
            generations: AtomicU64::new(0),
        }))
    }

    /// Its name in logs.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Its clock and entropy.
    pub fn ambient(&self) -> &Ambient {
        &self.0.ambient
    }

    /// Who sits where.
    pub fn directory(&self) -> &Directory {
        &self.0.directory
    }

    /// How everybody is.
    pub fn observatory(&self) -> &Observatory {
        &self.0.observatory
    }

    /// The address of whoever sits at the key, now and after any restart.
    pub fn address<M: Send + 'static>(&self, key: &Key) -> Address<M> {
        Address::new(key.clone(), self.0.directory.clone())
    }

    /// A number for the next incarnation of anything; never given twice, so that it fences off all earlier ones.
    pub(super) fn next_generation(&self) -> u64 {
        self.0.generations.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({})", self.0.name)
    }
}
