//! The rings of all tenants: one is made when somebody publishes or listens, and dropped when it is idle, so that a tenant
//! without events and listeners costs nothing. Whoever keeps the past or gives the numbers (the keeper) is behind a
//! function that takes a [`Word`] and never waits. They are the bus: buses differ in their keepers and in nothing else.

use std::sync::Arc;
use std::time::Duration;

use ahash::AHashMap;
use parking_lot::{Mutex, RwLock};
use tokio::sync::oneshot;

use super::ring::Ring;
use super::{Event, EventBus, Fact, Span, Subscription};
use crate::ids::TenantId;
use crate::{Ambient, Scope, metrics};

/// How much of a tenant's past is kept, and how often listeners are woken.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// So many events.
    pub events: usize,
    /// And about so many bytes.
    pub bytes: usize,
    /// Events that come within this time of each other are announced together.
    pub pulse: Duration,
    /// Events of a tenant nobody listens to are forgotten after this time without a new one.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { events: 4_096, bytes: 2 << 20, pulse: Duration::from_millis(8), idle: Duration::from_mins(10) }
    }
}

/// Who gives an event its number, and when it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// This process, at once; the past ends with it.
    Here,
    /// This process, above a past that is kept; an event is shown when it is written.
    Written,
    /// Somebody else, whom the keeper asks.
    Elsewhere,
}

/// What the keeper is told.
#[derive(Debug)]
pub enum Word {
    /// A ring was made; its past, if it is kept, has to be read.
    Open(Arc<Ring>),
    /// Something was published in a ring that was quiet.
    Pushed(Arc<Ring>),
    /// Somebody waits for everything that was published.
    Now(Arc<Ring>),
    /// A ring was let go of.
    Retire(Arc<Ring>),
    /// A tenant is to leave nothing behind.
    Forget(TenantId, oneshot::Sender<()>),
    /// Everything ends in order.
    Stop(oneshot::Sender<()>),
}

/// Takes a word to the keeper; false when it has stopped.
type Tell = dyn Fn(Word) -> bool + Send + Sync;

/// See the module.
pub struct Rings {
    ambient: Ambient,
    limits: Limits,
    numbers: Numbers,
    /// Gone once the bus was closed.
    keeper: Mutex<Option<Arc<Tell>>>,
    held: RwLock<Held>,
}

#[derive(Debug, Default)]
struct Held {
    of: AHashMap<TenantId, Arc<Ring>>,
    /// How many there may be before idle ones are looked for.
    sweep_at: usize,
    /// Above every number given so far, by this process or an earlier one.
    base: u64,
}

impl std::fmt::Debug for Rings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rings({})", self.tenants())
    }
}

impl Rings {
    /// None yet, and who is behind them.
    pub fn new(
        ambient: Ambient,
        limits: Limits,
        numbers: Numbers,
        tell: impl Fn(Word) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { ambient, limits, numbers, keeper: Mutex::new(Some(Arc::new(tell))), held: RwLock::default() }
    }

    /// How many tenants there is anything for.
    pub fn tenants(&self) -> usize {
        self.held.read().of.len()
    }

    /// Tells the keeper; false when it has stopped.
    fn tell(&self, word: Word) -> bool {
        self.keeper.lock().as_ref().is_some_and(|keeper| keeper(word))
    }

    fn kept(&self) -> bool {
        self.numbers != Numbers::Here
    }

    /// Does something with the tenant's ring, which cannot be dropped meanwhile.
    fn with<T>(&self, scope: &Scope, act: impl FnOnce(&Arc<Ring>) -> T) -> T {
        if let Some(ring) = self.held.read().of.get(&scope.tenant()) {
            return act(ring);
        }
        let mut rings = self.held.write();
        let now = self.ambient.now();
        if rings.of.len() >= rings.sweep_at {
            self.sweep(&mut rings, now - self.limits.idle);
        }
        // Microseconds of wall-clock time: later processes and later rings begin above all numbers given before,
        // because nobody publishes a million events a second; and it stays exact in a browser's numbers until 2255.
        rings.base = rings.base.max(now.timestamp_micros().max(0) as u64) + 1;
        let (base, tenant) = (rings.base, scope.tenant());
        let ring = rings.of.entry(tenant).or_insert_with(|| {
            let ring = Arc::new(Ring::new(tenant, self.numbers, self.limits, base, now));
            if self.kept() && !self.tell(Word::Open(ring.clone())) {
                ring.close();
            }
            ring
        });
        act(ring)
    }

    fn sweep(&self, rings: &mut Held, since: crate::Timestamp) {
        let Held { of, base, .. } = rings;
        of.retain(|_, ring| {
            let idle = ring.is_idle(since);
            if idle {
                pass_on(ring, base);
                if self.kept() {
                    self.tell(Word::Retire(ring.clone()));
                }
            }
            !idle
        });
        rings.sweep_at = (2 * rings.of.len()).max(64);
    }
}

#[async_trait::async_trait]
impl EventBus for Rings {
    fn publish(&self, scope: &Scope, fact: Fact) {
        let now = self.ambient.now();
        self.with(scope, |ring| {
            if ring.push(fact, now, scope.trace()) {
                self.tell(Word::Pushed(ring.clone()));
            }
        });
        metrics::event_published();
    }

    async fn settled(&self, scope: &Scope) {
        if !self.kept() {
            return;
        }
        let ring = self.with(scope, Arc::clone);
        let mut aim = None;
        loop {
            let rung = ring.rung.notified();
            tokio::pin!(rung);
            // Registered before looking, so that what happens between the two is not slept through.
            rung.as_mut().enable();
            if aim.is_none() {
                aim = ring.aim();
                if aim.is_some_and(|aim| !ring.has_reached(aim)) && !self.tell(Word::Now(ring.clone())) {
                    return;
                }
            }
            if ring.is_closed() || aim.is_some_and(|aim| ring.has_reached(aim)) {
                return;
            }
            rung.await;
        }
    }

    fn subscribe(&self, scope: &Scope, after: Option<u64>) -> Subscription {
        self.with(scope, |ring| Subscription::new(ring.clone(), after))
    }

    fn recent(&self, scope: &Scope, at_most: usize, wanted: &dyn Fn(&Event) -> bool) -> (Span, Vec<Arc<Event>>) {
        self.with(scope, |ring| ring.recent(at_most, wanted))
    }

    async fn forget(&self, scope: &Scope) {
        let (done, gone) = oneshot::channel();
        {
            let mut rings = self.held.write();
            if let Some(ring) = rings.of.remove(&scope.tenant()) {
                pass_on(&ring, &mut rings.base);
                ring.close();
            }
            // Also without a ring: there may be a past of another life.
            if self.kept() {
                self.tell(Word::Forget(scope.tenant(), done));
            }
        }
        if self.kept() {
            gone.await.ok();
        }
    }

    async fn close(&self) {
        let (done, stopped) = oneshot::channel();
        // The last word: whatever was said before it is heard, and nothing can be said behind it.
        let Some(keeper) = self.keeper.lock().take() else { return };
        if keeper(Word::Stop(done)) {
            stopped.await.ok();
        }
    }
}

/// Sees to it that a later ring of the same tenant begins above this one's numbers, even within the same moment.
fn pass_on(ring: &Ring, base: &mut u64) {
    *base = (*base).max(ring.head() + 1);
}
