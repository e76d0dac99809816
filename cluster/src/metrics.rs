//! Names and help of this crate's metrics, and nowhere else. No metric carries a tenant's name or a free text.

use std::time::Duration;

use ::metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

const BEATS: &str = "autonomos_lease_beats_total";
const SERVED: &str = "autonomos_cluster_tenants";
const SWEEPS: &str = "autonomos_cluster_sweep_seconds";
const SWEEPS_FAILED: &str = "autonomos_cluster_sweeps_failed_total";
const LAPSES: &str = "autonomos_lease_lapses_total";
const DEATHS: &str = "autonomos_cluster_deaths_declared_total";
const TAKEN_OVER: &str = "autonomos_cluster_taken_over_total";
const MOVES: &str = "autonomos_cluster_moves_total";
const HANDOVERS: &str = "autonomos_cluster_handover_seconds";
const UP: &str = "autonomos_redis_up";
const CONNECTS: &str = "autonomos_redis_connects_total";
const REFUSED: &str = "autonomos_redis_refused_total";
const WAITING: &str = "autonomos_bus_waiting";
const DROPPED: &str = "autonomos_bus_dropped_total";
const FORGED: &str = "autonomos_bus_forged_total";
const SPOILED: &str = "autonomos_bus_spoiled_total";

/// Gives every metric its help; once, when a recorder is installed.
pub fn describe() {
    describe_counter!(BEATS, "Renewals of this node's lease, by what became of them");
    describe_counter!(LAPSES, "Times this node's lease lapsed and everything on it was stopped");
    describe_gauge!(SERVED, "Tenants that this node owns");
    describe_histogram!(SWEEPS, "Reading the cluster's rows and doing what follows");
    describe_counter!(SWEEPS_FAILED, "Times the cluster's rows could not be read");
    describe_counter!(DEATHS, "Nodes that this node declared dead");
    describe_counter!(TAKEN_OVER, "Tenants that this node took over from nodes that were over");
    describe_counter!(MOVES, "Tenants that moved from one living node to another by this node's hand, by how");
    describe_histogram!(HANDOVERS, "From the beginning of a hand-over to its end, for the tenant");
    describe_gauge!(UP, "Whether Redis answers this node");
    describe_counter!(CONNECTS, "Connections to Redis that were made");
    describe_counter!(REFUSED, "Questions that Redis refused: out of memory, loading, not allowed");
    describe_gauge!(WAITING, "Events of this node that are not in Redis yet");
    describe_counter!(DROPPED, "Events that found no room while they waited for Redis, by why");
    describe_counter!(FORGED, "Messages on the bus that carried no code of ours");
    describe_counter!(SPOILED, "Sequences in Redis that made no sense and were begun anew");
}

/// A renewal was tried, or not even that.
pub fn beat(what: &'static str) {
    counter!(BEATS, "what" => what).increment(1);
}

/// The lease lapsed.
pub fn lapsed() {
    counter!(LAPSES).increment(1);
}

/// So many tenants are owned.
pub fn served(tenants: usize) {
    gauge!(SERVED).set(tenants as f64);
}

/// The rows were looked at.
pub fn swept(took: Duration) {
    histogram!(SWEEPS).record(took.as_secs_f64());
}

/// They could not be read.
pub fn sweep_failed() {
    counter!(SWEEPS_FAILED).increment(1);
}

/// A node was declared dead.
pub fn declared_dead() {
    counter!(DEATHS).increment(1);
}

/// Tenants of nodes that are over were taken.
pub fn taken_over(tenants: usize) {
    counter!(TAKEN_OVER).increment(tenants as u64);
}

/// A tenant moved.
pub fn moved(how: &'static str) {
    counter!(MOVES, "how" => how).increment(1);
}

/// A hand-over ended, one way or another.
pub fn handed_over(took: Duration) {
    histogram!(HANDOVERS).record(took.as_secs_f64());
}

/// Whether Redis answers.
pub fn up(is: bool) {
    gauge!(UP).set(f64::from(u8::from(is)));
}

/// A connection was made.
pub fn connected() {
    counter!(CONNECTS).increment(1);
}

/// Something was refused.
pub fn refused() {
    counter!(REFUSED).increment(1);
}

/// So many events are not in Redis yet.
pub fn waiting(events: usize) {
    gauge!(WAITING).set(events as f64);
}

/// Events found no room.
pub fn dropped(why: &'static str, events: u64) {
    counter!(DROPPED, "why" => why).increment(events);
}

/// Messages carried no code of ours.
pub fn forged(messages: u64) {
    counter!(FORGED).increment(messages);
}

/// A sequence made no sense.
pub fn spoiled() {
    counter!(SPOILED).increment(1);
}
