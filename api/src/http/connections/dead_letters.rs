//! Rows that could not be taken: read them, and try them again under the rules now in force.

use autonomos_actors::platform::shapes::DeadLetterView;
use autonomos_runtime::ids::{ConnectionId, DeadLetterId};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;

use crate::auth::permission::{Member, Operator};
use crate::error::Answer;
use crate::http::extract::{self, Asked, Id, Items, List, Params};
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
