//! `POST /api/v1/drifts/{id}/revert`: the rules from before, also for the history that was healed.

use crate::http::extract::Id;
use autonomos_actors::platform::shapes::DriftView;
use autonomos_runtime::ids::DriftId;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Takes the repair of a drift back, to the row.
#[utoipa::path(post, path = "/api/v1/drifts/{id}/revert", operation_id = "revert_repair", tag = "drifts", responses((status = 200, body = DriftView)))]
pub async fn revert(State(app): State<AppState>, who: Operator, Id(id): Id<DriftId>) -> Answer<Json<DriftView>> {
    Ok(Json(app.platform.revert(&who.scope, id).await?))
}
