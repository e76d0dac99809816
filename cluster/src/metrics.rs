//! Names and help of this crate's metrics, and nowhere else. No metric carries a tenant's name or a free text.

use ::metrics::{counter, describe_counter, describe_gauge, gauge};

const BEATS: &str = "autonomos_lease_beats_total";
const UP: &str = "autonomos_redis_up";
const CONNECTS: &str = "autonomos_redis_connects_total";
const REFUSED: &str = "autonomos_redis_refused_total";
const WAITING: &str = "autonomos_bus_waiting";
const DROPPED: &str = "autonomos_bus_dropped_total";
const FORGED: &str = "autonomos_bus_forged_total";
const SPOILED: &str = "autonomos_bus_spoiled_total";

/// Gives every metric its help; once, when a recorder is installed and there are other nodes or Redis.
pub fn describe() {
    describe_counter!(BEATS, "Renewals of this node's lease, by what became of them");
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
