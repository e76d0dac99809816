//! `GET /api/v1/entities`: what the platform knows things as.

use autonomos_actors::platform::shapes::EntityType;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::Items;
use crate::state::AppState;

/// The entities of the canonical model.
#[utoipa::path(get, path = "/api/v1/entities", operation_id = "list_entities", tag = "entities",
    responses((status = 200, body = Items<EntityType>)))]
pub async fn list(State(app): State<AppState>, who: Member) -> Answer<Json<Items<EntityType>>> {
    Ok(Json(app.platform.entity_types(&who.scope).into()))
}
