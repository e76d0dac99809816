//! `GET /api/v1/flow-monitor`: a snapshot; the stream goes on from its position.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// What flows through the three layers now.
#[utoipa::path(get, path = "/api/v1/flow-monitor", operation_id = "flow_monitor", tag = "live", responses((status = 200, body = Object)))]
pub async fn flow(State(app): State<AppState>, who: Member) -> Answer<Json<Value>> {
    Ok(Json(app.platform.flow(&who.scope).await?))
}
