//! Pure: which tenants of the dead this node takes, in which order, and how many trees it starts at a time.
//!
//! Every node works out the same placement of the same orphans, so each takes its own and nobody has to be asked; where two
//! saw different rows, the statement lets one of them through, and what its taker does not take is soon taken by anybody. Those that were active last come first: somebody waits for
//! them. Statements are small, so that one that waits for nobody holds nobody up.

use std::collections::VecDeque;
use std::time::Duration;

use autonomos_runtime::authority::Tenure;
use autonomos_runtime::ids::TenantId;

/// At most so many tenants change hands in one statement.
pub const BATCH: usize = 200;

/// Those that this node is to take, most lately active first, in batches.
pub fn batches<'a>(mine: impl IntoIterator<Item = &'a Tenure>) -> Vec<Vec<TenantId>> {
    let mut mine: Vec<(Duration, TenantId)> = mine.into_iter().map(|t| (t.idle, t.tenant)).collect();
    mine.sort_unstable();
    mine.chunks(BATCH).map(|batch| batch.iter().map(|(_, tenant)| *tenant).collect()).collect()
}

/// Tenants whose trees are to be started here, so many at a time: each opens files and reads its log, and all of them at
/// once would be slower for everybody.
#[derive(Clone, Debug)]
pub struct Starts {
    at_once: usize,
    starting: Vec<TenantId>,
    waiting: VecDeque<TenantId>,
}

impl Starts {
    /// Nobody yet.
    pub const fn new(at_once: usize) -> Self {
        Self { at_once, starting: Vec::new(), waiting: VecDeque::new() }
    }

    /// Somebody is to be started, after those that wait; if it is asked for, before them.
    pub fn add(&mut self, tenant: TenantId, asked_for: bool) {
        if self.starting.contains(&tenant) {
            return;
        }
        match self.waiting.iter().position(|waiting| *waiting == tenant) {
            Some(at) if asked_for => {
                self.waiting.remove(at);
            }
            Some(_) => return,
            None => {}
        }
        if asked_for {
            self.waiting.push_front(tenant);
        } else {
            self.waiting.push_back(tenant);
        }
    }

    /// The next to start, if there is room.
    pub fn take(&mut self) -> Option<TenantId> {
        if self.starting.len() >= self.at_once {
            return None;
        }
        let tenant = self.waiting.pop_front()?;
        self.starting.push(tenant);
        Some(tenant)
    }

    /// A start ended, well or not, or is not wanted any more.
    pub fn done(&mut self, tenant: TenantId) {
        self.starting.retain(|starting| *starting != tenant);
        self.waiting.retain(|waiting| *waiting != tenant);
    }

    /// Whether it is starting or waits to.
    pub fn contains(&self, tenant: TenantId) -> bool {
        self.starting.contains(&tenant) || self.waiting.contains(&tenant)
    }

    /// Forgets everybody: the lease lapsed.
    pub fn clear(&mut self) {
        self.starting.clear();
        self.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::authority::{Instance, NodeId};
    use autonomos_runtime::ids::IncarnationId;

    use super::*;

    fn id(n: u128) -> TenantId {
        TenantId::from_uuid(uuid::Uuid::from_u128(n))
    }

    fn tenure(n: u128, idle: u64) -> Tenure {
        let incarnation = IncarnationId::from_uuid(uuid::Uuid::nil());
        Tenure {
            tenant: id(n),
            holder: Instance { node: NodeId::new("dead"), incarnation },
            epoch: 1,
            wanted: None,
            pinned: None,
            load: 1,
            idle: Duration::from_secs(idle),
        }
    }

    #[test]
    fn most_lately_active_first_in_batches() {
        let mine: Vec<_> = (0..450).map(|n| tenure(n, 1000 - n as u64)).collect();
        let batches = batches(&mine);
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [200, 200, 50]);
        assert_eq!(batches[0][0], id(449));
        assert_eq!(batches[2][49], id(0));
    }

    #[test]
    fn so_many_at_a_time_and_the_asked_for_first() {
        let mut starts = Starts::new(2);
        (1..=4).for_each(|n| starts.add(id(n), false));
        starts.add(id(4), true);
        starts.add(id(4), false);
        assert_eq!([starts.take(), starts.take(), starts.take()], [Some(id(4)), Some(id(1)), None]);
        starts.add(id(1), true);
        starts.done(id(4));
        assert_eq!([starts.take(), starts.take()], [Some(id(2)), None]);
        starts.done(id(3));
        starts.done(id(1));
        assert!(starts.take().is_none() && starts.contains(id(2)) && !starts.contains(id(3)));
        starts.clear();
        assert!(!starts.contains(id(2)));
    }
}
