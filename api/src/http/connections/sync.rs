//! `POST /api/v1/aam/connections/{id}/sync`: asks for a read; one that waits already is the answer.

use crate::http::extract::{Asked, Id};
use autonomos_runtime::ids::ConnectionId;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Reads the source now.
#[utoipa::path(post, path = "/api/v1/aam/connections/{id}/sync", operation_id = "sync_connection", tag = "connections", responses((status = 202, body = Asked)))]
pub async fn sync(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ConnectionId>,
) -> Answer<(StatusCode, Json<Asked>)> {
    let task_id = app.platform.sync_now(&who.scope, id).await?;
    Ok((StatusCode::ACCEPTED, Json(Asked { task_id })))
}
