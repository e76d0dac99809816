//! The last events of one tenant: bounded by count and bytes, read by any number of subscribers, each with nothing but
//! a cursor. Nothing is copied for a subscriber but a pointer.
//!
//! Waking: the first event after a quiet moment wakes at once; those that follow within the pulse are announced
//! together, so that a thousand sockets are woken a hundred times a second and not once for each event.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::RwLock;
use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::{Delivery, Event, Fact, Limits, Span};
use crate::ids::TraceId;
use crate::{Timestamp, metrics};

/// See the module.
#[derive(Debug)]
pub(super) struct Ring {
    limits: Limits,
    held: RwLock<Held>,
    pub(super) rung: Notify,
    pub(super) subscribers: AtomicUsize,
}

#[derive(Debug)]
struct Held {
    events: VecDeque<(Arc<Event>, usize)>,
    bytes: usize,
    head: u64,
    pulse: Pulse,
    last_at: Timestamp,
    closed: bool,
}

/// Whether subscribers may be woken now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pulse {
    Quiet,
    /// They were, a moment ago.
    Beating,
    /// And something has come since.
    Due,
}

impl Ring {
    /// An empty ring whose first event will be the one above the base.
    pub(super) fn new(limits: Limits, base: u64, now: Timestamp) -> Self {
        let held =
            Held { events: VecDeque::new(), bytes: 0, head: base, pulse: Pulse::Quiet, last_at: now, closed: false };
        Self { limits, held: RwLock::new(held), rung: Notify::new(), subscribers: AtomicUsize::new(0) }
    }

    /// Gives a fact its place and announces it.
    pub(super) fn push(self: &Arc<Self>, fact: Fact, now: Timestamp, trace: TraceId, handle: Option<&Handle>) {
        let watched = self.subscribers.load(Ordering::Acquire) > 0;
        let mut held = self.held.write();
        held.head += 1;
        let event = Event::new(held.head, now, trace, fact);
        let weight = event.weight();
        held.bytes += weight;
        held.last_at = now;
        held.events.push_back((Arc::new(event), weight));
        while held.events.len() > self.limits.events || (held.bytes > self.limits.bytes && held.events.len() > 1) {
            let dropped = held.events.pop_front().map_or(0, |(_, weight)| weight);
            held.bytes -= dropped;
        }
        if !watched {
            return;
        }
        if held.pulse != Pulse::Quiet {
            held.pulse = Pulse::Due;
            return;
        }
        if let Some(handle) = handle {
            held.pulse = Pulse::Beating;
            handle.spawn(self.clone().beat());
        }
        drop(held);
        self.rung.notify_waiters();
    }

    /// Wakes once a pulse for as long as something came in the last one.
    async fn beat(self: Arc<Self>) {
        loop {
            tokio::time::sleep(self.limits.pulse).await;
            {
                let mut held = self.held.write();
                if held.pulse == Pulse::Beating {
                    held.pulse = Pulse::Quiet;
                    return;
                }
                held.pulse = Pulse::Beating;
            }
            self.rung.notify_waiters();
        }
    }

    /// What it spans.
    pub(super) fn span(&self) -> Span {
        self.held.read().span()
    }

    /// Reads from a sequence number on (or after a reset from the floor): first what was missed, then at most so many
    /// events. Returns where to read next.
    pub(super) fn read(&self, mut next: u64, reset: bool, at_most: usize, into: &mut Vec<Delivery>) -> u64 {
        let held = self.held.read();
        let floor = held.span().floor;
        if reset {
            into.push(Delivery::Reset { floor });
            next = floor;
        } else if next < floor {
            metrics::events_missed(floor - next);
            into.push(Delivery::Missed(floor - next));
            next = floor;
        }
        let from = ((next - floor) as usize).min(held.events.len());
        let to = from.saturating_add(at_most).min(held.events.len());
        into.extend(held.events.range(from..to).map(|(event, _)| Delivery::Event(event.clone())));
        next + (to - from) as u64
    }

    /// The last events, oldest first.
    pub(super) fn recent(&self, at_most: usize) -> (Span, Vec<Arc<Event>>) {
        let held = self.held.read();
        let from = held.events.len().saturating_sub(at_most);
        (held.span(), held.events.range(from..).map(|(event, _)| event.clone()).collect())
    }

    /// Whether nobody listens and nothing was said since.
    pub(super) fn is_idle(&self, since: Timestamp) -> bool {
        let held = self.held.read();
        self.subscribers.load(Ordering::Acquire) == 0 && (held.events.is_empty() || held.last_at < since)
    }

    /// Ends all subscriptions.
    pub(super) fn close(&self) {
        self.held.write().closed = true;
        self.rung.notify_waiters();
    }

    /// Whether it was closed.
    pub(super) fn is_closed(&self) -> bool {
        self.held.read().closed
    }
}

impl Held {
    fn span(&self) -> Span {
        Span { floor: self.head + 1 - self.events.len() as u64, head: self.head }
    }
}
