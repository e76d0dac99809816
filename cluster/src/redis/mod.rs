//! Everything that is in Redis: live events for all nodes, and what they spend of budgets together. Never authority, never in the path of a commit: whatever is there
//! may be lost at any time, and what that costs is said where it is used.
//!
//! Reading order: [`keys`] (what things are called), [`seal`] and [`message`] (who is believed), [`reply`], [`seat`] (one
//! tenant: decisions), [`link`] and [`keeper`] (the connection and the task behind it), [`bus`]; apart from them [`budgets`].

pub mod budgets;
pub mod bus;
pub mod keeper;
pub mod keys;
pub mod link;
pub mod message;
pub mod reply;
pub mod seal;
pub mod seat;

pub(crate) use crate::metrics;
