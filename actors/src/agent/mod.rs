//! Agents: they read the tenant's views when these have moved, and say what they found, with the rows it rests on.
//!
//! An agent is a YAML file ([`definition`]); what a check's rows mean is decided by pure functions ([`finding`]); the
//! actor ([`runner`]) only runs what is due and keeps the findings. No model is needed for any of it.

pub mod definition;
pub mod finding;
pub mod runner;
