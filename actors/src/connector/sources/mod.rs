//! Nouns, named after what they talk to.

pub mod demo;
pub mod files;
mod position;
pub mod postgres;

/// There is no such stream.
pub(crate) fn no_stream(name: &str) -> autonomos_runtime::Error {
    autonomos_runtime::Error::not_found("stream.not_found", format!("The source has no stream `{name}`."))
        .field("stream")
        .remedy("Discover the connection's streams again.")
}
