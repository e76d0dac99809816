//! Orchestrated work: SPEC G1.

pub mod cancel;
pub mod create;
pub mod get;
pub mod list;
pub mod log;
pub mod many;
pub mod retry;
