//! Drift: how a source's schema differs from what was agreed, and how bad that is. Pure; the connector asks on every
//! batch, the repairer decides what to do.

pub mod detect;
pub mod policy;
pub mod severity;
