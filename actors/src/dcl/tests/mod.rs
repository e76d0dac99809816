//! The room from outside: a log in memory, folded, read, healed, taken back, damaged, rebuilt.

mod compaction;
mod log;
mod random;
mod retract;
mod sql;
mod views;
mod who;
mod whole;
