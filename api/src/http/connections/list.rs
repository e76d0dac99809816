//! `GET /api/v1/aam/connections`: what is connected.

use crate::http::extract::{Items, List, Params};
use autonomos_actors::platform::shapes::ConnectionView;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// Connections, newest first.
#[utoipa::path(get, path = "/api/v1/aam/connections", operation_id = "list_connections", tag = "connections", params(List), responses((status = 200, body = Items<ConnectionView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Member,
    Params(list): Params<List>,
) -> Answer<Json<Items<ConnectionView>>> {
    let page = app.platform.connections(&who.scope, list.listing()?).await?;
    Ok(Json(page.into()))
}
