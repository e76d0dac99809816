//! `POST /api/v1/dcl/entities/{view}/{id}/split`: these records are another thing. Taken back by a merge.

use autonomos_actors::platform::shapes::{IdentityDecided, SplitEntity};
use axum::Json;
use axum::extract::{Path, State};

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::http::extract::Body;
use crate::state::AppState;

/// Takes records out of an entity; the part with the oldest record keeps the id.
#[utoipa::path(post, path = "/api/v1/dcl/entities/{view}/{id}/split", operation_id = "split_identity", tag = "dcl",
    params(
        ("view" = String, Path, description = "accounts, contacts"),
        ("id" = String, Path, description = "Any id that leads to the entity")),
    request_body = SplitEntity, responses((status = 200, body = IdentityDecided)))]
pub async fn split(
    State(app): State<AppState>,
    who: Operator,
    Path((view, id)): Path<(String, String)>,
    Body(asked): Body<SplitEntity>,
) -> Answer<Json<IdentityDecided>> {
    Ok(Json(app.platform.split_entity(&who.scope, &view, &id, asked).await?))
}
