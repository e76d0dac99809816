//! `GET /api/v1/dcl/digest`: two of them agree when the views do, to the row.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// Digest of the views at their position.
#[utoipa::path(get, path = "/api/v1/dcl/digest", operation_id = "dcl_digest", tag = "dcl", responses((status = 200, body = Object)))]
pub async fn digest(State(app): State<AppState>, who: Member) -> Answer<Json<Value>> {
    Ok(Json(app.platform.digest(&who.scope).await?))
}
