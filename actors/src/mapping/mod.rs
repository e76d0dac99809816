//! Which rules a stream gets: the shipped registry first, the matcher for what it does not know, a human for what
//! neither is sure of. Pure: a schema in, a mapping and open questions out.

pub mod adopt;
pub mod names;
pub mod onboard;
pub mod registry;

pub use onboard::{Onboarding, onboard};
pub use registry::Registry;
