//! `POST /api/v1/tasks/bulk`: much work in one call and one transaction.

use crate::http::extract::Body;
use autonomos_actors::platform::shapes::ManyTasks;
use autonomos_runtime::ids::TaskId;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Tasks that were asked for together.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedMany {
    /// Their ids, in the order they were given.
    #[schema(value_type = Vec<String>)]
    pub task_ids: Vec<TaskId>,
}

/// Queues many tasks, all of them or none.
#[utoipa::path(post, path = "/api/v1/tasks/bulk", operation_id = "create_tasks", tag = "tasks", request_body = ManyTasks, responses((status = 201, body = AskedMany)))]
pub async fn create(
    State(app): State<AppState>,
    who: Operator,
    Body(many): Body<ManyTasks>,
) -> Answer<(StatusCode, Json<AskedMany>)> {
    let task_ids = app.platform.create_tasks(&who.scope, many).await?;
    Ok((StatusCode::CREATED, Json(AskedMany { task_ids })))
}
