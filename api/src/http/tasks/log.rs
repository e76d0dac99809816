//! `GET /api/v1/tasks/{id}/log`: what happened to it.

use crate::http::extract::{Id, Items, Params};
use autonomos_actors::platform::shapes::TaskLineView;
use autonomos_runtime::ids::TaskId;
use autonomos_runtime::store::Page;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::schedules::Part;
use crate::state::AppState;

/// The log of one task, oldest line first.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/log", operation_id = "get_task_log", tag = "tasks", params(Part), responses((status = 200, body = Items<TaskLineView>)))]
pub async fn log(
    State(app): State<AppState>,
    who: Member,
    Id(id): Id<TaskId>,
    Params(part): Params<Part>,
) -> Answer<Json<Items<TaskLineView>>> {
    let page = Page::asked(part.limit, part.cursor.as_deref())?;
    Ok(Json(app.platform.task_log(&who.scope, id, &page).await?.into()))
}
