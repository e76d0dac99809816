//! `POST /api/v1/config/apply`: makes the tenant as a document says, all of it or nothing.

use autonomos_actors::platform::shapes::{ApplyConfiguration, ConfigurationApplied};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::http::extract::{Body, Params};
use crate::state::AppState;

/// How.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct How {
    /// Only say what there would be to do.
    pub dry_run: Option<bool>,
}

/// Applies a configuration. What it does not name is left alone.
#[utoipa::path(post, path = "/api/v1/config/apply", operation_id = "apply_configuration", tag = "config", params(How),
    request_body = ApplyConfiguration, responses((status = 200, body = ConfigurationApplied)))]
pub async fn apply(
    State(app): State<AppState>,
    who: Admin,
    Params(how): Params<How>,
    Body(asked): Body<ApplyConfiguration>,
) -> Answer<Json<ConfigurationApplied>> {
    Ok(Json(app.platform.apply_configuration(&who.scope, asked, how.dry_run.unwrap_or(false)).await?))
}
