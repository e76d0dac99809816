//! Where tenants run. This build has one node, which owns every tenant: the seam to the actors is
//! [`autonomos_runtime::host::TenantHost`], so more members are added here without the actors knowing.

pub mod metrics;
pub mod redis;
pub mod standalone;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
