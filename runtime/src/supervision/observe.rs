//! How every actor of the node is: one entry a place in the tree, kept across restarts, read alike by tests, API,
//! metrics and the actor page. The kit writes what it knows (phase, incarnation, restarts, last error), the actor what
//! only it knows (progress, extra).
//!
//! Health is progress: something left to do and no movement for a while is a fault, whatever else it says.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use tokio::sync::Notify;

use super::Key;
use crate::{Error, Result, Scope, Timestamp};

/// Where in its life a child is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Building its state.
    Starting,
    /// Running.
    Running,
    /// Failed, and waiting to be started again.
    BackingOff,
    /// On its way out.
    Stopping,
    /// Failed too often; waits for somebody, or for its probation.
    Quarantined,
    /// A supervisor whose children failed too often: it and they are stopped.
    Suspended,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Starting, Self::Running, Self::BackingOff, Self::Stopping, Self::Quarantined, Self::Suspended];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Running => "running",
            Self::BackingOff => "backing_off",
            Self::Stopping => "stopping",
            Self::Quarantined => "quarantined",
            Self::Suspended => "suspended",
        }
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Progress {
    /// How far: a log position, a count; only ever compared with itself.
    pub position: u64,
    /// How much is left.
    pub lag: u64,
    /// When it last moved, or last had nothing left.
    pub moved_at: Option<Timestamp>,
}

impl Progress {
    /// Notes where it is now. A position that changes is movement; so is having had nothing to do until now.
    pub fn advance(&mut self, position: u64, lag: u64, now: Timestamp) {
        if position != self.position || self.lag == 0 || lag == 0 || self.moved_at.is_none() {
            self.moved_at = Some(now);
        }
        self.position = position;
        self.lag = lag;
    }
}

/// What follows from what is observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It works, or has nothing to do.
    Healthy,
    /// Something is left and nothing moved for too long.
    Stuck,
    /// It failed and will be started again.
    Recovering,
    /// It is out.
    Down,
}

/// See the module.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Observed {
    /// Where it sits.
    pub key: Key,
    /// What it is.
    pub kind: &'static str,
    /// Where in its life it is.
    pub state: Phase,
    /// Which incarnation.
    pub generation: u64,
    /// How often it was started again.
    pub restarts: u64,
    /// The last failure, survived or not.
    pub last_error: Option<String>,
    /// When that was.
    pub last_error_at: Option<Timestamp>,
    /// When this incarnation started.
    pub started_at: Option<Timestamp>,
    /// How far it is.
    pub progress: Progress,
    /// What the actor itself finds worth seeing.
    pub extra: serde_json::Value,
}

impl Observed {
    /// How it is, if standing still for so long with something left is a fault.
    pub fn health(&self, now: Timestamp, patience: Duration) -> Health {
        match self.state {
            Phase::Quarantined | Phase::Suspended => Health::Down,
            Phase::BackingOff => Health::Recovering,
            Phase::Starting | Phase::Running | Phase::Stopping => {
                let still = self.progress.moved_at.and_then(|at| (now - at).to_std().ok()).unwrap_or_default();
                if self.progress.lag > 0 && still >= patience { Health::Stuck } else { Health::Healthy }
            }
        }
    }

    pub(super) fn fail(&mut self, text: &str, now: Timestamp) {
        self.last_error = Some(text.chars().take(500).collect());
        self.last_error_at = Some(now);
    }
}

/// Standing still for so long with something left to do is a fault.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Everybody's [`Observed`]. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Observatory {
    slots: Arc<RwLock<BTreeMap<Key, Arc<Slot>>>>,
    changed: Arc<Notify>,
}

/// The entry of one place.
#[derive(Debug)]
pub(super) struct Slot {
    observed: Mutex<Observed>,
    changed: Arc<Notify>,
}

impl Slot {
    /// What the kit writes.
    pub(super) fn update(&self, change: impl FnOnce(&mut Observed)) {
        change(&mut self.observed.lock());
        self.changed.notify_waiters();
    }

    /// What an incarnation writes; ignored if it is not the current one.
    pub(super) fn publish(&self, generation: u64, change: impl FnOnce(&mut Observed)) {
        let mut observed = self.observed.lock();
        if observed.generation == generation {
            change(&mut observed);
            drop(observed);
            self.changed.notify_waiters();
        }
    }
}

impl Observatory {
    /// One place.
    pub fn get(&self, key: &Key) -> Option<Observed> {
        let slot = self.slots.read().get(key).cloned()?;
        let observed = slot.observed.lock().clone();
        Some(observed)
    }

    /// All places of a tenant, in the order of their keys.
    pub fn snapshot(&self, scope: &Scope) -> Vec<Observed> {
        let tenant = Some(scope.tenant());
        let slots = self.slots.read();
        slots
            .range(Key::first_of(tenant)..)
            .take_while(|(key, _)| key.tenant() == tenant)
            .map(|(_, slot)| slot.observed.lock().clone())
            .collect()
    }

    /// All places of the node, for metrics and the operator; a tenant gets [`snapshot`](Self::snapshot).
    pub fn everyone(&self) -> Vec<Observed> {
        self.slots.read().values().map(|slot| slot.observed.lock().clone()).collect()
    }

    /// The places of a tenant that are not as they should be.
    pub fn unhealthy(&self, scope: &Scope, now: Timestamp) -> Vec<(Health, Observed)> {
        let judged = self.snapshot(scope).into_iter().map(|observed| (observed.health(now, PATIENCE), observed));
        judged.filter(|(health, _)| *health != Health::Healthy).collect()
    }

    /// Waits until a place looks as described, at most so long. `None` is what a place nobody sits at looks like.
    pub async fn until(
        &self,
        key: &Key,
        within: Duration,
        looks: impl Fn(Option<&Observed>) -> bool + Send,
    ) -> Result<Option<Observed>> {
        let seen = tokio::time::timeout(within, async {
            loop {
                let changed = self.changed.notified();
                tokio::pin!(changed);
                // Registered before looking, so that a change between the two is not missed.
                changed.as_mut().enable();
                let observed = self.get(key);
                if looks(observed.as_ref()) {
                    return observed;
                }
                changed.await;
            }
        });
        seen.await.map_err(|_| {
            let now =
                self.get(key).map_or("nobody is there".into(), |observed| format!("it is {}", observed.state.as_str()));
            Error::busy("actor.not_there_yet", format!("{} did not become what was waited for; {now}", key.path()))
        })
    }

    /// The entry of a place, made if there is none.
    pub(super) fn slot(&self, key: &Key, kind: &'static str) -> Arc<Slot> {
        let mut slots = self.slots.write();
        let slot = slots.entry(key.clone()).or_insert_with(|| {
            let observed = Observed {
                key: key.clone(),
                kind,
                state: Phase::Starting,
                generation: 0,
                restarts: 0,
                last_error: None,
                last_error_at: None,
                started_at: None,
                progress: Progress::default(),
                extra: serde_json::Value::Null,
            };
            Arc::new(Slot { observed: Mutex::new(observed), changed: self.changed.clone() })
        });
        slot.clone()
    }

    /// Takes a place out.
    pub(super) fn forget(&self, key: &Key) {
        self.slots.write().remove(key);
        self.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_is_progress() {
        let at = |seconds: i64| chrono::DateTime::from_timestamp(1_000_000 + seconds, 0).unwrap();
        let observatory = Observatory::default();
        let key = Key::node("x");
        let slot = observatory.slot(&key, "x");
        let look = |now| observatory.get(&key).unwrap().health(at(now), PATIENCE);
        slot.update(|o| o.state = Phase::Running);
        assert_eq!(look(0), Health::Healthy, "nothing known is nothing wrong");
        slot.update(|o| o.progress.advance(5, 0, at(0)));
        slot.update(|o| o.progress.advance(5, 7, at(100)));
        assert_eq!(look(129), Health::Healthy, "the clock runs from when there was something to do");
        slot.update(|o| o.progress.advance(5, 9, at(129)));
        assert_eq!(look(130), Health::Stuck, "more work is no movement");
        slot.update(|o| o.progress.advance(6, 9, at(131)));
        assert_eq!(look(140), Health::Healthy);
        slot.update(|o| o.state = Phase::Quarantined);
        assert_eq!(look(140), Health::Down);
    }
}
