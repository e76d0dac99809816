//! The room from outside: a log in memory, folded, read, healed, damaged, rebuilt.

mod compaction;
mod log;
mod random;
mod views;
mod whole;
