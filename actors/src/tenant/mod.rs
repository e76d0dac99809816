//! A tenant's tree: who runs for it, in which order, and what happens when one of them cannot.

pub mod desk;
pub mod erasure;
pub mod host;
pub mod post;
pub mod reports;
pub mod standing;
#[cfg(test)]
mod tests;
pub mod tree;

pub use desk::Desk;
pub use host::Host;
pub use post::Post;
pub use standing::Suspension;
