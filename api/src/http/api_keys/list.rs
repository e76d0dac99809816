//! `GET /api/v1/api-keys`: one's own keys; an admin sees everybody's.

use autonomos_runtime::store::{Page, Role};
use axum::Json;
use axum::extract::State;

use super::ApiKeyView;
use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::http::extract::{Items, Params};
use crate::http::users::list::Part;
use crate::state::AppState;

/// Keys, newest first, those that ended as well.
#[utoipa::path(get, path = "/api/v1/api-keys", operation_id = "list_api_keys", tag = "api keys", params(Part),
    responses((status = 200, body = Items<ApiKeyView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Operator,
    Params(part): Params<Part>,
) -> Answer<Json<Items<ApiKeyView>>> {
    let page = Page::asked(part.limit, part.cursor.as_deref())?;
    let owner = (who.caller.role < Role::Admin).then_some(who.caller.user);
    let found = app.store.read(&who.scope).await?.api_keys(owner, &page).await?;
    Ok(Json(found.map(|key| ApiKeyView::of(key, &app.key_uses)).into()))
}
