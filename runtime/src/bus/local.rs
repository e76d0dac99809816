//! The bus of one process: a ring a tenant, made when somebody publishes or listens, dropped when it is idle, so that a
//! tenant without events and listeners costs nothing. Given a folder it keeps each tenant's past there.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use ahash::AHashMap;
use parking_lot::{Mutex, RwLock};
use tokio::sync::oneshot;

use super::keeper::{self, Word};
use super::ring::Ring;
use super::{Event, EventBus, Fact, Span, Subscription};
use crate::ids::TenantId;
use crate::{Ambient, Result, Scope, metrics};

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

/// See the module.
#[derive(Debug)]
pub struct LocalBus {
    ambient: Ambient,
    limits: Limits,
    kept: bool,
    /// Gone once the bus was closed.
    keeper: Mutex<Option<Sender<Word>>>,
    rings: RwLock<Rings>,
}

#[derive(Debug, Default)]
struct Rings {
    of: AHashMap<TenantId, Arc<Ring>>,
    /// How many there may be before idle ones are looked for.
    sweep_at: usize,
    /// Above every number given so far, by this process or an earlier one.
    base: u64,
}

impl LocalBus {
    /// A bus with nothing on it, whose past ends with it. It can be used from any thread.
    pub fn new(ambient: Ambient, limits: Limits) -> Result<Self> {
        Self::start(ambient, limits, None)
    }

    /// A bus that goes on where the last one over the same folder ended.
    pub fn kept_in(folder: PathBuf, ambient: Ambient, limits: Limits) -> Result<Self> {
        Self::start(ambient, limits, Some(folder))
    }

    fn start(ambient: Ambient, limits: Limits, folder: Option<PathBuf>) -> Result<Self> {
        let kept = folder.is_some();
        let keeper = Mutex::new(Some(keeper::start(ambient.clone(), limits, folder)?));
        Ok(Self { ambient, limits, kept, keeper, rings: RwLock::default() })
    }

    /// How many tenants it holds anything for.
    pub fn tenants(&self) -> usize {
        self.rings.read().of.len()
    }

    /// Tells the keeper; false when it has stopped.
    fn tell(&self, word: Word) -> bool {
        self.keeper.lock().as_ref().is_some_and(|keeper| keeper.send(word).is_ok())
    }

    /// Does something with the tenant's ring, which cannot be dropped meanwhile.
    fn with<T>(&self, scope: &Scope, act: impl FnOnce(&Arc<Ring>) -> T) -> T {
        if let Some(ring) = self.rings.read().of.get(&scope.tenant()) {
            return act(ring);
        }
        let mut rings = self.rings.write();
        let now = self.ambient.now();
        if rings.of.len() >= rings.sweep_at {
            self.sweep(&mut rings, now - self.limits.idle);
        }
        // Microseconds of wall-clock time: later processes and later rings begin above all numbers given before,
        // because nobody publishes a million events a second; and it stays exact in a browser's numbers until 2255.
        rings.base = rings.base.max(now.timestamp_micros().max(0) as u64) + 1;
        let (base, tenant) = (rings.base, scope.tenant());
        let ring = rings.of.entry(tenant).or_insert_with(|| {
            let ring = Arc::new(Ring::new(tenant, self.kept, self.limits, base, now));
            if self.kept && !self.tell(Word::Open(ring.clone())) {
                ring.close();
            }
            ring
        });
        act(ring)
    }

    fn sweep(&self, rings: &mut Rings, since: crate::Timestamp) {
        let Rings { of, base, .. } = rings;
        of.retain(|_, ring| {
            let idle = ring.is_idle(since);
            if idle {
                pass_on(ring, base);
                if self.kept {
                    self.tell(Word::Retire(ring.clone()));
                }
            }
            !idle
        });
        rings.sweep_at = (2 * rings.of.len()).max(64);
    }
}

#[async_trait::async_trait]
impl EventBus for LocalBus {
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
        if !self.kept {
            return;
        }
        let ring = self.with(scope, Arc::clone);
        let mut upto = None;
        loop {
            let rung = ring.rung.notified();
            tokio::pin!(rung);
            // Registered before looking, so that what happens between the two is not slept through.
            rung.as_mut().enable();
            if upto.is_none() {
                upto = ring.head();
                if upto.is_some_and(|upto| !ring.has_told(upto)) && !self.tell(Word::Now(ring.clone())) {
                    return;
                }
            }
            if ring.is_closed() || upto.is_some_and(|upto| ring.has_told(upto)) {
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
            let mut rings = self.rings.write();
            if let Some(ring) = rings.of.remove(&scope.tenant()) {
                pass_on(&ring, &mut rings.base);
                ring.close();
            }
            // Also without a ring: there may be a past of another life.
            if self.kept {
                self.tell(Word::Forget(scope.tenant(), done));
            }
        }
        if self.kept {
            gone.await.ok();
        }
    }

    async fn close(&self) {
        let (done, stopped) = oneshot::channel();
        // The last word: whatever was said before it is heard, and nothing can be said behind it.
        let Some(keeper) = self.keeper.lock().take() else { return };
        if keeper.send(Word::Stop(done)).is_ok() {
            stopped.await.ok();
        }
    }
}

/// Sees to it that a later ring of the same tenant begins above this one's numbers, even within the same moment.
fn pass_on(ring: &Ring, base: &mut u64) {
    *base = (*base).max(ring.head().unwrap_or(0) + 1);
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::Actor;
    use crate::bus::{Delivery, Topic};
    use crate::clock::ManualClock;
    use crate::ids::TraceId;

    fn tenant(ambient: &Ambient) -> Scope {
        Scope::new(TenantId::new(ambient), Actor::System("test"), TraceId::new(ambient))
    }

    fn fact(n: u64) -> Fact {
        Fact::new(Topic::SourcesConnected, serde_json::json!({ "n": n }))
    }

    crate::event_bus_conformance!(without_past, restart_is_a_reset, |ambient, events| {
        LocalBus::new(ambient, Limits { events, ..Limits::default() }).unwrap()
    });

    crate::event_bus_conformance!(with_past, restart_goes_on, {
        let folder = tempfile::tempdir().unwrap();
        move |ambient, events| {
            LocalBus::kept_in(folder.path().to_owned(), ambient, Limits { events, ..Limits::default() }).unwrap()
        }
    });

    #[tokio::test]
    async fn idle_tenants_cost_nothing() {
        let clock = ManualClock::at(chrono::DateTime::UNIX_EPOCH);
        let ambient = Ambient::manual(clock.clone(), 1);
        let bus = LocalBus::new(ambient.clone(), Limits::default()).unwrap();
        for _ in 0..1_000 {
            drop(bus.subscribe(&tenant(&ambient), None));
        }
        assert!(bus.tenants() <= 64, "listeners that left cost nothing");
        let kept = tenant(&ambient);
        bus.publish(&kept, fact(1));
        let listener = bus.subscribe(&kept, None);
        clock.advance(Duration::from_hours(1));
        for _ in 0..1_000 {
            bus.publish(&tenant(&ambient), fact(1));
            clock.advance(Duration::from_mins(1));
        }
        assert!(bus.tenants() <= 130, "what was said long ago is forgotten: {}", bus.tenants());
        assert_eq!(bus.recent(&kept, 9, &|_| true).1.len(), 1, "not while somebody listens");
        drop(listener);
    }

    #[tokio::test]
    async fn large_events_are_bounded_by_bytes() {
        let ambient = Ambient::system();
        let bus = LocalBus::new(ambient.clone(), Limits { bytes: 100_000, ..Limits::default() }).unwrap();
        let scope = tenant(&ambient);
        for _ in 0..100 {
            bus.publish(&scope, Fact::new(Topic::TaskLogged, serde_json::json!({ "line": "x".repeat(5_000) })));
        }
        assert!((1..10).contains(&bus.recent(&scope, 1_000, &|_| true).1.len()));
    }

    #[tokio::test]
    async fn a_burst_wakes_a_listener_once_a_pulse_and_not_a_thousand_times() {
        let ambient = Ambient::system();
        let pulse = Duration::from_millis(50);
        let bus = Arc::new(LocalBus::new(ambient.clone(), Limits { pulse, ..Limits::default() }).unwrap());
        let scope = tenant(&ambient);
        let mut listener = bus.subscribe(&scope, None);
        let began = ambient.elapsed();
        let counting = tokio::spawn(async move {
            let (mut wakes, mut got, mut batch) = (0_u128, 0, Vec::new());
            while got < 1_000 {
                listener.next_batch(10_000, &mut batch).await;
                wakes += 1;
                got += batch.drain(..).filter(|delivery| matches!(delivery, Delivery::Event(_))).count();
            }
            wakes
        });
        for n in 0..1_000 {
            bus.publish(&scope, fact(n));
            tokio::task::yield_now().await;
        }
        // A look of its own before it first sleeps, the first event, and one for each pulse.
        let wakes = counting.await.unwrap();
        let took = ambient.elapsed().saturating_sub(began);
        assert!(wakes <= 3 + took.as_millis() / pulse.as_millis(), "{wakes} in {took:?}");
    }

    #[tokio::test]
    async fn a_past_is_kept_while_nobody_needs_it_and_read_when_somebody_does() {
        let clock = ManualClock::at(chrono::DateTime::UNIX_EPOCH);
        let ambient = Ambient::manual(clock.clone(), 1);
        let folder = tempfile::tempdir().unwrap();
        let bus = LocalBus::kept_in(folder.path().to_owned(), ambient.clone(), Limits::default()).unwrap();
        let scope = tenant(&ambient);
        bus.publish(&scope, fact(1));
        bus.settled(&scope).await;
        let head = bus.recent(&scope, 0, &|_| true).0.head;
        clock.advance(Duration::from_hours(1));
        for _ in 0..200 {
            let other = tenant(&ambient);
            drop(bus.subscribe(&other, None));
            bus.settled(&other).await;
        }
        assert!(bus.tenants() <= 130);
        bus.publish(&scope, fact(2));
        bus.settled(&scope).await;
        let (span, events) = bus.recent(&scope, 9, &|_| true);
        assert_eq!((span.head, events.len()), (head + 1, 2), "retired and read again, nothing was lost or renumbered");
        bus.forget(&scope).await;
        bus.close().await;
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a forgotten tenant leaves nothing behind");
        bus.publish(&scope, fact(3));
        bus.settled(&scope).await;
    }

    #[test]
    fn publishing_works_without_a_runtime() {
        let ambient = Ambient::system();
        let bus = LocalBus::new(ambient.clone(), Limits::default()).unwrap();
        let scope = tenant(&ambient);
        let mut listener = bus.subscribe(&scope, None);
        bus.publish(&scope, fact(1));
        assert_eq!(listener.try_batch(10, &mut Vec::new()), 1);
    }

    #[test]
    fn text_forms_are_made_once_and_shared() {
        let ambient = Ambient::system();
        let bus = LocalBus::new(ambient.clone(), Limits::default()).unwrap();
        let scope = tenant(&ambient);
        bus.publish(&scope, fact(7).about("thing", "t-1").version(3));
        let event = bus.recent(&scope, 1, &|_| true).1.remove(0);
        assert_eq!(event.json().as_ptr(), event.json().as_ptr());
        let read: serde_json::Value = serde_json::from_slice(&event.json()).unwrap();
        assert_eq!(
            (&read["topic"], &read["entity"], &read["id"], &read["version"], &read["data"]["n"]),
            (&"sources_connected".into(), &"thing".into(), &"t-1".into(), &3.into(), &7.into())
        );
        assert!(event.sse().starts_with(format!("id: {}\nevent: sources_connected\ndata: {{", event.seq).as_bytes()));
    }
}
