//! The parts that live: connectors, drift, repair, matching, the data connection layer, agents, and the tree that runs them.

pub mod connector;
pub mod dcl;
pub mod files;
pub mod matching;
pub mod platform;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
