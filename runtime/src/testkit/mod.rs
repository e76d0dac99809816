//! What tests of this and other crates stand on.

pub mod postgres;
