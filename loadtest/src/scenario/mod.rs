//! The scenarios, a file each.

pub mod drift;
pub mod gateway;
pub mod idle;
pub mod ingest;
pub mod kill;
pub mod live;
pub mod panic;
pub mod reads;
pub mod seeds;
pub mod sql;
pub mod startup;
pub mod tasks;
pub mod tasks_kill;
pub mod watch;
