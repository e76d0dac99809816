//! `GET /api/v1/admin/model-use`: what language models were asked for the tenant, and what that took.

use autonomos_actors::platform::model_use::ModelUseView;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::http::extract::Params;
use crate::state::AppState;

/// How far back.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Back {
    /// So many days, today with them: 1 to 400.
    #[serde(default = "month")]
    pub days: u32,
}

const fn month() -> u32 {
    30
}

/// By day, purpose and model.
#[utoipa::path(get, path = "/api/v1/admin/model-use", operation_id = "get_model_use", tag = "admin", params(Back),
    responses((status = 200, body = ModelUseView)))]
pub async fn get(State(app): State<AppState>, who: Admin, Params(asked): Params<Back>) -> Answer<Json<ModelUseView>> {
    Ok(Json(app.platform.model_use(&who.scope, asked.days).await?))
}
