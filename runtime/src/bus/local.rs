//! The bus of one process: it gives the numbers itself. Given a folder it keeps each tenant's past there.

use std::path::PathBuf;

use super::{Limits, Numbers, Rings, keeper};
use crate::{Ambient, Result};

/// A bus with nothing on it, whose past ends with it. It can be used from any thread.
pub fn in_memory(ambient: Ambient, limits: Limits) -> Result<Rings> {
    start(ambient, limits, None)
}

/// A bus that goes on where the last one over the same folder ended.
pub fn kept_in(folder: PathBuf, ambient: Ambient, limits: Limits) -> Result<Rings> {
    start(ambient, limits, Some(folder))
}

fn start(ambient: Ambient, limits: Limits, folder: Option<PathBuf>) -> Result<Rings> {
    let numbers = if folder.is_some() { Numbers::Written } else { Numbers::Here };
    let keeper = keeper::start(ambient.clone(), limits, folder)?;
    Ok(Rings::new(ambient, limits, numbers, move |word| keeper.send(word).is_ok()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::bus::{Delivery, EventBus as _, Fact, Topic};
    use crate::clock::ManualClock;
    use crate::ids::{TenantId, TraceId};
    use crate::{Actor, Scope};

    fn tenant(ambient: &Ambient) -> Scope {
        Scope::new(TenantId::new(ambient), Actor::System("test"), TraceId::new(ambient))
    }

    fn fact(n: u64) -> Fact {
        Fact::new(Topic::SourcesConnected, serde_json::json!({ "n": n }))
    }

    crate::event_bus_conformance!(without_past, restart_is_a_reset, |ambient, events| {
        in_memory(ambient, Limits { events, ..Limits::default() }).unwrap()
    });

    crate::event_bus_conformance!(with_past, restart_goes_on, {
        let folder = tempfile::tempdir().unwrap();
        move |ambient, events| {
            kept_in(folder.path().to_owned(), ambient, Limits { events, ..Limits::default() }).unwrap()
        }
    });

    #[tokio::test]
    async fn idle_tenants_cost_nothing() {
        let clock = ManualClock::at(chrono::DateTime::UNIX_EPOCH);
        let ambient = Ambient::manual(clock.clone(), 1);
        let bus = in_memory(ambient.clone(), Limits::default()).unwrap();
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
        let bus = in_memory(ambient.clone(), Limits { bytes: 100_000, ..Limits::default() }).unwrap();
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
        let bus = Arc::new(in_memory(ambient.clone(), Limits { pulse, ..Limits::default() }).unwrap());
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
        let bus = kept_in(folder.path().to_owned(), ambient.clone(), Limits::default()).unwrap();
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
        let bus = in_memory(ambient.clone(), Limits::default()).unwrap();
        let scope = tenant(&ambient);
        let mut listener = bus.subscribe(&scope, None);
        bus.publish(&scope, fact(1));
        assert_eq!(listener.try_batch(10, &mut Vec::new()), 1);
    }

    #[test]
    fn text_forms_are_made_once_and_shared() {
        let ambient = Ambient::system();
        let bus = in_memory(ambient.clone(), Limits::default()).unwrap();
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
