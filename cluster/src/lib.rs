//! Where tenants run: which node owns which tenant, and how that changes without two of them ever writing.
//!
//! Reading order: what a node believes about itself ([`lease`]) and about others ([`membership`], [`proving`]); where
//! tenants belong ([`placement`]); what follows from both once a second ([`sweep`]), for the dead ([`takeover`]), for those
//! that move ([`handoff`]), for a node that goes ([`departure`]); what every write checks ([`fence`]); how a call finds the
//! owner ([`routing`]); what one node serves of all that ([`serving`]). All of these are values and functions with the time as
//! an argument: they decide, and somebody else sends the statements of [`autonomos_runtime::authority`]: the lease's thread
//! ([`heart`]) and whoever reconciles the node with the rows ([`director`]). `sim` (with the feature `testkit`) is another such
//! somebody, with a world that fails in every way that a seed can think of.
//!
//! The seam to the actors is [`autonomos_runtime::host::TenantHost`].

pub mod departure;
pub mod director;
pub mod fence;
pub mod handoff;
pub mod heart;
pub mod lease;
pub mod membership;
pub mod metrics;
pub mod placement;
pub mod proving;
pub mod redis;
pub mod routing;
pub mod serving;
#[cfg(feature = "testkit")]
pub mod sim;
pub mod standalone;
pub mod sweep;
pub mod takeover;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
