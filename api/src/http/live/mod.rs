//! Live flow: SPEC K1.

pub mod events;
pub mod flow;
pub mod journey;
pub mod socket;
