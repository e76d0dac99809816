//! The canonical model, as schemas.

pub mod get;
pub mod list;
