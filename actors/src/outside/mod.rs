//! Calls to addresses that tenants choose: callbacks, webhooks, alerts. The one way out for them.
//!
//! The problem: whoever names an address makes this node knock there, and this node stands where its operator's other
//! machines can be reached. A check of the name beforehand is not enough, because a name may mean something else a moment
//! later. The guarantee: what is connected to was looked at as the very address that is used ([`resolver`]); it is public
//! or the operator allowed it ([`network`]); nobody is followed elsewhere; no proxy of the environment is a way around.
//! What an address may look like is in [`address`]; [`client`] sends, under the guard that stands around every outside call.

pub mod address;
pub mod client;
pub mod network;
pub mod resolver;
pub mod transport;

pub use client::{Answer, Outside};
pub use network::Allowed;
pub use resolver::{Lookup, SystemLookup};
