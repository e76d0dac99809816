//! The unified views: SPEC F2.

pub mod list;
pub mod query;
