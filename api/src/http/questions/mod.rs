//! `/api/v1/dcl/questions`: questions to views that people saved (SPEC F6).

use autonomos_actors::platform::shapes::{NewQuestion, QuestionPatch, QuestionView, TableAnswer};
use autonomos_runtime::ids::QuestionId;
use autonomos_runtime::store::Page;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use crate::auth::permission::{Member, Operator};
use crate::error::Answer;
use crate::http::dcl::sql::table;
use crate::http::extract::{Body, Id, Items, Params, if_match};
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

/// Saves a question, in SQL or without.
#[utoipa::path(post, path = "/api/v1/dcl/questions", operation_id = "create_question", tag = "questions",
    request_body = NewQuestion, responses((status = 201, body = QuestionView)))]
pub async fn create(
    State(app): State<AppState>,
    who: Operator,
    Body(new): Body<NewQuestion>,
) -> Answer<(StatusCode, Json<QuestionView>)> {
    Ok((StatusCode::CREATED, Json(app.platform.create_question(&who.scope, new).await?)))
}

/// Saved questions, newest first.
#[utoipa::path(get, path = "/api/v1/dcl/questions", operation_id = "list_questions", tag = "questions", params(Part),
    responses((status = 200, body = Items<QuestionView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Member,
    Params(part): Params<Part>,
) -> Answer<Json<Items<QuestionView>>> {
    let page = Page::asked(part.limit, part.cursor.as_deref())?;
    Ok(Json(app.platform.questions(&who.scope, &page).await?.into()))
}

/// One question.
#[utoipa::path(get, path = "/api/v1/dcl/questions/{id}", operation_id = "get_question", tag = "questions",
    responses((status = 200, body = QuestionView)))]
pub async fn get(State(app): State<AppState>, who: Member, Id(id): Id<QuestionId>) -> Answer<Json<QuestionView>> {
    Ok(Json(app.platform.question(&who.scope, id).await?))
}

/// Changes one.
#[utoipa::path(patch, path = "/api/v1/dcl/questions/{id}", operation_id = "update_question", tag = "questions",
    params(("If-Match" = Option<String>, Header, description = "Version of the question that was looked at")),
    request_body = QuestionPatch, responses((status = 200, body = QuestionView)))]
pub async fn update(
    State(app): State<AppState>,
    who: Operator,
    headers: HeaderMap,
    Id(id): Id<QuestionId>,
    Body(patch): Body<QuestionPatch>,
) -> Answer<Json<QuestionView>> {
    Ok(Json(app.platform.update_question(&who.scope, id, if_match(&headers)?, patch).await?))
}

/// Deletes one.
#[utoipa::path(delete, path = "/api/v1/dcl/questions/{id}", operation_id = "delete_question", tag = "questions",
    responses((status = 204)))]
pub async fn delete(State(app): State<AppState>, who: Operator, Id(id): Id<QuestionId>) -> Answer<StatusCode> {
    app.platform.delete_question(&who.scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks it now.
#[utoipa::path(post, path = "/api/v1/dcl/questions/{id}/run", operation_id = "run_question", tag = "questions",
    responses((status = 200, body = TableAnswer)))]
pub async fn run(State(app): State<AppState>, who: Member, Id(id): Id<QuestionId>) -> Answer<Response> {
    Ok(table(app.platform.run_question(&who.scope, id).await?))
}
