//! Encoded answers by exactly (tenant, question, position). An answer is a pure function of these three, so nothing ever
//! has to invalidate one; those of old positions are never asked for again and make room.
//!
//! Bounded in bytes; who was asked for since the last round stays. Memory only: a crash costs the first answer of each.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use autonomos_runtime::ids::TenantId;
use bytes::Bytes;
use hashbrown::{Equivalent, HashMap};
use parking_lot::Mutex;

use crate::platform::shapes::ViewRequest;

const SHARDS: usize = 16;

/// Of which fold an answer is: a file that was set aside and folded again counts as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Moment {
    pub(crate) tenant: TenantId,
    pub(crate) generation: u32,
    pub(crate) position: i64,
}

#[derive(Debug, PartialEq, Eq)]
struct Key {
    moment: Moment,
    ask: ViewRequest,
}

struct Borrowed<'a> {
    moment: Moment,
    ask: &'a ViewRequest,
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Borrowed { moment: self.moment, ask: &self.ask }.hash(state);
    }
}

impl Hash for Borrowed<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.moment.hash(state);
        self.ask.hash(state);
    }
}

impl Equivalent<Key> for Borrowed<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.moment == key.moment && *self.ask == key.ask
    }
}

struct Entry {
    body: Bytes,
    /// Asked for since eviction last came by.
    warm: bool,
}

#[derive(Default)]
struct Shard {
    entries: HashMap<Arc<Key>, Entry, ahash::RandomState>,
    round: VecDeque<Arc<Key>>,
    bytes: usize,
}

impl Equivalent<Arc<Key>> for Borrowed<'_> {
    fn equivalent(&self, key: &Arc<Key>) -> bool {
        Equivalent::<Key>::equivalent(self, key)
    }
}

/// See the module.
pub(crate) struct Answers {
    shards: Vec<Mutex<Shard>>,
    hasher: ahash::RandomState,
    /// Bytes a shard may hold.
    room: usize,
}

/// What an entry costs besides its body.
const OVERHEAD: usize = 512;

impl Answers {
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::new(Shard::default())).collect(),
            hasher: ahash::RandomState::default(),
            room: bytes / SHARDS,
        }
    }

    fn shard(&self, key: &Borrowed<'_>) -> &Mutex<Shard> {
        &self.shards[self.hasher.hash_one(key) as usize % SHARDS]
    }

    /// The answer, if it was given before.
    pub(crate) fn get(&self, moment: Moment, ask: &ViewRequest) -> Option<Bytes> {
        let key = Borrowed { moment, ask };
        let mut shard = self.shard(&key).lock();
        let entry = shard.entries.get_mut(&key)?;
        entry.warm = true;
        Some(entry.body.clone())
    }

    /// Remembers an answer.
    pub(crate) fn put(&self, moment: Moment, ask: &ViewRequest, body: &Bytes) {
        let cost = body.len() + OVERHEAD;
        if cost > self.room / 4 {
            return; // one answer must not push out all others
        }
        let mut shard = self.shard(&Borrowed { moment, ask }).lock();
        let key = Arc::new(Key { moment, ask: ask.clone() });
        if shard.entries.insert(Arc::clone(&key), Entry { body: body.clone(), warm: false }).is_none() {
            shard.bytes += cost;
            shard.round.push_back(key);
        }
        while shard.bytes > self.room {
            let Some(oldest) = shard.round.pop_front() else { break };
            if shard.entries.get_mut(&oldest).is_some_and(|entry| std::mem::take(&mut entry.warm)) {
                shard.round.push_back(oldest);
            } else if let Some(gone) = shard.entries.remove(&oldest) {
                shard.bytes -= gone.body.len() + OVERHEAD;
            }
        }
    }

    /// Bytes held.
    #[cfg(test)]
    fn bytes(&self) -> usize {
        self.shards.iter().map(|s| s.lock().bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autonomos_runtime::Ambient;

    #[test]
    fn an_answer_is_found_by_all_three_and_bytes_stay_bounded() {
        let answers = Answers::new(1 << 20);
        let moment = Moment { tenant: TenantId::new(&Ambient::system()), generation: 0, position: 7 };
        let ask = |view: &str| ViewRequest { view: view.into(), ..ViewRequest::default() };
        answers.put(moment, &ask("a"), &Bytes::from_static(b"1"));
        assert_eq!(answers.get(moment, &ask("a")).unwrap(), "1");
        assert!(answers.get(moment, &ask("b")).is_none());
        assert!(answers.get(Moment { position: 8, ..moment }, &ask("a")).is_none());
        assert!(answers.get(Moment { generation: 1, ..moment }, &ask("a")).is_none());
        assert!(answers.get(Moment { tenant: TenantId::new(&Ambient::system()), ..moment }, &ask("a")).is_none());
        let big = Bytes::from(vec![0; 4096]);
        for position in 0..2000 {
            answers.put(Moment { position, ..moment }, &ask("a"), &big);
        }
        assert!(answers.bytes() <= 1 << 20);
    }
}
