//! `GET /api/v1/webhooks/deliveries/{id}`: one message, with each of its last sendings.

use autonomos_actors::platform::deliveries::DeliveryView;
use autonomos_runtime::ids::DeliveryId;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::http::extract::Id;
use crate::state::AppState;

/// One message.
#[utoipa::path(get, path = "/api/v1/webhooks/deliveries/{id}", operation_id = "get_delivery", tag = "webhooks",
    responses((status = 200, body = DeliveryView)))]
pub async fn get(State(app): State<AppState>, who: Operator, Id(id): Id<DeliveryId>) -> Answer<Json<DeliveryView>> {
    Ok(Json(app.platform.delivery(&who.scope, id).await?))
}
