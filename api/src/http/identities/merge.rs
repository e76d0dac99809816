//! `POST /api/v1/dcl/entities/{view}/merge`: these are one. Taken back by a split.

use autonomos_actors::platform::shapes::{IdentityDecided, MergeEntities};
use axum::Json;
use axum::extract::{Path, State};

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::http::extract::Body;
use crate::state::AppState;

/// Makes entities one; the oldest keeps its id, the others lead to it.
#[utoipa::path(post, path = "/api/v1/dcl/entities/{view}/merge", operation_id = "merge_identities", tag = "dcl",
    params(("view" = String, Path, description = "accounts, contacts")),
    request_body = MergeEntities, responses((status = 200, body = IdentityDecided)))]
pub async fn merge(
    State(app): State<AppState>,
    who: Operator,
    Path(view): Path<String>,
    Body(asked): Body<MergeEntities>,
) -> Answer<Json<IdentityDecided>> {
    Ok(Json(app.platform.merge_entities(&who.scope, &view, asked).await?))
}
