//! What tests of this and other crates stand on.

pub mod escapes;
pub mod node;
#[cfg(test)]
pub mod peer;
pub mod postgres;
#[cfg(test)]
pub mod s3;
