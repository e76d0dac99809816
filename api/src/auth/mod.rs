//! Who asks, and what they may do.
//!
//! Password or one-time link → session (a family of refresh tokens) → access token of 30 minutes → [`caller::Caller`] →
//! an extractor that is a right ([`permission`]) → the `Scope` that every call below takes. The tenant comes from the
//! token only. Rows hold hashes; a crash signs nobody out.

pub mod attempts;
pub mod caller;
pub mod password;
pub mod permission;
pub mod session;
pub mod token;
