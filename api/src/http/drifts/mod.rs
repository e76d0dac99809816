//! Schema changes and their repairs: SPEC E.

pub mod get;
pub mod list;
pub mod revert;
