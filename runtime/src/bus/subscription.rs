//! One listener: a cursor into a tenant's ring. Reading never waits for other listeners nor they for it; being slow
//! costs the slow one events, which it is told.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Event;
use super::ring::Ring;

/// What a subscriber gets.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// The next event.
    Event(Arc<Event>),
    /// What it asked to resume from is gone: read the state again. What follows begins at the floor.
    Reset {
        /// The sequence number of the first event that can follow.
        floor: u64,
    },
    /// It was too slow for so many.
    Missed(u64),
}

impl Delivery {
    /// The event, if it is one.
    pub const fn event(&self) -> Option<&Arc<Event>> {
        match self {
            Self::Event(event) => Some(event),
            Self::Reset { .. } | Self::Missed(_) => None,
        }
    }
}

/// See the module. Cancelling any of its waits loses nothing.
#[derive(Debug)]
pub struct Subscription {
    ring: Arc<Ring>,
    next: u64,
    reset: bool,
}

impl Subscription {
    pub(super) fn new(ring: Arc<Ring>, after: Option<u64>) -> Self {
        ring.subscribers.fetch_add(1, Ordering::AcqRel);
        let span = ring.span();
        let (next, reset) = match after {
            None => (span.head + 1, false),
            Some(after) if after <= span.head && after + 1 >= span.floor => (after + 1, false),
            Some(_) => (span.floor, true),
        };
        Self { ring, next, reset }
    }

    /// The sequence number up to which everything was delivered (or reported as missed).
    pub const fn position(&self) -> u64 {
        self.next - 1
    }

    /// Appends what is there now, at most so many events; says how many deliveries that were.
    pub fn try_batch(&mut self, at_most: usize, into: &mut Vec<Delivery>) -> usize {
        let before = into.len();
        let reset = std::mem::take(&mut self.reset);
        self.next = self.ring.read(self.next, reset, at_most, into);
        into.len() - before
    }

    /// Waits until there is something, then appends at most so many events. False when there will be nothing more.
    pub async fn next_batch(&mut self, at_most: usize, into: &mut Vec<Delivery>) -> bool {
        let at_most = at_most.max(1);
        loop {
            if self.try_batch(at_most, into) > 0 {
                return true;
            }
            let ring = self.ring.clone();
            let rung = ring.rung.notified();
            tokio::pin!(rung);
            // Registered before looking again, so that an event between the two looks is not slept through.
            rung.as_mut().enable();
            if self.try_batch(at_most, into) > 0 {
                return true;
            }
            if self.ring.is_closed() {
                return false;
            }
            rung.await;
        }
    }

    /// Waits for the next delivery; `None` when there will be no more. For many, take batches.
    pub async fn next(&mut self) -> Option<Delivery> {
        let mut batch = Vec::with_capacity(2);
        if !self.next_batch(1, &mut batch).await {
            return None;
        }
        let first = batch.swap_remove(0);
        if !batch.is_empty() {
            // A reset or a report of missed events came with the event behind it, which stays for the next time.
            self.next -= batch.iter().filter(|delivery| delivery.event().is_some()).count() as u64;
        }
        Some(first)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.ring.subscribers.fetch_sub(1, Ordering::AcqRel);
    }
}
