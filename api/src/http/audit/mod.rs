//! Who changed what: SPEC B3.

pub mod export;
pub mod list;
pub mod verify;
