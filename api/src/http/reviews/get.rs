//! `GET /api/v1/reviews/{id}`: one question; its version is the ETag that a decision needs.

use autonomos_actors::platform::shapes::ReviewView;
use autonomos_runtime::ids::ReviewId;
use axum::Json;
use axum::extract::State;
use axum::http::header;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::Id;
use crate::state::AppState;

/// One question.
#[utoipa::path(get, path = "/api/v1/reviews/{id}", operation_id = "get_review", tag = "reviews",
    responses((status = 200, body = ReviewView)))]
pub async fn get(
    State(app): State<AppState>,
    who: Member,
    Id(id): Id<ReviewId>,
) -> Answer<([(header::HeaderName, String); 1], Json<ReviewView>)> {
    let review = app.platform.review(&who.scope, id).await?;
    Ok(([(header::ETAG, format!("\"{}\"", review.version))], Json(review)))
}
