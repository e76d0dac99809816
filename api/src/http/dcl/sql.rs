//! `POST /api/v1/dcl/sql`: a query in SQL over the tenant's views (SPEC F6).

use autonomos_actors::platform::shapes::{SqlQuery, TableAnswer};
use axum::body::{Body as Content, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::Body;
use crate::state::AppState;

/// Runs one SELECT, read-only, in a process of its own with an end to its time, memory and rows. What is wrong with the
/// statement is told with its line and column.
#[utoipa::path(post, path = "/api/v1/dcl/sql", operation_id = "run_sql", tag = "dcl", request_body = SqlQuery,
    responses((status = 200, body = TableAnswer)))]
pub async fn sql(State(app): State<AppState>, who: Member, Body(ask): Body<SqlQuery>) -> Answer<Response> {
    Ok(table(app.platform.sql(&who.scope, &ask).await?))
}

/// Columns and rows, encoded already.
pub fn table(json: Bytes) -> Response {
    let mut response = Response::new(Content::from(json));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
