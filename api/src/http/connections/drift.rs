//! `POST /api/v1/aam/connections/{id}/demo/drift`: anybody can cause a drift and watch it heal; demo sources only.

use crate::http::extract::{Body, Id};
use autonomos_actors::platform::shapes::DemoDrift;
use autonomos_runtime::ids::ConnectionId;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Makes a demo source change its schema.
#[utoipa::path(post, path = "/api/v1/aam/connections/{id}/demo/drift", operation_id = "cause_drift", tag = "connections", request_body = DemoDrift, responses((status = 202, body = Object)))]
pub async fn drift(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ConnectionId>,
    Body(drift): Body<DemoDrift>,
) -> Answer<(StatusCode, Json<Value>)> {
    let now = app.platform.demo_drift(&who.scope, id, drift).await?;
    Ok((StatusCode::ACCEPTED, Json(now)))
}
