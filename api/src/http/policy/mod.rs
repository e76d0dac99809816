//! `GET` and `PUT /api/v1/admin/access-policy`: who may decide what, beyond roles.

use autonomos_actors::platform::shapes::AccessPolicy;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::{Admin, Member};
use crate::error::Answer;
use crate::http::extract::Body;
use crate::state::AppState;

/// Whether two people are wanted for a decision.
#[utoipa::path(get, path = "/api/v1/admin/access-policy", operation_id = "get_access_policy", tag = "admin",
    responses((status = 200, body = AccessPolicy)))]
pub async fn get(State(app): State<AppState>, who: Member) -> Answer<Json<AccessPolicy>> {
    Ok(Json(app.platform.access_policy(&who.scope).await?))
}

/// Switches it.
#[utoipa::path(put, path = "/api/v1/admin/access-policy", operation_id = "put_access_policy", tag = "admin",
    request_body = AccessPolicy, responses((status = 200, body = AccessPolicy)))]
pub async fn put(
    State(app): State<AppState>,
    who: Admin,
    Body(policy): Body<AccessPolicy>,
) -> Answer<Json<AccessPolicy>> {
    Ok(Json(app.platform.set_access_policy(&who.scope, policy).await?))
}
