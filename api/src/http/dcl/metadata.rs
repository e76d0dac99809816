//! `GET /api/v1/dcl/metadata`: how good the data is, by source and as a whole.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// Quality, freshness, coverage and open drifts of the sources.
#[utoipa::path(get, path = "/api/v1/dcl/metadata", operation_id = "dcl_metadata", tag = "dcl", responses((status = 200, body = Object)))]
pub async fn metadata(State(app): State<AppState>, who: Member) -> Answer<Json<Value>> {
    Ok(Json(app.platform.dcl_metadata(&who.scope).await?))
}
