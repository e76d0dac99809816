//! `GET /api/v1/admin/cluster`: nodes, and where the caller's tenant runs.

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
    state: String,
}

/// Nodes and places.
#[utoipa::path(get, path = "/api/v1/admin/cluster", operation_id = "cluster", tag = "system",
    responses((status = 200, body = ClusterView)))]
pub async fn cluster(State(app): State<AppState>, who: Admin) -> Answer<Json<ClusterView>> {
    let mut tx = app.store.read(&who.scope).await?;
    let owner = tx.owner().await?;
    let tenant = tx.tenant().await?;
    let state = if app.draining.is_cancelled() { "draining" } else { "ready" };
    let node = if owner.node_id.is_empty() { app.settings.node.clone() } else { owner.node_id };
    Ok(Json(ClusterView {
        nodes: vec![NodeView { id: app.settings.node.clone(), state, version: env!("CARGO_PKG_VERSION") }],
        tenants: vec![PlaceView {
            tenant_id: tenant.id.to_string(),
            node,
            epoch: owner.epoch,
            state: tenant.state.to_string(),
        }],
    }))
}
