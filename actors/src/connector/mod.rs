//! Connectors: what reads sources. `source` is the contract, `sources` those that keep it, `conformance` the proof,
//! `catalog` the list; `connector` is the actor, `stock` what is written down of a source before it is read, `intake` what happens to each batch,
//! `reading` one sync under way,
//! `schedule` when; `replay` and `replaying` try refused rows again; `credentials` seals, `preview` shows.

pub mod catalog;
#[cfg(any(test, feature = "testkit"))]
pub mod conformance;
#[expect(clippy::module_inception, reason = "the actor is called what it is")]
pub mod connector;
pub mod credentials;
pub mod intake;
pub mod preview;
mod reading;
pub(crate) mod replay;
pub(crate) mod replaying;
mod schedule;
pub mod source;
pub mod sources;
mod stock;

pub use connector::Handle;
