//! Connected sources: SPEC C and the first half of N.

pub mod check;
pub mod confirm;
pub mod create;
pub mod dead_letters;
pub mod delete;
pub mod discover;
pub mod drift;
pub mod get;
pub mod list;
pub mod mappings;
pub mod pause;
pub mod preview;
pub mod resume;
pub mod rewind;
pub mod sync;
pub mod types;
pub mod update;
