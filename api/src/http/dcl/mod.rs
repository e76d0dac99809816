//! The data connection layer as a whole: SPEC F1.

pub mod connect;
pub mod digest;
pub mod graph;
pub mod metadata;
pub mod preview;
pub mod query;
pub mod rebuild;
pub mod sql;
pub mod state;
