//! `GET /api/v1/lineage/search`: nodes by name.

use autonomos_actors::platform::shapes::LineageFound;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::Params;
use crate::state::AppState;

/// Which nodes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// Words, each of which stands in the name.
    pub q: String,
    /// Only of this type: `column`, `field`, `source`, ...
    #[serde(rename = "type")]
    #[param(rename = "type")]
    pub kind: Option<String>,
    /// At most so many: 20 unless said, 100 at most.
    pub limit: Option<u32>,
}

/// Nodes whose names have the words; where there is none, those whose names come nearest.
#[utoipa::path(get, path = "/api/v1/lineage/search", operation_id = "lineage_search", tag = "lineage", params(Search),
    responses((status = 200, body = LineageFound)))]
pub async fn search(
    State(app): State<AppState>,
    who: Member,
    Params(asked): Params<Search>,
) -> Answer<Json<LineageFound>> {
    let found = app.platform.lineage_search(&who.scope, &asked.q, asked.kind.as_deref(), asked.limit).await?;
    Ok(Json(found))
}
