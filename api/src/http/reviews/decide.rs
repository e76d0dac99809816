//! `POST /api/v1/reviews/{id}/decide`: an answer, given to the version that was looked at. Without `If-Match` it is 428,
//! with an older version 412, and 409 when somebody decided already.

use autonomos_actors::platform::shapes::{Decision, ReviewView, Verdict};
use autonomos_runtime::Error;
use autonomos_runtime::ids::ReviewId;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::http::extract::{Body, Id, if_match};
use crate::state::AppState;

/// Approves, rejects or edits a proposal.
#[utoipa::path(post, path = "/api/v1/reviews/{id}/decide", operation_id = "decide_review", tag = "reviews",
    params(("If-Match" = String, Header, description = "Version of the review that was looked at")),
    request_body = Decision, responses((status = 200, body = ReviewView)))]
pub async fn decide(
    State(app): State<AppState>,
    who: Operator,
    Id(id): Id<ReviewId>,
    headers: HeaderMap,
    Body(decision): Body<Decision>,
) -> Answer<Json<ReviewView>> {
    let version = if_match(&headers)?.ok_or_else(|| {
        Error::invalid("request.if_match_required", "say which version of the review you looked at")
            .field("If-Match")
            .remedy("Send If-Match with the review's version.")
    })?;
    match (decision.decision, &decision.edit) {
        (Verdict::Edit, None) => {
            return Err(Error::invalid("review.edit_missing", "an edit needs what to do instead")
                .field("/edit")
                .remedy("Send edit in the shape of the review's proposal.")
                .into());
        }
        (Verdict::Approve | Verdict::Reject, Some(_)) => {
            return Err(Error::invalid("review.edit_unexpected", "only the decision edit takes an edit")
                .field("/edit")
                .remedy("Leave edit out, or decide edit.")
                .into());
        }
        _ => {}
    }
    Ok(Json(app.platform.decide_review(&who.scope, id, version, decision).await?))
}
