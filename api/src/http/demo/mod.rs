//! The demo through all layers: AOD, AAM, DCL, agents (SPEC K3).

use autonomos_actors::platform::shapes::PipelineView;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::auth::permission::{Admin, Member, Operator};
use crate::error::Answer;
use crate::http::extract::Params;
use crate::state::AppState;

/// With what.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Source {
    /// `crm`, `cloud`, `relational` or `document`; all unless said.
    pub source_type: Option<String>,
}

/// Connects the demo's systems, reads them, and follows their rows to views and findings.
#[utoipa::path(post, path = "/api/v1/demo/pipeline/end-to-end", operation_id = "demo_pipeline_start", tag = "demo",
    params(Source), responses((status = 202, body = PipelineView)))]
pub async fn start(
    State(app): State<AppState>,
    who: Operator,
    Params(source): Params<Source>,
) -> Answer<(StatusCode, Json<PipelineView>)> {
    let started = app.platform.start_demo(&who.scope, source.source_type.as_deref()).await?;
    Ok((StatusCode::ACCEPTED, Json(started)))
}

/// How far it is, stage by stage.
#[utoipa::path(get, path = "/api/v1/demo/pipeline/status", operation_id = "demo_pipeline_status", tag = "demo",
    responses((status = 200, body = PipelineView)))]
pub async fn status(State(app): State<AppState>, who: Member) -> Answer<Json<PipelineView>> {
    Ok(Json(app.platform.demo_status(&who.scope).await?))
}

/// Takes the demo's systems out again, with everything that was read of them.
#[utoipa::path(post, path = "/api/v1/demo/pipeline/reset", operation_id = "demo_pipeline_reset", tag = "demo",
    responses((status = 200, body = PipelineView)))]
pub async fn reset(State(app): State<AppState>, who: Admin) -> Answer<Json<PipelineView>> {
    Ok(Json(app.platform.reset_demo(&who.scope).await?))
}
