//! Orchestrated work of a tenant: tasks are rows, at most five run at once, and what runs is shown.

pub mod bulk_mapping;
pub mod ending;
pub mod runner;
pub mod work;
