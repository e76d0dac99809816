//! `DELETE /api/v1/aam/connections/{id}`: the connection, its secrets and its records go.

use crate::http::extract::Id;
use autonomos_runtime::ids::ConnectionId;
use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::state::AppState;

/// Disconnects a source and forgets its records.
#[utoipa::path(delete, path = "/api/v1/aam/connections/{id}", operation_id = "delete_connection", tag = "connections", responses((status = 204)))]
pub async fn delete(State(app): State<AppState>, who: Admin, Id(id): Id<ConnectionId>) -> Answer<StatusCode> {
    app.platform.delete_connection(&who.scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
