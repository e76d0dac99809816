//! Connectors: what reads sources. `source` is the contract, `sources` those that keep it, `conformance` the proof,
//! `catalog` the list.

#[cfg(any(test, feature = "testkit"))]
pub mod conformance;
pub mod source;
pub mod sources;
