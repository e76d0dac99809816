//! `GET /api/v1/tasks/{id}`: how far it is and what came of it.

use crate::http::extract::Id;
use autonomos_actors::platform::shapes::TaskView;
use autonomos_runtime::ids::TaskId;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// One task.
#[utoipa::path(get, path = "/api/v1/tasks/{id}", operation_id = "get_task", tag = "tasks", responses((status = 200, body = TaskView)))]
pub async fn get(State(app): State<AppState>, who: Member, Id(id): Id<TaskId>) -> Answer<Json<TaskView>> {
    Ok(Json(app.platform.task(&who.scope, id).await?))
}
