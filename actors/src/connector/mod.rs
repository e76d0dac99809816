//! Connectors: what reads sources. `source` is the contract, `sources` those that keep it, `conformance` the proof,
//! `catalog` the list; `connector` is the actor, `schedule` when it reads, `reading` one sync under way, `stock` what is
//! written down of a source before it is read, `stream` what is of each stream, `intake` what happens to each batch,
//! `commit` how it gets into the log, `bookkeeping` what rows say of the sync; `replay` and `replaying` try refused rows
//! again; `credentials` seals, `preview` shows.

mod bookkeeping;
pub mod catalog;
mod commit;
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
mod stream;

pub use connector::Handle;
