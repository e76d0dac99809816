//! Agents and their findings: SPEC H.

pub mod findings;
pub mod list;
pub mod run;
