//! `GET /api/v1/reviews`: what waits for somebody.

use crate::http::extract::{Items, List, Params};
use autonomos_actors::platform::shapes::ReviewView;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// Questions to humans, newest first.
#[utoipa::path(get, path = "/api/v1/reviews", operation_id = "list_reviews", tag = "reviews", params(List), responses((status = 200, body = Items<ReviewView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Member,
    Params(list): Params<List>,
) -> Answer<Json<Items<ReviewView>>> {
    Ok(Json(app.platform.reviews(&who.scope, list.listing()?).await?.into()))
}
