//! `POST /api/v1/tasks/{id}/retry`: once more, from the first attempt.

use crate::http::extract::Id;
use autonomos_actors::platform::shapes::TaskView;
use autonomos_runtime::ids::TaskId;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Queues a task that failed or was called off again.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/retry", operation_id = "retry_task", tag = "tasks", responses((status = 200, body = TaskView)))]
pub async fn retry(State(app): State<AppState>, who: Operator, Id(id): Id<TaskId>) -> Answer<Json<TaskView>> {
    Ok(Json(app.platform.retry_task(&who.scope, id).await?))
}
