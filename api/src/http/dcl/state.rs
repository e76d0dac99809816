//! `GET /api/v1/dcl/state`: how the views stand.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// Position, lag and size of the views.
#[utoipa::path(get, path = "/api/v1/dcl/state", operation_id = "dcl_state", tag = "dcl", responses((status = 200, body = Object)))]
pub async fn state(State(app): State<AppState>, who: Member) -> Answer<Json<Value>> {
    Ok(Json(app.platform.dcl_state(&who.scope).await?))
}
