//! `/api/v1/bulk-mappings`: what the fields of many objects are held to be, as a job (SPEC G4).

use autonomos_actors::platform::bulk_mappings::{BulkMappingView, BulkObjectView, NewBulkMapping};
use autonomos_runtime::ids::TaskId;
use autonomos_runtime::store::Page;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::permission::{Member, Operator};
use crate::error::Answer;
use crate::http::extract::{Body, Id, Items, List, Params};
use crate::http::schedules::Part;
use crate::state::AppState;

/// Asks for a job over connections, or over objects as they are described.
#[utoipa::path(post, path = "/api/v1/bulk-mappings", operation_id = "create_bulk_mapping", tag = "bulk mappings",
    request_body = NewBulkMapping, responses((status = 202, body = BulkMappingView)))]
pub async fn create(
    State(app): State<AppState>,
    who: Operator,
    Body(new): Body<NewBulkMapping>,
) -> Answer<(StatusCode, Json<BulkMappingView>)> {
    Ok((StatusCode::ACCEPTED, Json(app.platform.create_bulk_mapping(&who.scope, &new).await?)))
}

/// Jobs, newest first.
#[utoipa::path(get, path = "/api/v1/bulk-mappings", operation_id = "list_bulk_mappings", tag = "bulk mappings",
    params(List), responses((status = 200, body = Items<BulkMappingView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Member,
    Params(list): Params<List>,
) -> Answer<Json<Items<BulkMappingView>>> {
    Ok(Json(app.platform.bulk_mappings(&who.scope, list.listing()?).await?.into()))
}

/// One job and how far it is.
#[utoipa::path(get, path = "/api/v1/bulk-mappings/{id}", operation_id = "get_bulk_mapping", tag = "bulk mappings",
    responses((status = 200, body = BulkMappingView)))]
pub async fn get(State(app): State<AppState>, who: Member, Id(id): Id<TaskId>) -> Answer<Json<BulkMappingView>> {
    Ok(Json(app.platform.bulk_mapping(&who.scope, id).await?))
}

/// What each object's fields are held to be, in the order they were given; what is not done has none yet.
#[utoipa::path(get, path = "/api/v1/bulk-mappings/{id}/results", operation_id = "get_bulk_mapping_results",
    tag = "bulk mappings", params(Part), responses((status = 200, body = Items<BulkObjectView>)))]
pub async fn results(
    State(app): State<AppState>,
    who: Member,
    Id(id): Id<TaskId>,
    Params(part): Params<Part>,
) -> Answer<Json<Items<BulkObjectView>>> {
    let page = Page::asked(part.limit, part.cursor.as_deref())?;
    Ok(Json(app.platform.bulk_mapping_results(&who.scope, id, &page).await?.into()))
}

/// Calls a job off; what is done stays.
#[utoipa::path(delete, path = "/api/v1/bulk-mappings/{id}", operation_id = "cancel_bulk_mapping",
    tag = "bulk mappings", responses((status = 200, body = BulkMappingView)))]
pub async fn cancel(State(app): State<AppState>, who: Operator, Id(id): Id<TaskId>) -> Answer<Json<BulkMappingView>> {
    Ok(Json(app.platform.cancel_bulk_mapping(&who.scope, id).await?))
}
