//! Entities of the unified views, one real thing each: SPEC F3.

pub mod get;
pub mod list;
pub mod merge;
pub mod split;
