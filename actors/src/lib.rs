//! The parts that live: connectors, drift, repair, matching, the data connection layer, agents, and the tree that runs
//! them for each tenant.
//!
//! The journey of a record: `connector/sources/*` reads a batch, `connector/intake.rs` looks at it and casts it,
//! `connector/commit.rs` commits it to the log with the cursor; `drift/detect.rs` tells what changed,
//! `repair/repairer.rs` decides; `dcl/materializer.rs` folds the log into views; `unify/unifier.rs` decides who is who;
//! `agent/runner.rs` reads them.

pub mod agent;
pub mod archive;
pub mod configuration;
pub mod connector;
pub mod dcl;
pub mod delivery;
pub mod demo;
pub mod drift;
pub mod files;
pub mod flags;
pub mod intelligence;
pub mod lineage;
pub mod mapping;
pub mod matching;
pub mod metrics;
pub mod outside;
pub mod parts;
pub mod platform;
pub mod playbook;
pub mod repair;
pub mod schedule;
pub mod task;
pub mod tenant;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
pub mod unify;
pub mod vault;
