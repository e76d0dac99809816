//! `POST /api/v1/tasks/{id}/retry`: what failed or was called off is queued again.

use crate::http::extract::Id;
use autonomos_actors::platform::shapes::TaskView;
use autonomos_runtime::ids::TaskId;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Tries a task again that failed or was called off, with its attempts counted anew.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/retry", operation_id = "retry_task", tag = "tasks", responses((status = 202, body = TaskView)))]
pub async fn retry(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<TaskId>,
) -> Answer<(StatusCode, Json<TaskView>)> {
    Ok((StatusCode::ACCEPTED, Json(app.platform.retry_task(&who.scope, id).await?)))
}
