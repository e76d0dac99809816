//! What every bus must hold, as tests over the trait. A backend names itself once with [`event_bus_conformance!`],
//! giving a function from clock and ring size to a bus, and what a restart of the process means to it; calling the function
//! again, after the bus was closed, stands for one.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::{Delivery, Event, EventBus, Fact, Span, Subscription, Topic};
use crate::clock::ManualClock;
use crate::ids::{TenantId, TraceId};
use crate::{Actor, Ambient, Scope};

/// Makes a bus with a clock and room for so many events.
pub type Make = dyn Fn(Ambient, usize) -> Arc<dyn EventBus> + Send + Sync;

/// Instantiates the suite for one backend.
#[macro_export]
macro_rules! event_bus_conformance {
    ($module:ident, $restart:ident, $make:expr) => {
        mod $module {
            use super::*;

            fn make() -> Box<$crate::bus::conformance::Make> {
                let make = $make;
                Box::new(move |ambient, events| std::sync::Arc::new(make(ambient, events)))
            }

            $crate::event_bus_conformance!(@ order_and_isolation, resume, $restart, slow_listener, snapshot_then_listen, forget, many_writers);
        }
    };
    (@ $($name:ident),+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            $crate::bus::conformance::$name(&*make()).await;
        }
    )+};
}

fn tenant(ambient: &Ambient) -> Scope {
    Scope::new(TenantId::new(ambient), Actor::System("test"), TraceId::new(ambient))
}

fn fact(n: u64) -> Fact {
    Fact::new(Topic::SourcesConnected, serde_json::json!({ "n": n }))
}

/// What a listener got, as far as these tests care.
#[derive(Debug, PartialEq, Eq)]
enum Got {
    N(u64),
    Reset,
    Missed(u64),
    End,
}

async fn next(listener: &mut Subscription) -> Got {
    let within = Duration::from_secs(10);
    let got = tokio::time::timeout(within, listener.next()).await.expect("a delivery in time");
    match got {
        Some(Delivery::Event(event)) => Got::N(event.data["n"].as_u64().unwrap_or(u64::MAX)),
        Some(Delivery::Reset { .. }) => Got::Reset,
        Some(Delivery::Missed { count, .. }) => Got::Missed(count),
        None => Got::End,
    }
}

/// What the sequence spans, and its last events, once everything published can be seen.
async fn recent(bus: &dyn EventBus, scope: &Scope, at_most: usize) -> (Span, Vec<Arc<Event>>) {
    bus.settled(scope).await;
    bus.recent(scope, at_most, &|_| true)
}

/// Each listener gets each event of its tenant once and in order, in one sequence without gaps, and none of another's.
pub async fn order_and_isolation(make: &Make) {
    let ambient = Ambient::system();
    let bus = make(ambient.clone(), 100);
    let (a, b) = (tenant(&ambient), tenant(&ambient));
    let (mut one, mut two, mut other) = (bus.subscribe(&a, None), bus.subscribe(&a, None), bus.subscribe(&b, None));
    for n in 0..20 {
        bus.publish(&a, fact(n));
    }
    bus.publish(&b, fact(99));
    for n in 0..20 {
        assert_eq!((next(&mut one).await, next(&mut two).await), (Got::N(n), Got::N(n)));
    }
    assert_eq!(next(&mut other).await, Got::N(99));
    let (span, events) = recent(&*bus, &a, 100).await;
    assert!(events.iter().zip(span.floor..).all(|(event, seq)| event.seq == seq), "no gaps");
    assert_eq!((events.len(), span.head - span.floor), (20, 19));
}

/// What was seen is not delivered again; what is gone is a reset.
pub async fn resume(make: &Make) {
    let ambient = Ambient::system();
    let bus = make(ambient.clone(), 10);
    let scope = tenant(&ambient);
    for n in 0..10 {
        bus.publish(&scope, fact(n));
    }
    let seen = recent(&*bus, &scope, 4).await.1[0].seq;
    let mut listener = bus.subscribe(&scope, Some(seen));
    for n in 7..10 {
        assert_eq!(next(&mut listener).await, Got::N(n));
    }
    let mut current = bus.subscribe(&scope, Some(recent(&*bus, &scope, 0).await.0.head));
    for n in 10..25 {
        bus.publish(&scope, fact(n));
    }
    assert_eq!(next(&mut current).await, Got::Missed(5), "it was there and too slow");
    let mut late = bus.subscribe(&scope, Some(seen));
    assert_eq!(next(&mut late).await, Got::Reset, "it was away for too long");
    assert_eq!((next(&mut late).await, next(&mut late).await), (Got::N(15), Got::N(16)));
    let mut confused = bus.subscribe(&scope, Some(recent(&*bus, &scope, 0).await.0.head + 1));
    assert_eq!(next(&mut confused).await, Got::Reset, "nobody has seen what has not happened");
}

/// Without a kept past, a resume across a restart of the process is a reset, even when as many events have come since.
pub async fn restart_is_a_reset(make: &Make) {
    let clock = ManualClock::at(chrono::DateTime::from_timestamp(1_700_000_000, 0).expect("a moment"));
    let ambient = Ambient::manual(clock.clone(), 3);
    let scope = tenant(&ambient);
    let seen = {
        let bus = make(ambient.clone(), 100);
        (0..50).for_each(|n| bus.publish(&scope, fact(n)));
        bus.close().await;
        recent(&*bus, &scope, 0).await.0.head
    };
    clock.advance(Duration::from_millis(5));
    let bus = make(ambient.clone(), 100);
    let mut at_once = bus.subscribe(&scope, Some(seen));
    assert_eq!(next(&mut at_once).await, Got::Reset);
    (0..60).for_each(|n| bus.publish(&scope, fact(n)));
    let mut later = bus.subscribe(&scope, Some(seen));
    assert_eq!((next(&mut later).await, next(&mut later).await), (Got::Reset, Got::N(0)));
    assert!(recent(&*bus, &scope, 0).await.0.floor > seen);
}

/// With a kept past, a restart is not noticed: what was not seen before it comes after it, and the numbers go on, whether
/// something was published before the listener came or not.
pub async fn restart_goes_on(make: &Make) {
    let clock = ManualClock::at(chrono::DateTime::from_timestamp(1_700_000_000, 0).expect("a moment"));
    let ambient = Ambient::manual(clock.clone(), 3);
    let scope = tenant(&ambient);
    let mut seen = None;
    for life in 0..4 {
        clock.advance(Duration::from_secs(5));
        let bus = make(ambient.clone(), 100);
        if life % 2 == 0 {
            (0..10).for_each(|n| bus.publish(&scope, fact(life * 20 + n)));
        }
        let mut listener = bus.subscribe(&scope, seen.or(Some(0)));
        if life % 2 == 1 {
            (0..10).for_each(|n| bus.publish(&scope, fact(life * 20 + n)));
        }
        (10..20).for_each(|n| bus.publish(&scope, fact(life * 20 + n)));
        if seen.is_none() {
            assert_eq!(next(&mut listener).await, Got::Reset, "the first one asked for what never was");
        }
        let from = if seen.is_none() { 0 } else { life * 20 - 5 };
        for n in from..life * 20 + 15 {
            assert_eq!(next(&mut listener).await, Got::N(n));
        }
        // Five are left for the next life.
        seen = Some(listener.position());
        bus.close().await;
    }
    let bus = make(ambient.clone(), 100);
    let (span, events) = recent(&*bus, &scope, 1_000).await;
    assert!(events.iter().zip(span.floor..).all(|(event, seq)| event.seq == seq), "no gaps");
    assert_eq!((events.len(), Some(span.head)), (80, seen.map(|seen| seen + 5)));
}

/// A slow listener is told how many it missed and goes on; a quick one beside it misses none.
pub async fn slow_listener(make: &Make) {
    let ambient = Ambient::system();
    let bus = make(ambient.clone(), 10);
    let scope = tenant(&ambient);
    let (mut slow, mut quick) = (bus.subscribe(&scope, None), bus.subscribe(&scope, None));
    for n in 0..100 {
        bus.publish(&scope, fact(n));
        assert_eq!(next(&mut quick).await, Got::N(n));
    }
    assert_eq!(next(&mut slow).await, Got::Missed(90));
    for n in 90..100 {
        assert_eq!(next(&mut slow).await, Got::N(n));
    }
    let mut batch = Vec::new();
    assert_eq!(slow.try_batch(100, &mut batch), 0);
}

/// A page that reads the latest events and then listens after their head misses none and sees none twice.
pub async fn snapshot_then_listen(make: &Make) {
    let ambient = Ambient::system();
    let bus = make(ambient.clone(), 1_000);
    let scope = tenant(&ambient);
    (0..10).for_each(|n| bus.publish(&scope, fact(n)));
    let (span, mut seen) = recent(&*bus, &scope, 3).await;
    (10..20).for_each(|n| bus.publish(&scope, fact(n)));
    let mut listener = bus.subscribe(&scope, Some(span.head));
    let mut batch = Vec::new();
    while seen.len() < 13 {
        assert!(listener.next_batch(4, &mut batch).await);
        assert!(batch.len() <= 4);
        seen.extend(batch.drain(..).filter_map(|delivery| delivery.event().cloned()));
    }
    let numbers: Vec<_> = seen.iter().filter_map(|event| event.data["n"].as_u64()).collect();
    assert_eq!(numbers, (7..20).collect::<Vec<_>>());
    assert_eq!(listener.position(), recent(&*bus, &scope, 0).await.0.head);
}

/// A forgotten tenant's listeners end; its number line goes on above what was given.
pub async fn forget(make: &Make) {
    let ambient = Ambient::system();
    let bus = make(ambient.clone(), 10);
    let scope = tenant(&ambient);
    bus.publish(&scope, fact(1));
    let head = recent(&*bus, &scope, 0).await.0.head;
    let mut listener = bus.subscribe(&scope, None);
    bus.forget(&scope).await;
    assert_eq!(next(&mut listener).await, Got::End);
    bus.publish(&scope, fact(2));
    assert!(recent(&*bus, &scope, 0).await.0.floor > head);
    assert_eq!(next(&mut bus.subscribe(&scope, Some(head))).await, Got::Reset);
}

/// Writers on several threads make one sequence, and each one's own order holds in it.
pub async fn many_writers(make: &Make) {
    let ambient = Ambient::system();
    let bus = make(ambient.clone(), 100_000);
    let scope = tenant(&ambient);
    let mut listener = bus.subscribe(&scope, None);
    let writers: VecDeque<_> = (0..4_u64)
        .map(|writer| {
            let (bus, scope) = (bus.clone(), scope.clone());
            tokio::task::spawn_blocking(move || {
                (0..250).for_each(|n| bus.publish(&scope, fact(writer * 1_000_000 + n)));
            })
        })
        .collect();
    let (mut of_writer, mut total, mut last, mut batch) = ([0_u64; 4], 0, None, Vec::new());
    while total < 1_000 {
        assert!(listener.next_batch(64, &mut batch).await);
        for event in batch.drain(..).filter_map(|delivery| delivery.event().cloned()) {
            assert!(last.is_none_or(|last| event.seq == last + 1));
            last = Some(event.seq);
            let n = event.data["n"].as_u64().expect("a number");
            let writer = (n / 1_000_000) as usize;
            assert_eq!(n % 1_000_000, of_writer[writer]);
            of_writer[writer] += 1;
            total += 1;
        }
    }
    for writer in writers {
        writer.await.expect("a writer that does not panic");
    }
}
