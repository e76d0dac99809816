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
    /// It was too slow for some.
    Missed {
        /// The sequence number of the first of them.
        from: u64,
        /// How many there were.
        count: u64,
    },
}

impl Delivery {
    /// The event, if it is one.
    pub const fn event(&self) -> Option<&Arc<Event>> {
        match self {
            Self::Event(event) => Some(event),
            Self::Reset { .. } | Self::Missed { .. } => None,
        }
    }
}

/// See the module. Cancelling any of its waits loses nothing.
#[derive(Debug)]
pub struct Subscription {
    ring: Arc<Ring>,
    at: At,
}

/// Where it is.
#[derive(Clone, Copy, Debug)]
enum At {
    /// The tenant's past is still being read: after what was seen before, or else behind so many facts that wait.
    After(Option<u64>, u64),
    /// At the next number to read, perhaps with a reset to be told first.
    Next(u64, bool),
}

impl Subscription {
    pub(super) fn new(ring: Arc<Ring>, after: Option<u64>) -> Self {
        ring.subscribers.fetch_add(1, Ordering::AcqRel);
        let at = match ring.begin_after(after) {
            Ok((next, reset)) => At::Next(next, reset),
            Err(waiting) => At::After(after, waiting),
        };
        Self { ring, at }
    }

    /// The sequence number up to which everything was delivered (or reported as missed).
    pub const fn position(&self) -> u64 {
        match self.at {
            At::After(Some(after), _) => after,
            At::After(None, _) => 0,
            At::Next(next, _) => next - 1,
        }
    }

    /// Appends what is there now, at most so many events; says how many deliveries that were.
    pub fn try_batch(&mut self, at_most: usize, into: &mut Vec<Delivery>) -> usize {
        if let At::After(after, waiting) = self.at
            && let Ok((next, reset)) = self.ring.begin_after(after)
        {
            self.at = match after {
                Some(_) => At::Next(next, reset),
                None => At::Next(self.ring.waited(waiting), false),
            };
        }
        let At::Next(next, reset) = self.at else { return 0 };
        let before = into.len();
        self.at = At::Next(self.ring.read(next, reset, at_most, into), false);
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
            let events = batch.iter().filter(|delivery| delivery.event().is_some()).count() as u64;
            self.at = At::Next(self.position() + 1 - events, false);
        }
        Some(first)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.ring.subscribers.fetch_sub(1, Ordering::AcqRel);
    }
}
