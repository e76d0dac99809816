//! `GET /api/v1/dcl/preview`: a few rows of a node of the graph.

use autonomos_actors::platform::shapes::NodePreview;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::Params;
use crate::state::AppState;

/// Of which node.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Of {
    /// An entity (`dcl_account`) or a stream (`src_...`).
    pub node: String,
    /// Rows: 10 unless said, 100 at most.
    pub limit: Option<u32>,
}

/// Rows of a node.
#[utoipa::path(get, path = "/api/v1/dcl/preview", operation_id = "dcl_preview", tag = "dcl", params(Of),
    responses((status = 200, body = NodePreview)))]
pub async fn preview(State(app): State<AppState>, who: Member, Params(of): Params<Of>) -> Answer<Json<NodePreview>> {
    Ok(Json(app.platform.node_preview(&who.scope, &of.node, of.limit).await?))
}
