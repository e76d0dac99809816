//! What agents found, and what people say to it.

use autonomos_actors::platform::shapes::FindingView;
use autonomos_runtime::Error;
use autonomos_runtime::ids::FindingId;
use autonomos_runtime::store::Page;
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;

use crate::auth::permission::{Member, Operator};
use crate::error::Answer;
use crate::http::extract::{Body, Id, Items, Params};
use crate::state::AppState;

/// Which findings.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// `open`, `accepted`, `dismissed`, `resolved`.
    pub state: Option<String>,
    /// Of one agent.
    pub agent: Option<String>,
    /// At most so many.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Which {
    fn listing(&self) -> Result<autonomos_actors::platform::Listing, Error> {
        let page = Page::asked(self.limit, self.cursor.as_deref())?;
        Ok(autonomos_actors::platform::Listing { state: self.state.clone(), connection: None, page })
    }
}

/// What somebody says to a finding.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingPatch {
    /// `accepted`, `dismissed` or `open` again.
    pub state: String,
}

/// Findings, newest first.
#[utoipa::path(get, path = "/api/v1/findings", operation_id = "list_findings", tag = "agents", params(Which),
    responses((status = 200, body = Items<FindingView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Member,
    Params(which): Params<Which>,
) -> Answer<Json<Items<FindingView>>> {
    let page = app.platform.findings(&who.scope, which.agent.as_deref(), which.listing()?).await?;
    Ok(Json(page.into()))
}

/// Findings of one agent, newest first.
#[utoipa::path(get, path = "/api/v1/dcl/agents/{id}/results", operation_id = "agent_results", tag = "agents",
    params(("id" = String, Path, description = "Name of the agent"), Which),
    responses((status = 200, body = Items<FindingView>)))]
pub async fn results(
    State(app): State<AppState>,
    who: Member,
    Path(agent): Path<String>,
    Params(which): Params<Which>,
) -> Answer<Json<Items<FindingView>>> {
    Ok(Json(app.platform.findings(&who.scope, Some(&agent), which.listing()?).await?.into()))
}

/// Accepts or dismisses a finding.
#[utoipa::path(patch, path = "/api/v1/findings/{id}", operation_id = "decide_finding", tag = "agents",
    request_body = FindingPatch, responses((status = 200, body = FindingView)))]
pub async fn decide(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<FindingId>,
    Body(said): Body<FindingPatch>,
) -> Answer<Json<FindingView>> {
    Ok(Json(app.platform.decide_finding(&who.scope, id, &said.state).await?))
}
