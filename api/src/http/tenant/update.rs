//! `PATCH /api/v1/admin/tenant`: another name.

use autonomos_actors::platform::shapes::{TenantPatch, TenantView};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;

use super::checked;
use crate::auth::permission::Keeper;
use crate::error::Answer;
use crate::http::extract::{Body, if_match};
use crate::state::AppState;

/// Renames the tenant. Its limits are set by whoever operates the platform.
#[utoipa::path(patch, path = "/api/v1/admin/tenant", operation_id = "update_tenant", tag = "tenant",
    params(("If-Match" = Option<String>, Header, description = "Version of the tenant that was looked at")),
    request_body = TenantPatch, responses((status = 200, body = TenantView)))]
pub async fn update(
    State(app): State<AppState>,
    who: Keeper,
    headers: HeaderMap,
    Body(patch): Body<TenantPatch>,
) -> Answer<Json<TenantView>> {
    Ok(Json(app.platform.update_tenant(&who.scope, if_match(&headers)?, checked(patch)?).await?))
}
