//! The room from outside: a log in memory, folded, read, rebuilt.

mod log;
mod whole;
