//! The tenant's folder: SPEC N.

pub mod delete;
pub mod get;
pub mod list;
pub mod put;
