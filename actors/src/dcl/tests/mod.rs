//! The room from outside: a log in memory, folded, read, healed, damaged, rebuilt.

mod log;
mod random;
mod views;
mod who;
mod whole;
