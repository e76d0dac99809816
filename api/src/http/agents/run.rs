//! `POST /api/v1/agents/{id}/run`: an agent looks now.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::http::extract::Asked;
use crate::state::AppState;

/// Runs an agent now.
#[utoipa::path(post, path = "/api/v1/agents/{id}/run", operation_id = "run_agent", tag = "agents",
    params(("id" = String, Path, description = "Name of the agent")), responses((status = 202, body = Asked)))]
pub async fn run(
    State(app): State<AppState>,
    who: Operator,
    Path(id): Path<String>,
) -> Answer<(StatusCode, Json<Asked>)> {
    let task_id = app.platform.run_agent(&who.scope, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(Asked { task_id })))
}
