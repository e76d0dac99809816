//! `GET /api/v1/admin/cluster`: nodes, and where the caller's tenant runs, or why it does not.

use autonomos_actors::tenant::Suspension;
use autonomos_runtime::Scope;
use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::state::AppState;

/// The cluster as a tenant's admin sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ClusterView {
    nodes: Vec<NodeView>,
    tenants: Vec<PlaceView>,
}

/// A node.
#[derive(Serialize, utoipa::ToSchema)]
pub struct NodeView {
    id: String,
    state: &'static str,
    version: &'static str,
}

/// Where a tenant runs.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PlaceView {
    tenant_id: String,
    node: String,
    epoch: i64,
    /// As the tenant's life has it, or `suspended` when its actors were stopped on this node.
    state: String,
    /// Why they were, since when, and when they start again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    suspension: Option<Suspension>,
}

/// Nodes and places.
#[utoipa::path(get, path = "/api/v1/admin/cluster", operation_id = "cluster", tag = "system",
    responses((status = 200, body = ClusterView)))]
pub async fn cluster(State(app): State<AppState>, who: Admin) -> Answer<Json<ClusterView>> {
    let state = if app.draining.is_cancelled() { "draining" } else { "ready" };
    Ok(Json(ClusterView {
        nodes: vec![NodeView { id: app.settings.node.clone(), state, version: env!("CARGO_PKG_VERSION") }],
        tenants: vec![place(&app, &who.scope).await?],
    }))
}

/// Where a tenant runs now.
pub async fn place(app: &AppState, scope: &Scope) -> Answer<PlaceView> {
    let mut tx = app.store.read(scope).await?;
    let owner = tx.owner().await?;
    let tenant = tx.tenant().await?;
    let suspension = app.platform.suspension(scope);
    let state = suspension.as_ref().map_or_else(|| tenant.state.to_string(), |_| "suspended".to_owned());
    let node = if owner.node_id.is_empty() { app.settings.node.clone() } else { owner.node_id };
    Ok(PlaceView { tenant_id: tenant.id.to_string(), node, epoch: owner.epoch, state, suspension })
}
