//! `GET /api/v1/flow-monitor/journey/{view}/{id}`: one entity across the three layers.

use autonomos_actors::platform::shapes::JourneyView;
use axum::Json;
use axum::extract::{Path, State};

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// Where an entity came from, what became of it, and who used it.
#[utoipa::path(get, path = "/api/v1/flow-monitor/journey/{view}/{id}", operation_id = "flow_journey", tag = "live",
    params(("view" = String, Path, description = "accounts, contacts, opportunities, ..."),
        ("id" = String, Path, description = "Any id that leads to the entity, or a record's")),
    responses((status = 200, body = JourneyView)))]
pub async fn journey(
    State(app): State<AppState>,
    who: Member,
    Path((view, id)): Path<(String, String)>,
) -> Answer<Json<JourneyView>> {
    Ok(Json(app.platform.journey(&who.scope, &view, &id).await?))
}
