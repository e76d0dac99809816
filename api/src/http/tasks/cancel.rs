//! `DELETE /api/v1/tasks/{id}`: stops it within two seconds.

use crate::http::extract::Id;
use autonomos_actors::platform::shapes::TaskView;
use autonomos_runtime::ids::TaskId;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Calls a task off.
#[utoipa::path(delete, path = "/api/v1/tasks/{id}", operation_id = "cancel_task", tag = "tasks", responses((status = 200, body = TaskView)))]
pub async fn cancel(State(app): State<AppState>, who: Operator, Id(id): Id<TaskId>) -> Answer<Json<TaskView>> {
    Ok(Json(app.platform.cancel_task(&who.scope, id).await?))
}
