//! Connectors: what reads sources. `source` is the contract, `sources` those that keep it, `conformance` the proof,
//! `catalog` the list.

mod raw;
pub mod source;
