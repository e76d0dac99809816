//! `POST /api/v1/aam/connections/{id}/rewind`: reads a stream, or all, from the start again.

use autonomos_runtime::ids::ConnectionId;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::http::extract::{self, Asked, Id};
use crate::state::AppState;

/// Which streams; nothing said is all.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rewind {
    /// Name of one stream.
    #[serde(default)]
    pub stream: Option<String>,
}

/// Sets the cursors back and reads again. Rows that are known already change nothing; what the source has changed since
/// comes in, and nothing is lost meanwhile.
#[utoipa::path(post, path = "/api/v1/aam/connections/{id}/rewind", operation_id = "rewind_connection",
    tag = "connections", request_body = Option<Rewind>, responses((status = 202, body = Asked)))]
pub async fn rewind(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ConnectionId>,
    body: Bytes,
) -> Answer<(StatusCode, Json<Asked>)> {
    let asked: Rewind = if body.is_empty() { Rewind::default() } else { extract::parse(&body)? };
    let task_id = app.platform.rewind(&who.scope, id, asked.stream.as_deref()).await?;
    Ok((StatusCode::ACCEPTED, Json(Asked { task_id })))
}
