//! Twenty thousand worlds, in which nothing that must hold may break; and for each guard, that its absence is noticed.
//!
//! `AUTONOMOS_SIM_SEED=4711 cargo test -p autonomos-cluster --test simulation replayed -- --nocapture` tells the story of
//! one; `AUTONOMOS_SIM_SEEDS` runs another number of them.

use autonomos_cluster::sim::{Sabotage, Tally, replay, run};

/// A setting of the environment, if it is there.
fn set(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|value| value.parse().ok())
}

/// Tells the story of a world in which something was found.
fn tell(seed: u64, sabotage: Sabotage) -> String {
    let outcome = replay(seed, sabotage);
    // The beginning is like every other; what led to it is at the end.
    let from = outcome.trace.len().saturating_sub(120);
    format!("seed {seed} ({sabotage:?}): {:?}\n{}", outcome.fault, outcome.trace[from..].join("\n"))
}

#[test]
fn twenty_thousand_worlds() {
    let seeds = set("AUTONOMOS_SIM_SEEDS").unwrap_or(20_000);
    let halves = [0..seeds / 2, seeds / 2..seeds];
    let tally = std::thread::scope(|scope| {
        let workers = halves.map(|part| scope.spawn(|| Tally::of(part, Sabotage::None)));
        workers.into_iter().map(|worker| worker.join().unwrap()).fold(Tally::default(), Tally::and)
    });
    if let Some((seed, what)) = &tally.found {
        panic!("{what}\n{}", tell(*seed, Sabotage::None));
    }
    assert_eq!(tally.seeds, seeds);
    // A world in which nothing happens proves nothing.
    assert!(tally.deaths > seeds / 2 && tally.takeovers > seeds && tally.commits > seeds * 100, "{tally:?}");
    // What the design promises of a killed node, where nothing else is wrong: 7.5 s at the median, 10 s at most.
    assert!(!tally.failovers.is_empty() && tally.failover(50) <= 7_500_000 && tally.failover(100) <= 10_000_000);
}

#[test]
fn the_same_seed_is_the_same_world() {
    for seed in 0..20 {
        let (one, other) = (replay(seed, Sabotage::None), replay(seed, Sabotage::None));
        assert_eq!(one.trace, other.trace, "seed {seed}");
        assert_eq!(run(seed, Sabotage::None).events, one.events, "seed {seed}: telling changes nothing");
    }
}

#[test]
fn replayed() {
    if let Some(seed) = set("AUTONOMOS_SIM_SEED") {
        let outcome = replay(seed, Sabotage::None);
        println!("{}", outcome.trace.join("\n"));
        assert_eq!(outcome.fault, None);
    }
}

/// Each guard taken out is noticed within so many seeds, and what is said of it is what it is about.
macro_rules! noticed {
    ($($name:ident: $sabotage:ident within $seeds:literal says $word:literal,)+) => {$(
        #[test]
        fn $name() {
            let tally = Tally::of(0..$seeds, Sabotage::$sabotage);
            let (seed, what) = tally.found.expect("nobody noticed");
            println!("noticed by seed {seed}: {what}");
            assert!(what.contains($word), "{what}");
        }
    )+};
}

noticed! {
    no_fence: NoFence within 5_000 says "committed while",
    a_fence_without_a_lock: FenceWithoutLock within 5_000 says "committed while",
    a_self_fence_after_the_expiry: LateSelfFence within 2_000 says "acts after",
    a_death_without_compare_and_swap: DeathWithoutCas within 20_000 says "acts after",
    a_judgement_without_watching: NoWatch within 2_000 says "could renew all the time",
    a_renewal_of_the_dead: DeadRenew within 2_000 says "although it was over",
    a_hand_over_without_draining: NoDrain within 2_000 says "batch in hand",
    a_hand_over_without_a_checkpoint: NoCheckpoint within 2_000 says "not written",
    an_epoch_that_stays: EpochStays within 2_000 says "is not new",
    a_transaction_that_may_idle: NoIdleTimeout within 2_000 says "does not commit any more",
    a_ledger_without_ids: NoLedger within 2_000 says "was committed 2 times",
    an_answer_before_the_commit: EarlyAnswer within 2_000 says "is not there",
}
