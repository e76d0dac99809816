//! Names and help of this crate's metrics, and nowhere else. No metric carries a tenant's name or a free text: labels
//! have few values, known beforehand.

use ::metrics::{counter, describe_counter, describe_gauge, gauge};

use crate::supervision::{Credits, Observatory};

const ACTORS: &str = "autonomos_actors";
const RESTARTS: &str = "autonomos_actor_restarts_total";
const QUARANTINES: &str = "autonomos_actor_quarantines_total";
const SUSPENSIONS: &str = "autonomos_tree_suspensions_total";
const LAG: &str = "autonomos_actor_lag";
const CREDITS: &str = "autonomos_credits_in_use";
const EVENTS: &str = "autonomos_events_published_total";
const MISSED: &str = "autonomos_events_missed_total";
const CALLS: &str = "autonomos_outside_calls_total";
const UNDER_WAY: &str = "autonomos_outside_calls_under_way";
const CIRCUITS: &str = "autonomos_outside_circuits";
const OPENED: &str = "autonomos_outside_circuits_opened_total";
const STORE: &str = "autonomos_store_bytes";
const STORE_FREE: &str = "autonomos_store_free_bytes";

/// Gives every metric its help; once, when a recorder is installed.
pub fn describe() {
    describe_gauge!(ACTORS, "Actors of this node by kind and state");
    describe_counter!(RESTARTS, "Actors started again after a failure, by kind");
    describe_counter!(QUARANTINES, "Actors taken out because they failed too often, by kind");
    describe_counter!(SUSPENSIONS, "Trees stopped because their parts failed too often");
    describe_gauge!(LAG, "What actors have left to do, summed by kind");
    describe_gauge!(CREDITS, "Credits in use on this node, by budget");
    describe_counter!(EVENTS, "Events published on the bus");
    describe_counter!(MISSED, "Events that slow subscribers were told they missed");
    describe_counter!(CALLS, "Calls that left the process, by kind and what came of them");
    describe_gauge!(UNDER_WAY, "Of them, those under way, by kind");
    describe_gauge!(CIRCUITS, "Peers that are not asked now, or by a single call, by kind");
    describe_counter!(OPENED, "Circuits that opened because a peer did not answer, by kind");
    describe_gauge!(STORE, "Bytes that the embedded store takes");
    describe_gauge!(STORE_FREE, "Of them, those that hold nothing and wait for new rows");
}

/// An actor was started again.
pub fn actor_restarted(kind: &'static str) {
    counter!(RESTARTS, "kind" => kind).increment(1);
}

/// An actor was taken out.
pub fn actor_quarantined(kind: &'static str) {
    counter!(QUARANTINES, "kind" => kind).increment(1);
}

/// A tree stopped itself.
pub fn tree_suspended() {
    counter!(SUSPENSIONS).increment(1);
}

/// An event went out.
pub fn event_published() {
    counter!(EVENTS).increment(1);
}

/// A subscriber was too slow for some.
pub fn events_missed(count: u64) {
    counter!(MISSED).increment(count);
}

/// A call left the process, or was not let out.
pub fn outside_call(guard: &'static str, outcome: &'static str) {
    counter!(CALLS, "kind" => guard, "outcome" => outcome).increment(1);
}

/// A peer did not answer so often that it is not asked for a while.
pub fn circuit_opened(guard: &'static str) {
    counter!(OPENED, "kind" => guard).increment(1);
}

/// How the circuits of a kind of call are.
pub fn circuits(guard: &'static str, open: u64, trying: u64, under_way: u64) {
    gauge!(CIRCUITS, "kind" => guard, "state" => "open").set(open as f64);
    gauge!(CIRCUITS, "kind" => guard, "state" => "trying").set(trying as f64);
    gauge!(UNDER_WAY, "kind" => guard).set(under_way as f64);
}

/// What the store takes, and how much of that waits for new rows.
pub fn store_space(bytes: u64, free: u64) {
    gauge!(STORE).set(bytes as f64);
    gauge!(STORE_FREE).set(free as f64);
}

/// Reads how everybody is into gauges; called when metrics are scraped.
pub fn observe(observatory: &Observatory, budgets: &[&Credits]) {
    let mut actors = std::collections::BTreeMap::new();
    let mut lag = std::collections::BTreeMap::new();
    for observed in observatory.everyone() {
        *actors.entry((observed.kind, observed.state)).or_insert(0_u64) += 1;
        *lag.entry(observed.kind).or_insert(0_u64) += observed.progress.lag;
    }
    for (kind, left) in &lag {
        gauge!(LAG, "kind" => *kind).set(*left as f64);
        // Every state of a kind that exists, so that a gauge goes back to zero instead of standing still.
        for state in crate::supervision::Phase::ALL {
            let count = actors.get(&(*kind, state)).copied().unwrap_or_default();
            gauge!(ACTORS, "kind" => *kind, "state" => state.as_str()).set(count as f64);
        }
    }
    for budget in budgets {
        gauge!(CREDITS, "budget" => budget.name()).set(f64::from(budget.in_use_of_node()));
    }
}
