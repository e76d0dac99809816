//! Integration tests of the runtime crate: one binary, a file a noun.

mod probe;
mod ractor_facts;
mod store;
mod tree;
mod wake;
