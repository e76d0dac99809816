//! Playbooks: a named sequence of tasks with conditions, written in YAML.
//!
//! [`document`] reads one and says what is wrong with it; [`steps`] decides what comes next; both are pure. A run is rows: the
//! document it was begun with and a row for each step, so a restart goes on where they stand ([`conductor`]). A step is a
//! task like any other; a run itself holds none of the tenant's places, so runs that wait for their steps never stand in
//! their way.

pub mod conductor;
pub mod document;
pub mod steps;

pub use document::Playbook;
