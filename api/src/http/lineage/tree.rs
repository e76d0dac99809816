//! `GET /api/v1/lineage/tree`: what is made of a node, or what it comes from, each beneath what it was come to from.

use autonomos_actors::platform::shapes::LineageTree;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::dcl::graph::Around;
use crate::http::extract::Params;
use crate::state::AppState;

/// A tree; without a node, of every source, or upwards of every agent.
#[utoipa::path(get, path = "/api/v1/lineage/tree", operation_id = "lineage_tree", tag = "lineage", params(Around),
    responses((status = 200, body = LineageTree)))]
pub async fn tree(
    State(app): State<AppState>,
    who: Member,
    Params(asked): Params<Around>,
) -> Answer<Json<LineageTree>> {
    Ok(Json(app.platform.lineage_tree(&who.scope, &asked.request(true)).await?))
}
