//! `GET /api/v1/users`: who is in the tenant.

use autonomos_runtime::store::Page;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use super::UserView;
use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::http::extract::{Items, Params};
use crate::state::AppState;

/// Which part of the list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// At most so many; 100 unless said, 1000 at most.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// People, newest first.
#[utoipa::path(get, path = "/api/v1/users", operation_id = "list_users", tag = "users", params(Part),
    responses((status = 200, body = Items<UserView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Admin,
    Params(part): Params<Part>,
) -> Answer<Json<Items<UserView>>> {
    let page = Page::asked(part.limit, part.cursor.as_deref())?;
    let found = app.store.read(&who.scope).await?.users(&page).await?;
    Ok(Json(found.map(UserView::from).into()))
}
