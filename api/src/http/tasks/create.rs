//! `POST /api/v1/tasks`: work that outlives the request.

use crate::http::extract::Body;
use autonomos_actors::platform::shapes::{NewTask, TaskView};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Queues a task.
#[utoipa::path(post, path = "/api/v1/tasks", operation_id = "create_task", tag = "tasks", request_body = NewTask, responses((status = 201, body = TaskView)))]
pub async fn create(
    State(app): State<AppState>,
    who: Operator,
    Body(new): Body<NewTask>,
) -> Answer<(StatusCode, Json<TaskView>)> {
    Ok((StatusCode::CREATED, Json(app.platform.create_task(&who.scope, new).await?)))
}
