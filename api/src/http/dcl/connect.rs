//! `POST /api/v1/dcl/connect`: builds what is missing, leaves what is right.

use autonomos_actors::platform::shapes::{DclConnect, DclConnected};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::http::extract::Body;
use crate::state::AppState;

/// Brings everything connected into the views; asked twice, it does nothing twice.
#[utoipa::path(post, path = "/api/v1/dcl/connect", operation_id = "dcl_connect", tag = "dcl", request_body = DclConnect,
    responses((status = 202, body = DclConnected)))]
pub async fn connect(
    State(app): State<AppState>,
    who: Operator,
    Body(asked): Body<DclConnect>,
) -> Answer<(StatusCode, Json<DclConnected>)> {
    Ok((StatusCode::ACCEPTED, Json(app.platform.dcl_connect(&who.scope, asked).await?)))
}
