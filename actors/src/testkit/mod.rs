//! What tests of this and other crates stand on.

pub mod node;
pub mod postgres;
#[cfg(test)]
pub mod s3;
