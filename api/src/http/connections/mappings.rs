//! `GET` and `PUT /api/v1/aam/connections/{id}/mappings`: the rules in force, and new ones by hand.

use autonomos_actors::platform::shapes::{MappingEdit, MappingRow};
use autonomos_runtime::ids::ConnectionId;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::{Member, Operator};
use crate::error::Answer;
use crate::http::extract::{Body, Id, Items};
use crate::state::AppState;

/// Rules in force, of all streams.
#[utoipa::path(get, path = "/api/v1/aam/connections/{id}/mappings", operation_id = "get_mappings", tag = "connections",
    responses((status = 200, body = Items<MappingRow>)))]
pub async fn get(
    State(app): State<AppState>,
    who: Member,
    Id(id): Id<ConnectionId>,
) -> Answer<Json<Items<MappingRow>>> {
    Ok(Json(app.platform.mappings(&who.scope, id).await?.into()))
}

/// New rules for one stream; its history is mapped again.
#[utoipa::path(put, path = "/api/v1/aam/connections/{id}/mappings", operation_id = "put_mapping", tag = "connections",
    request_body = MappingEdit, responses((status = 200, body = Items<MappingRow>)))]
pub async fn put(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ConnectionId>,
    Body(edit): Body<MappingEdit>,
) -> Answer<Json<Items<MappingRow>>> {
    Ok(Json(app.platform.put_mapping(&who.scope, id, edit).await?.into()))
}
