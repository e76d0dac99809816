//! `GET /api/v1/operator/tenants/{id}`: one tenant.

use autonomos_actors::platform::shapes::TenantView;
use autonomos_runtime::ids::TenantId;
use axum::Json;
use axum::extract::State;

use crate::auth::operator::Operating;
use crate::error::Answer;
use crate::http::extract::Id;
use crate::state::AppState;

/// One tenant, what it has and what it may have.
#[utoipa::path(get, path = "/api/v1/operator/tenants/{id}", operation_id = "operator_tenant", tag = "operator",
    responses((status = 200, body = TenantView)))]
pub async fn get(State(app): State<AppState>, by: Operating, Id(id): Id<TenantId>) -> Answer<Json<TenantView>> {
    Ok(Json(app.platform.tenant(&by.on(id)).await?))
}
