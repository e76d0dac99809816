//! `GET /api/v1/drifts/{id}`: one change and what became of it.

use crate::http::extract::Id;
use autonomos_actors::platform::shapes::DriftView;
use autonomos_runtime::ids::DriftId;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// One detected change.
#[utoipa::path(get, path = "/api/v1/drifts/{id}", operation_id = "get_drift", tag = "drifts", responses((status = 200, body = DriftView)))]
pub async fn get(State(app): State<AppState>, who: Member, Id(id): Id<DriftId>) -> Answer<Json<DriftView>> {
    Ok(Json(app.platform.drift(&who.scope, id).await?))
}
