//! `GET /api/v1/aam/connections/{id}/preview`: a few rows as the source holds them.

use autonomos_actors::platform::shapes::Preview;
use autonomos_runtime::ids::ConnectionId;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::http::extract::{Id, Params};
use crate::state::AppState;

/// Of which stream, how many.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Sample {
    /// The stream.
    pub stream: String,
    /// At most so many rows, 100 at most.
    pub limit: Option<u32>,
}

/// First rows of a stream.
#[utoipa::path(get, path = "/api/v1/aam/connections/{id}/preview", operation_id = "preview_stream",
    tag = "connections", params(Sample), responses((status = 200, body = Preview)))]
pub async fn preview(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ConnectionId>,
    Params(asked): Params<Sample>,
) -> Answer<Json<Preview>> {
    let limit = asked.limit.unwrap_or(20).clamp(1, 100);
    Ok(Json(app.platform.preview(&who.scope, id, &asked.stream, limit).await?))
}
