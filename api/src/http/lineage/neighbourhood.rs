//! `GET /api/v1/lineage/neighbourhood`: what a node comes from and what is made of it, down to the field.

use autonomos_actors::platform::shapes::GraphView;
use autonomos_runtime::Error;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::dcl::graph::Around;
use crate::http::extract::Params;
use crate::state::AppState;

/// The graph around a node, with columns and fields unless said otherwise.
#[utoipa::path(get, path = "/api/v1/lineage/neighbourhood", operation_id = "lineage_neighbourhood", tag = "lineage",
    params(Around), responses((status = 200, body = GraphView)))]
pub async fn neighbourhood(
    State(app): State<AppState>,
    who: Member,
    Params(asked): Params<Around>,
) -> Answer<Json<GraphView>> {
    if asked.node.is_none() {
        return Err(Error::invalid("request.missing_parameter", "no node is named")
            .field("node")
            .remedy("GET /api/v1/lineage/search finds nodes by name; GET /api/v1/dcl/graph shows the whole.")
            .into());
    }
    Ok(Json(app.platform.graph(&who.scope, &asked.request(true)).await?))
}
