//! `PATCH /api/v1/operator/tenants/{id}`: another name, other limits.

use autonomos_actors::platform::shapes::{TenantPatch, TenantView};
use autonomos_runtime::ids::TenantId;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;

use crate::auth::operator::Operating;
use crate::error::Answer;
use crate::http::extract::{Body, Id, if_match};
use crate::http::tenant::checked;
use crate::state::AppState;

/// Changes name or limits; the limits are sent whole.
#[utoipa::path(patch, path = "/api/v1/operator/tenants/{id}", operation_id = "operator_update_tenant", tag = "operator",
    params(("If-Match" = Option<String>, Header, description = "Version of the tenant that was looked at")),
    request_body = TenantPatch,
    responses((status = 200, body = TenantView)))]
pub async fn update(
    State(app): State<AppState>,
    by: Operating,
    Id(id): Id<TenantId>,
    headers: HeaderMap,
    Body(patch): Body<TenantPatch>,
) -> Answer<Json<TenantView>> {
    Ok(Json(app.platform.update_tenant(&by.on(id), if_match(&headers)?, checked(patch)?).await?))
}
