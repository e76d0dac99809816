//! The data connection layer as a whole: SPEC F1.

pub mod digest;
pub mod graph;
pub mod rebuild;
pub mod state;
