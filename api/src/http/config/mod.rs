//! The tenant's configuration as one document: SPEC L1.

pub mod apply;
pub mod export;
