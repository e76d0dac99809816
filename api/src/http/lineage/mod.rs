//! Lineage: SPEC F5.

pub mod grid;
pub mod impact;
pub mod neighbourhood;
pub mod openlineage;
pub mod record;
pub mod search;
pub mod tree;
