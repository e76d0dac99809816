//! `POST /api/v1/aam/connections/{id}/resume`: reads again; also the way out of quarantine.

use crate::http::extract::Id;
use autonomos_actors::platform::shapes::ConnectionView;
use autonomos_runtime::ids::ConnectionId;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Reads again.
#[utoipa::path(post, path = "/api/v1/aam/connections/{id}/resume", operation_id = "resume_connection", tag = "connections", responses((status = 200, body = ConnectionView)))]
pub async fn resume(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ConnectionId>,
) -> Answer<Json<ConnectionView>> {
    Ok(Json(app.platform.resume(&who.scope, id).await?))
}
