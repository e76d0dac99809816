//! `GET /api/v1/dcl/entities/{view}/{id}`: one real thing, what it is made of and why. Any id that ever led to it does.

use autonomos_actors::platform::shapes::EntityView;
use axum::Json;
use axum::extract::{Path, State};

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// An entity: golden record, source of each value, records, and the evidence of each pair.
#[utoipa::path(get, path = "/api/v1/dcl/entities/{view}/{id}", operation_id = "get_identity", tag = "dcl",
    params(
        ("view" = String, Path, description = "accounts, contacts"),
        ("id" = String, Path, description = "Its id, a former one, or that of any of its records")),
    responses((status = 200, body = EntityView)))]
pub async fn get(
    State(app): State<AppState>,
    who: Member,
    Path((view, id)): Path<(String, String)>,
) -> Answer<Json<EntityView>> {
    Ok(Json(app.platform.entity(&who.scope, &view, &id).await?))
}
