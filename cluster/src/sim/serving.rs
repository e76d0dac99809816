//! One tenant on a simulated node: its view, its batches, its way out.

use autonomos_runtime::authority::Title;

use super::ledger::{STREAMS, Standing, Write};
use super::wire::{Call, Process};
use crate::handoff::Giving;

/// Streams, and one more for mutations.
pub const SLOTS: usize = STREAMS + 1;

/// Who waits for a mutation.
#[derive(Clone, Copy, Debug)]
pub enum Caller {
    /// The one outside.
    Client,
    /// Another node, and its ticket.
    Hop(Process, u64),
}

/// A write that was begun.
#[derive(Clone, Copy, Debug)]
pub struct Hand {
    pub write: Write,
    pub caller: Option<(Caller, Call)>,
    pub tx: Option<u64>,
}

/// See the module.
#[derive(Debug)]
pub struct Serving {
    pub title: Title,
    /// Differs for every time it was opened here; timers carry it.
    pub tag: u64,
    pub open: bool,
    pub standing: Standing,
    pub hands: [Option<Hand>; SLOTS],
    pub giving: Option<Giving>,
    /// Whether it knows what became of everything that it sent under this title.
    pub certain: bool,
}

impl Serving {
    /// Not open yet.
    pub fn new(title: Title, tag: u64, certain: bool) -> Self {
        let (standing, hands) = (Standing::default(), [None; SLOTS]);
        Self { title, tag, open: false, standing, hands, giving: None, certain }
    }

    /// Whether it takes anything in.
    pub const fn serves(&self) -> bool {
        self.open && self.giving.is_none()
    }

    /// Whether nothing is in hand.
    pub fn idle(&self) -> bool {
        self.hands.iter().all(Option::is_none)
    }
}
