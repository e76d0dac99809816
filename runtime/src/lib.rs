//! Vocabulary, truth and supervision: what every other crate of AutonomOS speaks in.
//!
//! Reading order: ids, clock, error, scope; then the canonical model (pure); then store and bus (truth and nudges);
//! then the supervision kit, and what stands around calls to the outside (resilience). This crate knows no HTTP, no DuckDB and no source.

pub mod authority;
pub mod bus;
pub mod canonical;
pub mod clock;
pub mod config;
pub mod error;
pub mod holder;
pub mod host;
pub mod ids;
pub mod metrics;
pub mod resilience;
pub mod scope;
pub mod secrets;
pub mod store;
pub mod supervision;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;

pub use clock::{Ambient, Timestamp};
pub use error::{Error, Kind, Result};
pub use scope::{Actor, Scope};
