//! `GET /api/v1/aam/connections/{id}/discover`: asks the source what it has.

use crate::http::extract::{Id, Items};
use autonomos_actors::platform::shapes::DiscoveredStream;
use autonomos_runtime::ids::ConnectionId;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Streams the source offers.
#[utoipa::path(get, path = "/api/v1/aam/connections/{id}/discover", operation_id = "discover_streams", tag = "connections", responses((status = 200, body = Items<DiscoveredStream>)))]
pub async fn discover(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ConnectionId>,
) -> Answer<Json<Items<DiscoveredStream>>> {
    Ok(Json(app.platform.discover(&who.scope, id).await?.into()))
}
