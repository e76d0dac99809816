//! What happens next: events in order of time, those of one moment in the order they were planned.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

struct Planned<E> {
    at: u64,
    nth: u64,
    event: E,
}

impl<E> Ord for Planned<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        // The earliest on top.
        (other.at, other.nth).cmp(&(self.at, self.nth))
    }
}

impl<E> PartialOrd for Planned<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> PartialEq for Planned<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<E> Eq for Planned<E> {}

/// See the module. Times are microseconds since the beginning.
pub struct Queue<E> {
    heap: BinaryHeap<Planned<E>>,
    planned: u64,
}

impl<E> Queue<E> {
    /// Nothing happens.
    pub fn new() -> Self {
        Self { heap: BinaryHeap::with_capacity(256), planned: 0 }
    }

    /// Something will happen then.
    pub fn plan(&mut self, at: u64, event: E) {
        self.planned += 1;
        self.heap.push(Planned { at, nth: self.planned, event });
    }

    /// The next, and when.
    pub fn pop(&mut self) -> Option<(u64, E)> {
        self.heap.pop().map(|planned| (planned.at, planned.event))
    }

    /// How many were ever planned.
    pub const fn count(&self) -> u64 {
        self.planned
    }
}
