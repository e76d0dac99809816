//! Does a source answer: before a connection is made from settings, and after.

use autonomos_actors::platform::shapes::CheckReport;
use autonomos_runtime::ids::ConnectionId;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::http::extract::{Body, Id};
use crate::state::AppState;

/// Settings to be checked.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsCheck {
    /// `file`, `postgres`, `demo`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Settings of that type.
    #[schema(value_type = Object)]
    pub config: serde_json::Value,
}

/// Checks settings that are no connection yet; nothing is kept.
#[utoipa::path(post, path = "/api/v1/aam/connections/check", operation_id = "check_settings", tag = "connections",
    request_body = SettingsCheck, responses((status = 200, body = CheckReport)))]
pub async fn settings(
    State(app): State<AppState>,
    who: Operator,
    Body(asked): Body<SettingsCheck>,
) -> Answer<Json<CheckReport>> {
    Ok(Json(app.platform.check_settings(&who.scope, &asked.kind, &asked.config).await?))
}

/// Checks a connection.
#[utoipa::path(post, path = "/api/v1/aam/connections/{id}/check", operation_id = "check_connection",
    tag = "connections", responses((status = 200, body = CheckReport)))]
pub async fn check(State(app): State<AppState>, who: Operator, Id(id): Id<ConnectionId>) -> Answer<Json<CheckReport>> {
    Ok(Json(app.platform.check(&who.scope, id).await?))
}
