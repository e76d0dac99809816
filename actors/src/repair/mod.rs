//! Repair: what a detected change of a source means for its rules, who decides, and how the past is healed.
//!
//! [`proposal`] is the pure core (what would be done, and doing or undoing it to a mapping); [`judge`] decides between
//! applying, asking and leaving alone; [`carry_out`] writes; [`undo`] takes back, to the row; [`repairer`] is the actor
//! that looks for work. [`adviser`] is the one that asks a language model beside it, by way of [`opinion`].

pub mod adviser;
pub mod carry_out;
pub mod conversion;
pub mod judge;
pub mod opinion;
pub mod privacy;
pub mod proposal;
pub mod repairer;
pub mod undo;
