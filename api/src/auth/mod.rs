//! Who asks, and what they may do.
//!
//! Password, one-time link or an identity provider ([`oidc`]) → session (a family of refresh tokens) → access token of 30 minutes → [`caller::Caller`] →
//! an extractor that is a right ([`permission`]) → the `Scope` that every call below takes. A program has a key instead
//! ([`api_key`]) and the rights of its scopes ([`grants`]). Whoever operates the platform makes their own
//! token ([`operator`]). The tenant comes from the token or the key only. Rows hold
//! hashes; a crash signs nobody out.

pub mod api_key;
pub mod attempts;
pub mod caller;
pub mod grants;
pub mod key_ring;
pub mod oidc;
pub mod operator;
pub mod password;
pub mod permission;
pub mod session;
pub mod token;
