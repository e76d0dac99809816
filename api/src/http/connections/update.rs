//! `PATCH /api/v1/aam/connections/{id}`: a change by hand; `If-Match` guards against another one.

use crate::http::extract::{Body, Id, if_match};
use autonomos_actors::platform::shapes::{ConnectionPatch, ConnectionView};
use autonomos_runtime::ids::ConnectionId;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Changes name, settings or policy.
#[utoipa::path(patch, path = "/api/v1/aam/connections/{id}", operation_id = "update_connection", tag = "connections", request_body = ConnectionPatch, responses((status = 200, body = ConnectionView)))]
pub async fn update(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ConnectionId>,
    headers: HeaderMap,
    Body(patch): Body<ConnectionPatch>,
) -> Answer<Json<ConnectionView>> {
    let version = if_match(&headers)?;
    Ok(Json(app.platform.update_connection(&who.scope, id, version, patch).await?))
}
