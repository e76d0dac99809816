//! `POST /api/v1/aam/connections`: a source is checked, its secrets sealed, and its connector started.

use crate::http::extract::Body;
use autonomos_actors::platform::shapes::{ConnectionView, NewConnection};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Connects a source.
#[utoipa::path(post, path = "/api/v1/aam/connections", operation_id = "create_connection", tag = "connections", request_body = NewConnection, responses((status = 201, body = ConnectionView)))]
pub async fn create(
    State(app): State<AppState>,
    who: Operator,
    Body(new): Body<NewConnection>,
) -> Answer<(StatusCode, Json<ConnectionView>)> {
    let made = app.platform.create_connection(&who.scope, new).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
