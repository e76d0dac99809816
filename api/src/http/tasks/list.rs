//! `GET /api/v1/tasks`: what runs, waits and ran.

use crate::http::extract::{Items, List, Params};
use autonomos_actors::platform::shapes::TaskView;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// Tasks, newest first.
#[utoipa::path(get, path = "/api/v1/tasks", operation_id = "list_tasks", tag = "tasks", params(List), responses((status = 200, body = Items<TaskView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Member,
    Params(list): Params<List>,
) -> Answer<Json<Items<TaskView>>> {
    Ok(Json(app.platform.tasks(&who.scope, list.listing()?).await?.into()))
}
