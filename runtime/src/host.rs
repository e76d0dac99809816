//! The only seam between what a tenant does (`actors`) and where it does it (`cluster`).

use crate::ids::TenantId;
use crate::{Result, Scope};

/// Runs tenants on this node. Implemented by `actors`, driven by `cluster`, composed in `api`.
#[async_trait::async_trait]
pub trait TenantHost: Send + Sync + 'static {
    /// Starts the tenant's tree under an ownership epoch; starting one that runs is no error.
    async fn start(&self, scope: &Scope, epoch: i64) -> Result<()>;
    /// Drains and stops it; stopping one that does not run is no error.
    async fn stop(&self, scope: &Scope) -> Result<()>;
    /// Who runs here.
    fn running(&self) -> Vec<TenantId>;
}
