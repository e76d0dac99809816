//! The cluster of one: starts every tenant that has something to run, and stops them all at the end.

use std::sync::Arc;

use autonomos_runtime::host::TenantHost;
use autonomos_runtime::ids::TraceId;
use autonomos_runtime::store::{Store, TenantState};
use autonomos_runtime::{Actor, Result, Scope};

/// Starts the trees of active tenants that have something to run; one without costs nothing until it is asked. A tenant that
/// cannot start is logged and left: its trouble is no reason not to serve the others. Answers how many were started before
/// all were, or somebody wanted the node to go down.
pub async fn start_tenants(
    store: &Arc<dyn Store>,
    host: &dyn TenantHost,
    going_down: impl Fn() -> bool + Send,
) -> Result<usize> {
    let mut started = 0;
    for tenant in store.directory().tenant_refs().await? {
        if going_down() {
            break;
        }
        if tenant.state != TenantState::Active || !tenant.has_work {
            continue;
        }
        let scope = Scope::new(tenant.id, Actor::System("platform"), TraceId::new(store.ambient()));
        match host.start(&scope, tenant.owner.epoch).await {
            Ok(()) => started += 1,
            Err(error) => tracing::error!(tenant = %tenant.id, error = error.chain(), "a tenant did not start"),
        }
    }
    Ok(started)
}
