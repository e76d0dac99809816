//! `GET /api/v1/files`: what is in the tenant's folder.

use autonomos_actors::platform::shapes::FileView;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::{Items, Params};
use crate::state::AppState;

/// Which files.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Prefix {
    /// Only those whose path begins so.
    #[serde(default)]
    pub prefix: String,
}

/// Files, in the order of their paths.
#[utoipa::path(get, path = "/api/v1/files", operation_id = "list_files", tag = "files", params(Prefix),
    responses((status = 200, body = Items<FileView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Member,
    Params(asked): Params<Prefix>,
) -> Answer<Json<Items<FileView>>> {
    Ok(Json(app.platform.list_files(&who.scope, &asked.prefix).await?.into()))
}
