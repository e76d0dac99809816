//! `GET /api/v1/entities/{name}`: one entity as a JSON Schema.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// The JSON Schema of one entity.
#[utoipa::path(get, path = "/api/v1/entities/{name}", operation_id = "get_entity", tag = "entities",
    params(("name" = String, Path, description = "Name of the entity, such as `account`")),
    responses((status = 200, body = Object, content_type = "application/json")))]
pub async fn get(State(app): State<AppState>, who: Member, Path(name): Path<String>) -> Answer<Json<Value>> {
    Ok(Json(app.platform.entity_schema(&who.scope, &name)?))
}
