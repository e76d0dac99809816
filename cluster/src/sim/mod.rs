//! The simulator: the pure decisions of this crate in a world of simulated nodes, database, network and clocks, in which
//! everything fails that a seed can think of, and checkers that watch it.
//!
//! The same seed is the same world, event for event, on every machine: a run that finds something prints its seed, and
//! [`replay`] tells the whole story. What is simulated is the shell (who sends what when, and what gets lost); what is real
//! is every decision: leases, deaths, placement, takeovers, hand-offs, routes, the fence.
//!
//! The checkers are checked too: [`Sabotage`] takes one guard out at a time, and a run has to notice.

#![expect(missing_docs, reason = "a world for tests: its parts speak for themselves")]

mod calls;
mod check;
mod dice;
mod faults;
mod ledger;
mod node;
mod queue;
mod sabotage;
mod serving;
mod store;
mod transactions;
mod trees;
mod trouble;
mod wire;
mod world;

use std::ops::Range;

pub use check::BUDGET;
pub use sabotage::Sabotage;
pub use world::Outcome;

/// One world.
pub fn run(seed: u64, sabotage: Sabotage) -> Outcome {
    world::World::new(seed, sabotage, false).run()
}

/// The same with its story, a line an event.
pub fn replay(seed: u64, sabotage: Sabotage) -> Outcome {
    world::World::new(seed, sabotage, true).run()
}

/// The sums over many worlds.
#[derive(Debug, Default)]
pub struct Tally {
    pub seeds: u64,
    pub events: u64,
    pub commits: u64,
    pub takeovers: u64,
    pub deaths: u64,
    /// See [`Outcome::failovers`], sorted.
    pub failovers: Vec<u64>,
    /// The first seed that found something, and what.
    pub found: Option<(u64, String)>,
}

impl Tally {
    /// Runs seeds until one finds something.
    pub fn of(seeds: Range<u64>, sabotage: Sabotage) -> Self {
        let mut tally = Self::default();
        for seed in seeds {
            let outcome = run(seed, sabotage);
            tally.seeds += 1;
            tally.events += outcome.events;
            tally.commits += outcome.commits;
            tally.takeovers += outcome.takeovers;
            tally.deaths += outcome.deaths;
            tally.failovers.extend(outcome.failovers);
            if let Some((at, what)) = outcome.fault {
                tally.found = Some((seed, format!("at {}.{:06} s: {what}", at / 1_000_000, at % 1_000_000)));
                break;
            }
        }
        tally.failovers.sort_unstable();
        tally
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.seeds += other.seeds;
        self.events += other.events;
        self.commits += other.commits;
        self.takeovers += other.takeovers;
        self.deaths += other.deaths;
        self.failovers.extend(other.failovers);
        self.failovers.sort_unstable();
        self.found = self.found.or(other.found);
        self
    }

    /// Microseconds that so many of a hundred failovers took at most.
    pub fn failover(&self, percent: usize) -> u64 {
        let at = (self.failovers.len() * percent / 100).min(self.failovers.len().saturating_sub(1));
        self.failovers.get(at).copied().unwrap_or(0)
    }
}
