//! `GET /api/v1/dcl/graph`: what feeds what. Layers L0 (connections, under "from AAM") → L1 (their streams) → L2 (unified
//! entities and fields) → L3 (agents); an edge says how many rows and fields go along it. By neighbourhood, or as a whole as
//! far as there is room.

use autonomos_actors::lineage::reach::Direction;
use autonomos_actors::platform::lineage::GraphRequest;
use autonomos_actors::platform::shapes::GraphView;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::Params;
use crate::state::AppState;

/// Which part of the graph.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Around {
    /// Around this node; absent: the whole graph, what stands for most first.
    pub node: Option<String>,
    /// Steps at most: 5 unless said, 20 at most.
    pub depth: Option<u32>,
    /// `up` to what it comes from, `down` to what is made of it, `both` unless said.
    #[param(value_type = Option<String>)]
    pub direction: Option<Direction>,
    /// Nodes at most: 300 unless said, 1000 at most.
    pub limit: Option<u32>,
    /// With columns and fields, or only with what they are parts of.
    pub fields: Option<bool>,
}

impl Around {
    /// As it is asked; `fields`: what holds where nobody says.
    pub fn request(self, fields: bool) -> GraphRequest {
        let Self { node, depth, direction, limit, fields: said } = self;
        GraphRequest { node, depth, direction, limit, fields: said.unwrap_or(fields) }
    }
}

/// What feeds what.
#[utoipa::path(get, path = "/api/v1/dcl/graph", operation_id = "dcl_graph", tag = "dcl", params(Around),
    responses((status = 200, body = GraphView)))]
pub async fn graph(State(app): State<AppState>, who: Member, Params(asked): Params<Around>) -> Answer<Json<GraphView>> {
    Ok(Json(app.platform.graph(&who.scope, &asked.request(false)).await?))
}
