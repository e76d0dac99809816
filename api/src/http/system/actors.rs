//! `GET /api/v1/actors`: the tenant's actors as they are now.

use autonomos_runtime::supervision::{Health, Observed};
use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::Items;
use crate::state::AppState;

/// One actor.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ActorView {
    /// Whether it moves: `healthy`, `stuck`, `recovering`, `down`.
    #[schema(value_type = String)]
    health: Health,
    /// What it says of itself.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    observed: Observed,
}

/// Actors of the tenant, in the order of its tree.
#[utoipa::path(get, path = "/api/v1/actors", operation_id = "list_actors", tag = "system",
    responses((status = 200, body = Items<ActorView>)))]
pub async fn list(State(app): State<AppState>, who: Member) -> Answer<Json<Items<ActorView>>> {
    let now = app.ambient.now();
    let patience = std::time::Duration::from_secs(app.config.tenant.stuck_seconds);
    let view = |observed: Observed| ActorView { health: observed.health(now, patience), observed };
    Ok(Json(app.platform.observed(&who.scope).into_iter().map(view).collect::<Vec<_>>().into()))
}
