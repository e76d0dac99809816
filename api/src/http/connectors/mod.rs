//! The types of sources there are.

pub mod list;
