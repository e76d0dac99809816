//! The last events of one tenant: bounded by count and bytes, read by any number of subscribers, each with nothing but
//! a cursor. Nothing is copied for a subscriber but a pointer.
//!
//! Where the past is kept, an event is shown to nobody before it is written: whoever saw a number finds it again after
//! a crash. Until the past was read, what is published waits for its number.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::RwLock;
use tokio::sync::Notify;

use super::journal::Past;
use super::{Delivery, Event, Fact, Limits, Span};
use crate::ids::{TenantId, TraceId};
use crate::{Timestamp, metrics};

/// See the module.
#[derive(Debug)]
pub(super) struct Ring {
    pub(super) tenant: TenantId,
    /// Whether its past is kept.
    pub(super) kept: bool,
    limits: Limits,
    held: RwLock<Held>,
    pub(super) rung: Notify,
    pub(super) subscribers: AtomicUsize,
}

#[derive(Debug)]
struct Held {
    events: VecDeque<(Arc<Event>, usize)>,
    bytes: usize,
    /// The highest number given.
    head: u64,
    /// The highest number that subscribers were woken for; where the past is kept, the highest that is written.
    told: u64,
    /// Facts that came before the past was read.
    waiting: Option<Waiting>,
    /// The number beneath that of the first of them.
    began: u64,
    /// Whether the keeper looks again by itself.
    beating: bool,
    last_at: Timestamp,
    closed: bool,
}

/// Facts without a number yet.
#[derive(Debug, Default)]
struct Waiting {
    facts: VecDeque<(Fact, Timestamp, TraceId)>,
    /// How many found no room.
    skipped: u64,
}

impl Ring {
    /// An empty ring whose first event will be the one above the base, or above its past if that is to be read first.
    pub(super) fn new(tenant: TenantId, kept: bool, limits: Limits, base: u64, now: Timestamp) -> Self {
        let held = Held {
            events: VecDeque::new(),
            bytes: 0,
            head: base,
            told: base,
            waiting: kept.then(Default::default),
            began: base,
            beating: false,
            last_at: now,
            closed: false,
        };
        Self { tenant, kept, limits, held: RwLock::new(held), rung: Notify::new(), subscribers: AtomicUsize::new(0) }
    }

    /// Gives a fact its place. True: the keeper has to be told, for it does not look by itself.
    pub(super) fn push(&self, fact: Fact, now: Timestamp, trace: TraceId) -> bool {
        let mut held = self.held.write();
        if let Some(waiting) = &mut held.waiting {
            if waiting.facts.len() >= self.limits.events {
                waiting.facts.pop_front();
                waiting.skipped += 1;
            }
            waiting.facts.push_back((fact, now, trace));
            return false;
        }
        held.place(fact, now, trace, self.limits);
        // Looked at under the lock: whoever subscribes after it sees the event, whoever did before it is woken.
        (self.kept || self.is_watched()) && !std::mem::replace(&mut held.beating, true)
    }

    /// Its past was read: what waited gets its numbers above it.
    pub(super) fn begin(&self, past: Past, gap: Option<(Fact, TraceId)>, now: Timestamp) {
        let mut held = self.held.write();
        let Some(Waiting { facts, skipped }) = held.waiting.take() else { return };
        if let Some(last) = past.events.last() {
            (held.head, held.told) = (last.seq, last.seq);
        }
        for event in past.events {
            held.hold(event, self.limits);
        }
        if let Some((fact, trace)) = gap {
            held.place(fact, now, trace, self.limits);
        }
        held.began = held.head;
        if skipped > 0 {
            // A ring has no holes: what stands before one is gone.
            held.events.clear();
            held.bytes = 0;
            held.head += skipped;
        }
        for (fact, at, trace) in facts {
            held.place(fact, at, trace, self.limits);
        }
        held.beating = true;
        drop(held);
        self.rung.notify_waiters();
    }

    /// What the keeper has not told of yet, and up to where that goes; none, and it need not look again.
    pub(super) fn news(&self) -> Option<(Vec<Arc<Event>>, u64)> {
        let mut held = self.held.write();
        if held.head == held.told {
            held.beating = false;
            return None;
        }
        Some((held.after(held.told), held.head))
    }

    /// The same for a look out of turn.
    pub(super) fn news_now(&self) -> (Vec<Arc<Event>>, u64) {
        let held = self.held.read();
        (held.after(held.told), held.head)
    }

    /// Everything up to a number may be seen now; wakes who waits.
    pub(super) fn tell(&self, upto: u64) {
        {
            let mut held = self.held.write();
            held.told = held.told.max(upto);
        }
        self.rung.notify_waiters();
    }

    /// Everything it holds, written or not.
    pub(super) fn whole(&self) -> Vec<Arc<Event>> {
        self.held.read().after(0)
    }

    /// The highest number given; none while the past is being read.
    pub(super) fn head(&self) -> Option<u64> {
        let held = self.held.read();
        held.waiting.is_none().then_some(held.head)
    }

    /// Whether everything up to a number can be seen.
    pub(super) fn has_told(&self, upto: u64) -> bool {
        let held = self.held.read();
        held.closed || (held.waiting.is_none() && (!self.kept || held.told >= upto))
    }

    /// Where a subscriber begins that saw everything up to a number, and whether that is a reset. While the past is being
    /// read that is not known: instead, how many facts wait before whatever comes from now on.
    pub(super) fn begin_after(&self, after: Option<u64>) -> Result<(u64, bool), u64> {
        let held = self.held.read();
        if let Some(waiting) = &held.waiting {
            return Err(waiting.facts.len() as u64 + waiting.skipped);
        }
        let floor = held.floor();
        Ok(match after {
            None => (held.head + 1, false),
            Some(after) if after <= held.head && after + 1 >= floor => (after + 1, false),
            Some(_) => (floor, true),
        })
    }

    /// The number of the fact that came when so many were waiting.
    pub(super) fn waited(&self, before: u64) -> u64 {
        self.held.read().began + before + 1
    }

    /// What it spans, as far as that can be seen.
    pub(super) fn span(&self) -> Span {
        let held = self.held.read();
        let head = held.shown(self.kept);
        Span { floor: held.floor().min(head + 1), head }
    }

    /// Reads from a sequence number on (or after a reset from the floor): first what was missed, then at most so many
    /// events. Returns where to read next.
    pub(super) fn read(&self, mut next: u64, reset: bool, at_most: usize, into: &mut Vec<Delivery>) -> u64 {
        let held = self.held.read();
        let floor = held.floor();
        if reset {
            into.push(Delivery::Reset { floor });
            next = floor;
        } else if next < floor {
            metrics::events_missed(floor - next);
            into.push(Delivery::Missed { from: next, count: floor - next });
            next = floor;
        }
        let seen = (held.shown(self.kept) + 1).saturating_sub(floor) as usize;
        let from = ((next - floor) as usize).min(held.events.len());
        let to = from.saturating_add(at_most).min(held.events.len()).min(seen.max(from));
        into.extend(held.events.range(from..to).map(|(event, _)| Delivery::Event(event.clone())));
        next + (to - from) as u64
    }

    /// The last events that a page wants to see, so many of them at most, oldest first.
    pub(super) fn recent(&self, at_most: usize, wanted: &dyn Fn(&Event) -> bool) -> (Span, Vec<Arc<Event>>) {
        let span = self.span();
        let held = self.held.read();
        let seen = held.events.iter().rev().filter(|(event, _)| event.seq <= span.head && wanted(event));
        let mut events: Vec<_> = seen.take(at_most).map(|(event, _)| event.clone()).collect();
        events.reverse();
        (span, events)
    }

    fn is_watched(&self) -> bool {
        self.subscribers.load(Ordering::Acquire) > 0
    }

    /// How long until the keeper looks again.
    pub(super) fn pulse(&self) -> std::time::Duration {
        if self.is_watched() { self.limits.pulse } else { self.limits.pulse * 12 }
    }

    /// Whether nobody listens and nothing was said since.
    pub(super) fn is_idle(&self, since: Timestamp) -> bool {
        let held = self.held.read();
        !self.is_watched() && held.waiting.is_none() && (held.events.is_empty() || held.last_at < since)
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
    fn place(&mut self, fact: Fact, at: Timestamp, trace: TraceId, limits: Limits) {
        self.head += 1;
        self.hold(Event::new(self.head, at, trace, fact), limits);
    }

    fn hold(&mut self, event: Event, limits: Limits) {
        let weight = event.weight();
        self.bytes += weight;
        self.last_at = event.at;
        self.events.push_back((Arc::new(event), weight));
        while self.events.len() > limits.events || (self.bytes > limits.bytes && self.events.len() > 1) {
            let dropped = self.events.pop_front().map_or(0, |(_, weight)| weight);
            self.bytes -= dropped;
        }
    }

    fn after(&self, seq: u64) -> Vec<Arc<Event>> {
        let from = self.events.partition_point(|(event, _)| event.seq <= seq);
        self.events.range(from..).map(|(event, _)| event.clone()).collect()
    }

    /// The highest number that may be delivered.
    const fn shown(&self, kept: bool) -> u64 {
        if kept { self.told } else { self.head }
    }

    fn floor(&self) -> u64 {
        self.events.front().map_or(self.head + 1, |(event, _)| event.seq)
    }
}
