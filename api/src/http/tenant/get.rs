//! `GET /api/v1/admin/tenant`: the caller's tenant, what it has and what it may have.

use autonomos_actors::platform::shapes::TenantView;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::state::AppState;

/// The tenant.
#[utoipa::path(get, path = "/api/v1/admin/tenant", operation_id = "tenant", tag = "tenant",
    responses((status = 200, body = TenantView)))]
pub async fn get(State(app): State<AppState>, who: Admin) -> Answer<Json<TenantView>> {
    Ok(Json(app.platform.tenant(&who.scope).await?))
}
