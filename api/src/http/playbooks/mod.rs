//! `/api/v1/playbooks` and `/api/v1/playbook-runs`: named sequences of tasks, and what became of them (SPEC G5).

use autonomos_actors::platform::playbooks::{NewPlaybook, PlaybookRunView, PlaybookView, SetPlaybook};
use autonomos_runtime::ids::{PlaybookId, PlaybookRunId};
use autonomos_runtime::store::Page;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::auth::permission::{Member, Operator};
use crate::error::Answer;
use crate::http::extract::{Body, Id, Items, Params, if_match};
use crate::http::schedules::Part;
use crate::state::AppState;

/// Which runs.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only those of the playbook of this name.
    pub playbook: Option<String>,
    /// At most so many; 100 unless said, 1000 at most.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Keeps a playbook; one that cannot be meant is refused with the place in it.
#[utoipa::path(post, path = "/api/v1/playbooks", operation_id = "create_playbook", tag = "playbooks",
    request_body = NewPlaybook, responses((status = 201, body = PlaybookView)))]
pub async fn create(
    State(app): State<AppState>,
    who: Operator,
    Body(new): Body<NewPlaybook>,
) -> Answer<(StatusCode, Json<PlaybookView>)> {
    Ok((StatusCode::CREATED, Json(app.platform.create_playbook(&who.scope, &new).await?)))
}

/// Playbooks, newest first.
#[utoipa::path(get, path = "/api/v1/playbooks", operation_id = "list_playbooks", tag = "playbooks", params(Part),
    responses((status = 200, body = Items<PlaybookView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Member,
    Params(part): Params<Part>,
) -> Answer<Json<Items<PlaybookView>>> {
    let page = Page::asked(part.limit, part.cursor.as_deref())?;
    Ok(Json(app.platform.playbooks(&who.scope, &page).await?.into()))
}

/// One playbook.
#[utoipa::path(get, path = "/api/v1/playbooks/{id}", operation_id = "get_playbook", tag = "playbooks",
    responses((status = 200, body = PlaybookView)))]
pub async fn get(State(app): State<AppState>, who: Member, Id(id): Id<PlaybookId>) -> Answer<Json<PlaybookView>> {
    Ok(Json(app.platform.playbook(&who.scope, id).await?))
}

/// Writes one anew. Runs under way go on as they began.
#[utoipa::path(put, path = "/api/v1/playbooks/{id}", operation_id = "put_playbook", tag = "playbooks",
    params(("If-Match" = Option<String>, Header, description = "Version of the playbook that was looked at")),
    request_body = SetPlaybook, responses((status = 200, body = PlaybookView)))]
pub async fn put(
    State(app): State<AppState>,
    who: Operator,
    headers: HeaderMap,
    Id(id): Id<PlaybookId>,
    Body(asked): Body<SetPlaybook>,
) -> Answer<Json<PlaybookView>> {
    Ok(Json(app.platform.set_playbook(&who.scope, id, if_match(&headers)?, &asked).await?))
}

/// Deletes one; runs under way go on.
#[utoipa::path(delete, path = "/api/v1/playbooks/{id}", operation_id = "delete_playbook", tag = "playbooks",
    responses((status = 204)))]
pub async fn delete(State(app): State<AppState>, who: Operator, Id(id): Id<PlaybookId>) -> Answer<StatusCode> {
    app.platform.delete_playbook(&who.scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins a run.
#[utoipa::path(post, path = "/api/v1/playbooks/{id}/run", operation_id = "run_playbook", tag = "playbooks",
    responses((status = 202, body = PlaybookRunView)))]
pub async fn run(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<PlaybookId>,
) -> Answer<(StatusCode, Json<PlaybookRunView>)> {
    Ok((StatusCode::ACCEPTED, Json(app.platform.run_playbook(&who.scope, id).await?)))
}

/// Runs, newest first, without their steps.
#[utoipa::path(get, path = "/api/v1/playbook-runs", operation_id = "list_playbook_runs", tag = "playbooks",
    params(Which), responses((status = 200, body = Items<PlaybookRunView>)))]
pub async fn runs(
    State(app): State<AppState>,
    who: Member,
    Params(which): Params<Which>,
) -> Answer<Json<Items<PlaybookRunView>>> {
    let page = Page::asked(which.limit, which.cursor.as_deref())?;
    Ok(Json(app.platform.playbook_runs(&who.scope, which.playbook.as_deref(), &page).await?.into()))
}

/// One run, step by step.
#[utoipa::path(get, path = "/api/v1/playbook-runs/{id}", operation_id = "get_playbook_run", tag = "playbooks",
    responses((status = 200, body = PlaybookRunView)))]
pub async fn get_run(
    State(app): State<AppState>,
    who: Member,
    Id(id): Id<PlaybookRunId>,
) -> Answer<Json<PlaybookRunView>> {
    Ok(Json(app.platform.playbook_run(&who.scope, id).await?))
}

/// Calls a run off, and the tasks of its steps that are not over.
#[utoipa::path(delete, path = "/api/v1/playbook-runs/{id}", operation_id = "cancel_playbook_run", tag = "playbooks",
    responses((status = 200, body = PlaybookRunView)))]
pub async fn cancel(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<PlaybookRunId>,
) -> Answer<Json<PlaybookRunView>> {
    Ok(Json(app.platform.cancel_playbook_run(&who.scope, id).await?))
}
