//! `GET /api/v1/config/export`: everything that people decided, as YAML; secrets as the names they are asked for by.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::http::extract::Params;
use crate::state::AppState;

/// What to leave out.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parts {
    /// Whether to say where each stream stands; true unless said.
    pub cursors: Option<bool>,
}

/// The configuration as YAML.
#[utoipa::path(get, path = "/api/v1/config/export", operation_id = "export_configuration", tag = "config",
    params(Parts), responses((status = 200, body = Object, content_type = "application/yaml")))]
pub async fn export(State(app): State<AppState>, who: Operator, Params(parts): Params<Parts>) -> Answer<Response> {
    let text = app.platform.export_configuration(&who.scope, parts.cursors.unwrap_or(true)).await?;
    Ok(([(header::CONTENT_TYPE, "application/yaml")], text).into_response())
}
