//! Proposals for objects that need no connection.

pub mod mappings;
pub mod repairs;
