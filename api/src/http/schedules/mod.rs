//! `/api/v1/schedules`: what sets off work by itself (SPEC G4).

use autonomos_actors::platform::schedules::{NewSchedule, SchedulePatch, ScheduleView};
use autonomos_runtime::ids::ScheduleId;
use autonomos_runtime::store::Page;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::auth::permission::{Member, Operator};
use crate::error::Answer;
use crate::http::extract::{Asked, Body, Id, Items, Params, if_match};
use crate::state::AppState;

/// Which part of a list.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// At most so many; 100 unless said, 1000 at most.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Makes a schedule. A time that never comes, and work that cannot be meant, are refused.
#[utoipa::path(post, path = "/api/v1/schedules", operation_id = "create_schedule", tag = "schedules",
    request_body = NewSchedule, responses((status = 201, body = ScheduleView)))]
pub async fn create(
    State(app): State<AppState>,
    who: Operator,
    Body(new): Body<NewSchedule>,
) -> Answer<(StatusCode, Json<ScheduleView>)> {
    Ok((StatusCode::CREATED, Json(app.platform.create_schedule(&who.scope, &new).await?)))
}

/// Schedules with the times to come, newest first.
#[utoipa::path(get, path = "/api/v1/schedules", operation_id = "list_schedules", tag = "schedules", params(Part),
    responses((status = 200, body = Items<ScheduleView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Member,
    Params(part): Params<Part>,
) -> Answer<Json<Items<ScheduleView>>> {
    let page = Page::asked(part.limit, part.cursor.as_deref())?;
    Ok(Json(app.platform.schedules(&who.scope, &page).await?.into()))
}

/// One schedule.
#[utoipa::path(get, path = "/api/v1/schedules/{id}", operation_id = "get_schedule", tag = "schedules",
    responses((status = 200, body = ScheduleView)))]
pub async fn get(State(app): State<AppState>, who: Member, Id(id): Id<ScheduleId>) -> Answer<Json<ScheduleView>> {
    Ok(Json(app.platform.schedule(&who.scope, id).await?))
}

/// Changes, pauses or resumes one. Its times are counted anew from now.
#[utoipa::path(patch, path = "/api/v1/schedules/{id}", operation_id = "update_schedule", tag = "schedules",
    params(("If-Match" = Option<String>, Header, description = "Version of the schedule that was looked at")),
    request_body = SchedulePatch, responses((status = 200, body = ScheduleView)))]
pub async fn update(
    State(app): State<AppState>,
    who: Operator,
    headers: HeaderMap,
    Id(id): Id<ScheduleId>,
    Body(patch): Body<SchedulePatch>,
) -> Answer<Json<ScheduleView>> {
    Ok(Json(app.platform.update_schedule(&who.scope, id, if_match(&headers)?, patch).await?))
}

/// Deletes one; what it has set off goes on.
#[utoipa::path(delete, path = "/api/v1/schedules/{id}", operation_id = "delete_schedule", tag = "schedules",
    responses((status = 204)))]
pub async fn delete(State(app): State<AppState>, who: Operator, Id(id): Id<ScheduleId>) -> Answer<StatusCode> {
    app.platform.delete_schedule(&who.scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Does now what it does; its own times stay.
#[utoipa::path(post, path = "/api/v1/schedules/{id}/run", operation_id = "run_schedule", tag = "schedules",
    responses((status = 202, body = Asked)))]
pub async fn run(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ScheduleId>,
) -> Answer<(StatusCode, Json<Asked>)> {
    let task_id = app.platform.run_schedule(&who.scope, id).await?;
    Ok((StatusCode::ACCEPTED, Json(Asked { task_id })))
}
