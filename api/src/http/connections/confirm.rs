//! `POST /api/v1/aam/connections/{id}/confirm`: what Safe Mode showed is right; `If-Match` guards against another change.

use crate::http::extract::{Id, if_match};
use autonomos_actors::platform::shapes::Confirmed;
use autonomos_runtime::ids::ConnectionId;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Leaves Safe Mode and reads on from where it stands.
#[utoipa::path(post, path = "/api/v1/aam/connections/{id}/confirm", operation_id = "confirm_connection", tag = "connections", responses((status = 200, body = Confirmed)))]
pub async fn confirm(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ConnectionId>,
    headers: HeaderMap,
) -> Answer<Json<Confirmed>> {
    let version = if_match(&headers)?;
    Ok(Json(app.platform.confirm(&who.scope, id, version).await?))
}
