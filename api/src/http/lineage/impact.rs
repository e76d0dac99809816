//! `GET /api/v1/lineage/impact`: what breaks if a node changes.

use autonomos_actors::platform::shapes::LineageImpact;
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
    /// Its id.
    pub node: String,
}

/// Fields, views, agents and what people keep that rest on a node.
#[utoipa::path(get, path = "/api/v1/lineage/impact", operation_id = "lineage_impact", tag = "lineage", params(Of),
    responses((status = 200, body = LineageImpact)))]
pub async fn impact(State(app): State<AppState>, who: Member, Params(of): Params<Of>) -> Answer<Json<LineageImpact>> {
    Ok(Json(app.platform.lineage_impact(&who.scope, &of.node).await?))
}
