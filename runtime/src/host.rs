//! The only seam between what a tenant does (`actors`) and where it does it (`cluster`).

use crate::ids::TenantId;
use crate::{Result, Scope};

/// Runs tenants on this node. Implemented by `actors`, driven by `cluster`, composed in `api`.
///
/// A node that is one of many runs nobody that it was not granted: a tenant's tree is started when there is something to run,
/// or when somebody asks for it, for as long as the grant stands.
#[async_trait::async_trait]
pub trait TenantHost: Send + Sync + 'static {
    /// This node owns the tenant, under that epoch. Nothing is started by it.
    fn grant(&self, tenant: TenantId, epoch: i64);
    /// It owns the tenant no more: nothing is started for it. What runs is stopped by [`stop`](Self::stop).
    fn revoke(&self, tenant: TenantId);
    /// It owns nobody any more.
    fn revoke_all(&self);
    /// Starts the tenant's tree under an ownership epoch; starting one that runs is no error.
    async fn start(&self, scope: &Scope, epoch: i64) -> Result<()>;
    /// Drains and stops it; stopping one that does not run is no error.
    async fn stop(&self, scope: &Scope) -> Result<()>;
    /// Revokes and stops everybody at once, and drains nothing: others may own them in a moment.
    async fn halt_all(&self);
    /// Who runs here.
    fn running(&self) -> Vec<TenantId>;
    /// Of whom this node keeps anything that the rows do not, whether it owns them or not: views, mostly.
    async fn kept(&self) -> Result<Vec<TenantId>>;
    /// Takes away what it keeps of a tenant that is gone.
    async fn forget(&self, scope: &Scope) -> Result<()>;
}
