//! `GET /api/v1/aam/connections/{id}`: one connection and how its streams stand.

use crate::http::extract::Id;
use autonomos_actors::platform::shapes::ConnectionView;
use autonomos_runtime::ids::ConnectionId;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// One connection with its streams.
#[utoipa::path(get, path = "/api/v1/aam/connections/{id}", operation_id = "get_connection", tag = "connections", responses((status = 200, body = ConnectionView)))]
pub async fn get(State(app): State<AppState>, who: Member, Id(id): Id<ConnectionId>) -> Answer<Json<ConnectionView>> {
    Ok(Json(app.platform.connection(&who.scope, id).await?))
}
