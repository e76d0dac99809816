//! Who sits where on this node: from a key to the current incarnation. References go stale at a restart, keys do not.
//! It holds nothing that a restart of the process would miss.

use std::sync::Arc;

use ahash::AHashMap;
use parking_lot::RwLock;
use ractor::ActorCell;

use super::Key;
use super::wake::Bell;

/// See the module. Cheap to clone.
#[derive(Clone, Default)]
pub struct Directory(Arc<RwLock<AHashMap<Key, Entry>>>);

/// One incarnation.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) cell: ActorCell,
    pub(super) generation: u64,
    pub(super) bell: Arc<Bell>,
}

impl Directory {
    /// Which incarnation sits there, if any.
    pub fn generation(&self, key: &Key) -> Option<u64> {
        self.0.read().get(key).map(|entry| entry.generation)
    }

    pub(super) fn get(&self, key: &Key) -> Option<Entry> {
        self.0.read().get(key).cloned()
    }

    pub(super) fn put(&self, key: &Key, entry: Entry) {
        self.0.write().insert(key.clone(), entry);
    }

    /// Takes an incarnation out; a later one stays.
    pub(super) fn remove(&self, key: &Key, generation: u64) {
        let mut entries = self.0.write();
        if entries.get(key).is_some_and(|entry| entry.generation == generation) {
            entries.remove(key);
        }
    }

    /// Ends whoever sits there as a crash would, for tests and for an operator's last resort. Its supervisor sees to
    /// the rest.
    pub fn kill(&self, key: &Key) -> bool {
        self.get(key).inspect(|entry| entry.cell.kill()).is_some()
    }
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.read().keys()).finish()
    }
}
