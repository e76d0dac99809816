//! `POST /api/v1/dcl/query`: a question to a view without SQL (SPEC F6).

use autonomos_actors::platform::shapes::{StructuredQuery, TableAnswer};
use axum::extract::State;
use axum::response::Response;

use super::sql::table;
use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::Body;
use crate::state::AppState;

/// Groups, counts and sums of a view's rows, or some of its fields as a table.
#[utoipa::path(post, path = "/api/v1/dcl/query", operation_id = "query_structured", tag = "dcl",
    request_body = StructuredQuery, responses((status = 200, body = TableAnswer)))]
pub async fn query(State(app): State<AppState>, who: Member, Body(ask): Body<StructuredQuery>) -> Answer<Response> {
    Ok(table(app.platform.ask(&who.scope, &ask).await?))
}
