//! `POST /api/v1/dcl/rebuild`: beside the live ones, which are swapped when it is done.

use crate::http::extract::Asked;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::state::AppState;

/// Builds the views again from the log.
#[utoipa::path(post, path = "/api/v1/dcl/rebuild", operation_id = "rebuild_views", tag = "dcl", responses((status = 202, body = Asked)))]
pub async fn rebuild(State(app): State<AppState>, who: Admin) -> Answer<(StatusCode, Json<Asked>)> {
    let task_id = app.platform.rebuild(&who.scope).await?;
    Ok((StatusCode::ACCEPTED, Json(Asked { task_id })))
}
