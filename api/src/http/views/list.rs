//! `GET /api/v1/dcl/views`: what can be asked.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// Views and their fields.
#[utoipa::path(get, path = "/api/v1/dcl/views", operation_id = "list_views", tag = "views", responses((status = 200, body = Object)))]
pub async fn list(State(app): State<AppState>, who: Member) -> Answer<Json<Value>> {
    Ok(Json(app.platform.views(&who.scope).await?))
}
