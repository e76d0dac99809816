//! Messages to the outside and what they are signed with: SPEC G3.

pub mod get;
pub mod list;
pub mod replay;
pub mod secrets;
