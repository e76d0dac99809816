//! The bus of one process: a ring a tenant, made when somebody publishes or listens, dropped when it is idle, so that a
//! tenant without events and listeners costs nothing.

use std::sync::Arc;
use std::time::Duration;

use ahash::AHashMap;
use parking_lot::RwLock;
use tokio::runtime::Handle;

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

/// See the module.
#[derive(Debug)]
pub struct LocalBus {
    ambient: Ambient,
    limits: Limits,
    handle: Option<Handle>,
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
    /// A bus with nothing on it. Made inside a tokio runtime, it can be used from any thread.
    pub fn new(ambient: Ambient, limits: Limits) -> Self {
        Self { ambient, limits, handle: Handle::try_current().ok(), rings: RwLock::default() }
    }

    /// How many tenants it holds anything for.
    pub fn tenants(&self) -> usize {
        self.rings.read().of.len()
    }

    /// Does something with the tenant's ring, which cannot be dropped meanwhile.
    fn with<T>(&self, scope: &Scope, act: impl FnOnce(&Arc<Ring>) -> T) -> T {
        if let Some(ring) = self.rings.read().of.get(&scope.tenant()) {
            return act(ring);
        }
        let mut rings = self.rings.write();
        let now = self.ambient.now();
        if rings.of.len() >= rings.sweep_at {
            let since = now - self.limits.idle;
            let Rings { of, base, .. } = &mut *rings;
            of.retain(|_, ring| !ring.is_idle(since) || retire(ring, base));
            rings.sweep_at = (2 * rings.of.len()).max(64);
        }
        // Microseconds of wall-clock time: later processes and later rings begin above all numbers given before,
        // because nobody publishes a million events a second; and it stays exact in a browser's numbers until 2255.
        rings.base = rings.base.max(now.timestamp_micros().max(0) as u64) + 1;
        let base = rings.base;
        let ring = rings.of.entry(scope.tenant()).or_insert_with(|| Arc::new(Ring::new(self.limits, base, now)));
        act(ring)
    }
}

impl EventBus for LocalBus {
    fn publish(&self, scope: &Scope, fact: Fact) {
        let now = self.ambient.now();
        let current = Handle::try_current().ok();
        self.with(scope, |ring| ring.push(fact, now, scope.trace(), current.as_ref().or(self.handle.as_ref())));
        metrics::event_published();
    }

    fn subscribe(&self, scope: &Scope, after: Option<u64>) -> Subscription {
        self.with(scope, |ring| Subscription::new(ring.clone(), after))
    }

    fn recent(&self, scope: &Scope, at_most: usize) -> (Span, Vec<Arc<Event>>) {
        self.with(scope, |ring| ring.recent(at_most))
    }

    fn forget(&self, scope: &Scope) {
        let mut rings = self.rings.write();
        if let Some(ring) = rings.of.remove(&scope.tenant()) {
            retire(&ring, &mut rings.base);
            ring.close();
        }
    }
}

/// Sees to it that a later ring of the same tenant begins above this one's numbers, even within the same moment.
/// Answers whether to keep it: no.
fn retire(ring: &Ring, base: &mut u64) -> bool {
    *base = (*base).max(ring.span().head + 1);
    false
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

    crate::event_bus_conformance!(|ambient, events| LocalBus::new(ambient, Limits { events, ..Limits::default() }));

    #[tokio::test]
    async fn idle_tenants_cost_nothing() {
        let clock = ManualClock::at(chrono::DateTime::UNIX_EPOCH);
        let ambient = Ambient::manual(clock.clone(), 1);
        let bus = LocalBus::new(ambient.clone(), Limits::default());
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
        assert_eq!(bus.recent(&kept, 9).1.len(), 1, "not while somebody listens");
        drop(listener);
    }

    #[tokio::test]
    async fn large_events_are_bounded_by_bytes() {
        let ambient = Ambient::system();
        let bus = LocalBus::new(ambient.clone(), Limits { bytes: 100_000, ..Limits::default() });
        let scope = tenant(&ambient);
        for _ in 0..100 {
            bus.publish(&scope, Fact::new(Topic::TaskLogged, serde_json::json!({ "line": "x".repeat(5_000) })));
        }
        assert!((1..10).contains(&bus.recent(&scope, 1_000).1.len()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_wakes_a_listener_twice_and_not_a_thousand_times() {
        let ambient = Ambient::system();
        let bus = Arc::new(LocalBus::new(ambient.clone(), Limits::default()));
        let scope = tenant(&ambient);
        let mut listener = bus.subscribe(&scope, None);
        let counting = tokio::spawn(async move {
            let (mut wakes, mut got, mut batch) = (0, 0, Vec::new());
            while got < 1_000 {
                listener.next_batch(10_000, &mut batch).await;
                wakes += 1;
                got += batch.drain(..).filter(|delivery| matches!(delivery, Delivery::Event(_))).count();
            }
            wakes
        });
        tokio::task::yield_now().await;
        for n in 0..1_000 {
            bus.publish(&scope, fact(n));
            tokio::task::yield_now().await;
        }
        assert!(counting.await.unwrap() <= 3);
    }

    #[test]
    fn publishing_works_without_a_runtime() {
        let ambient = Ambient::system();
        let bus = LocalBus::new(ambient.clone(), Limits::default());
        let scope = tenant(&ambient);
        let mut listener = bus.subscribe(&scope, None);
        bus.publish(&scope, fact(1));
        assert_eq!(listener.try_batch(10, &mut Vec::new()), 1);
    }

    #[test]
    fn text_forms_are_made_once_and_shared() {
        let ambient = Ambient::system();
        let bus = LocalBus::new(ambient.clone(), Limits::default());
        let scope = tenant(&ambient);
        bus.publish(&scope, fact(7).about("thing", "t-1").version(3));
        let event = bus.recent(&scope, 1).1.remove(0);
        assert_eq!(event.json().as_ptr(), event.json().as_ptr());
        let read: serde_json::Value = serde_json::from_slice(&event.json()).unwrap();
        assert_eq!(
            (&read["topic"], &read["entity"], &read["id"], &read["version"], &read["data"]["n"]),
            (&"sources_connected".into(), &"thing".into(), &"t-1".into(), &3.into(), &7.into())
        );
        assert!(event.sse().starts_with(format!("id: {}\nevent: sources_connected\ndata: {{", event.seq).as_bytes()));
    }
}
