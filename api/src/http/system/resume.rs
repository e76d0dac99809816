//! `POST /api/v1/admin/tenant/resume`: starts the caller's tenant at once whose actors were stopped on this node because
//! they failed too often or lost its ownership. One that runs is left alone.

use axum::Json;
use axum::extract::State;

use super::cluster::{PlaceView, place};
use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::state::AppState;

/// Starts a suspended tenant.
#[utoipa::path(post, path = "/api/v1/admin/tenant/resume", operation_id = "resume_tenant", tag = "system",
    responses((status = 200, body = PlaceView)))]
pub async fn resume(State(app): State<AppState>, who: Admin) -> Answer<Json<PlaceView>> {
    app.platform.resume_tenant(&who.scope).await?;
    Ok(Json(place(&app, &who.scope).await?))
}
