//! `POST /api/v1/lineage/openlineage`: others tell what their jobs read and write; it shows in the graph.

use autonomos_actors::platform::shapes::LineageTaken;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::http::extract::Body;
use crate::state::AppState;

/// Keeps what an event of OpenLineage 1.x says: a run, a job or a dataset.
#[utoipa::path(post, path = "/api/v1/lineage/openlineage", operation_id = "take_openlineage", tag = "lineage",
    request_body(content = Object, description = "RunEvent, JobEvent or DatasetEvent of OpenLineage"),
    responses((status = 201, body = LineageTaken)))]
pub async fn take(
    State(app): State<AppState>,
    who: Operator,
    Body(event): Body<Value>,
) -> Answer<(StatusCode, Json<LineageTaken>)> {
    Ok((StatusCode::CREATED, Json(app.platform.take_lineage(&who.scope, &event).await?)))
}
