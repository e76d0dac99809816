//! `POST /api/v1/webhooks/deliveries/{id}/replay`: sends one anew.

use autonomos_actors::platform::deliveries::DeliveryView;
use autonomos_runtime::ids::DeliveryId;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::http::extract::Id;
use crate::state::AppState;

/// Sends a message anew, under the id it has, whatever became of it.
#[utoipa::path(post, path = "/api/v1/webhooks/deliveries/{id}/replay", operation_id = "replay_delivery",
    tag = "webhooks", responses((status = 202, body = DeliveryView)))]
pub async fn replay(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<DeliveryId>,
) -> Answer<(StatusCode, Json<DeliveryView>)> {
    Ok((StatusCode::ACCEPTED, Json(app.platform.replay_delivery(&who.scope, id).await?)))
}
