//! Rows that could not be taken: read them, and try them again under the rules now in force.

use autonomos_actors::platform::shapes::DeadLetterView;
use autonomos_runtime::Error;
use autonomos_runtime::ids::{ConnectionId, DeadLetterId};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::auth::permission::{Member, Operator};
use crate::error::Answer;
use crate::http::extract::{self, Asked, Body, Id, Items, List, Params};
use crate::state::AppState;

/// Which ones to try again; nothing said is all.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// Ids of dead letters.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub ids: Option<Vec<DeadLetterId>>,
}

/// Rows of a connection that could not be taken.
#[utoipa::path(get, path = "/api/v1/aam/connections/{id}/dead-letters", operation_id = "list_dead_letters",
    tag = "connections", params(List), responses((status = 200, body = Items<DeadLetterView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Member,
    Id(id): Id<ConnectionId>,
    Params(list): Params<List>,
) -> Answer<Json<Items<DeadLetterView>>> {
    let mut listing = list.listing()?;
    listing.connection = Some(id);
    app.store.read(&who.scope).await?.connection(id).await?;
    Ok(Json(app.platform.dead_letters(&who.scope, listing).await?.into()))
}

/// Tries dead letters again.
#[utoipa::path(post, path = "/api/v1/aam/connections/{id}/dead-letters/replay", operation_id = "replay_dead_letters",
    tag = "connections", request_body = Option<Replay>, responses((status = 202, body = Asked)))]
pub async fn replay(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ConnectionId>,
    body: Bytes,
) -> Answer<(StatusCode, Json<Asked>)> {
    let asked: Replay = if body.is_empty() { Replay::default() } else { extract::parse(&body)? };
    let task_id = app.platform.replay_dead_letters(&who.scope, id, asked.ids).await?;
    Ok((StatusCode::ACCEPTED, Json(Asked { task_id })))
}

/// Which ones do not matter.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Discard {
    /// Ids of dead letters, 1000 at most.
    #[schema(value_type = Vec<String>)]
    pub ids: Vec<DeadLetterId>,
}

/// How many were discarded.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Discarded {
    /// Dead letters that were open until now.
    pub discarded: u64,
}

/// Says of dead letters that they do not matter. They stay to be read, and are not tried again.
#[utoipa::path(post, path = "/api/v1/aam/connections/{id}/dead-letters/discard", operation_id = "discard_dead_letters",
    tag = "connections", request_body = Discard, responses((status = 200, body = Discarded)))]
pub async fn discard(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ConnectionId>,
    Body(asked): Body<Discard>,
) -> Answer<Json<Discarded>> {
    if asked.ids.len() > 1000 {
        let error = Error::invalid("request.too_many", "too many ids at once").field("/ids");
        return Err(error.remedy("Send at most 1000 ids a request.").into());
    }
    let discarded = app.platform.discard_dead_letters(&who.scope, id, &asked.ids).await?;
    Ok(Json(Discarded { discarded }))
}
