//! `GET /api/v1/drifts`: what changed in the sources.

use crate::http::extract::{Items, List, Params};
use autonomos_actors::platform::shapes::DriftView;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// Detected changes, newest first.
#[utoipa::path(get, path = "/api/v1/drifts", operation_id = "list_drifts", tag = "drifts", params(List), responses((status = 200, body = Items<DriftView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Member,
    Params(list): Params<List>,
) -> Answer<Json<Items<DriftView>>> {
    Ok(Json(app.platform.drifts(&who.scope, list.listing()?).await?.into()))
}
