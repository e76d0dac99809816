//! AOA: sources and agents as one orchestra (SPEC G5). Names are those that its users know.

use autonomos_actors::platform::shapes::{
    DiscoverAssets, Discovered, OrchestraView, PipelineView, RunOrchestra, ScanView,
};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::permission::{Admin, Member, Operator};
use crate::error::Answer;
use crate::http::extract::{Asked, Body, Params};
use crate::state::AppState;

/// How everything is.
#[utoipa::path(get, path = "/api/v1/aoa/state", operation_id = "aoa_state", tag = "aoa",
    responses((status = 200, body = OrchestraView)))]
pub async fn state(State(app): State<AppState>, who: Member) -> Answer<Json<OrchestraView>> {
    Ok(Json(app.platform.orchestra(&who.scope).await?))
}

/// Reads sources and lets agents look at what came of it; one run at a time.
#[utoipa::path(post, path = "/api/v1/aoa/run", operation_id = "aoa_run", tag = "aoa", params(RunOrchestra),
    responses((status = 202, body = PipelineView)))]
pub async fn run(
    State(app): State<AppState>,
    who: Operator,
    Params(asked): Params<RunOrchestra>,
) -> Answer<(StatusCode, Json<PipelineView>)> {
    Ok((StatusCode::ACCEPTED, Json(app.platform.run_orchestra(&who.scope, &asked).await?)))
}

/// Calls off and forgets the last run, and builds the views anew from the log.
#[utoipa::path(post, path = "/api/v1/aoa/reset", operation_id = "aoa_reset", tag = "aoa",
    responses((status = 202, body = Asked)))]
pub async fn reset(State(app): State<AppState>, who: Admin) -> Answer<(StatusCode, Json<Asked>)> {
    let task_id = app.platform.reset_orchestra(&who.scope).await?;
    Ok((StatusCode::ACCEPTED, Json(Asked { task_id })))
}

/// Finds what the words of a question name, among what is read or could be.
#[utoipa::path(post, path = "/api/v1/aoa/discover", operation_id = "aoa_discover", tag = "aoa",
    request_body = DiscoverAssets, responses((status = 200, body = Discovered)))]
pub async fn discover(
    State(app): State<AppState>,
    who: Member,
    Body(asked): Body<DiscoverAssets>,
) -> Answer<Json<Discovered>> {
    Ok(Json(app.platform.discover_assets(&who.scope, &asked).await?))
}

/// Asks the demo's systems what they offer.
#[utoipa::path(post, path = "/api/v1/aoa/demo-scan", operation_id = "aoa_demo_scan", tag = "aoa",
    responses((status = 200, body = ScanView)))]
pub async fn demo_scan(State(app): State<AppState>, who: Member) -> Answer<Json<ScanView>> {
    Ok(Json(app.platform.demo_scan(&who.scope).await?))
}
