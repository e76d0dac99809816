//! Questions to humans: SPEC E6.

pub mod decide;
pub mod get;
pub mod list;
