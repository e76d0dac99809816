//! `POST /api/v1/aam/connections/{id}/pause`: reads no more until resumed.

use crate::http::extract::Id;
use autonomos_actors::platform::shapes::ConnectionView;
use autonomos_runtime::ids::ConnectionId;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Stops reading until resumed.
#[utoipa::path(post, path = "/api/v1/aam/connections/{id}/pause", operation_id = "pause_connection", tag = "connections", responses((status = 200, body = ConnectionView)))]
pub async fn pause(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ConnectionId>,
) -> Answer<Json<ConnectionView>> {
    Ok(Json(app.platform.pause(&who.scope, id).await?))
}
