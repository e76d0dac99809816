//! `/api/v1/aam/connections/{id}/mappings`: the rules in force, new ones by hand, tried before they go live, and all that
//! came before.

use autonomos_actors::platform::shapes::{MappingEdit, MappingRow, MappingTrial, MappingVersionView};
use autonomos_runtime::ids::ConnectionId;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use crate::auth::permission::{Member, Operator};
use crate::error::Answer;
use crate::http::extract::{Body, Id, Items, Params};
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

/// Which stream.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfStream {
    /// Name of the stream.
    pub stream: String,
}

/// All versions of a stream's rules, newest first.
#[utoipa::path(get, path = "/api/v1/aam/connections/{id}/mappings/history", operation_id = "mapping_history",
    tag = "connections", params(OfStream), responses((status = 200, body = Items<MappingVersionView>)))]
pub async fn history(
    State(app): State<AppState>,
    who: Member,
    Id(id): Id<ConnectionId>,
    Params(of): Params<OfStream>,
) -> Answer<Json<Items<MappingVersionView>>> {
    Ok(Json(app.platform.mapping_history(&who.scope, id, &of.stream).await?.into()))
}

/// Runs new rules over the source's first rows without putting them into force.
#[utoipa::path(post, path = "/api/v1/aam/connections/{id}/mappings/try", operation_id = "try_mapping",
    tag = "connections", request_body = MappingEdit, responses((status = 200, body = MappingTrial)))]
pub async fn attempt(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ConnectionId>,
    Body(edit): Body<MappingEdit>,
) -> Answer<Json<MappingTrial>> {
    Ok(Json(app.platform.try_mapping(&who.scope, id, edit).await?))
}
