//! `GET /api/v1/aam/connectors`: the types of sources, each with the JSON Schema of its settings.

use autonomos_actors::platform::shapes::ConnectorType;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::Items;
use crate::state::AppState;

/// The types of sources a connection can be of.
#[utoipa::path(get, path = "/api/v1/aam/connectors", operation_id = "list_connector_types", tag = "connections",
    responses((status = 200, body = Items<ConnectorType>)))]
pub async fn list(State(app): State<AppState>, who: Member) -> Answer<Json<Items<ConnectorType>>> {
    Ok(Json(app.platform.connector_types(&who.scope)?.into()))
}
