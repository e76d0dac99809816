//! `GET /api/v1/admin/feature-flags` and `POST .../toggle`: switches of the tenant.

use autonomos_actors::platform::shapes::{FlagView, ToggleFlag};
use axum::Json;
use axum::extract::State;

use crate::auth::permission::{Admin, Member};
use crate::error::Answer;
use crate::http::extract::{Body, Items};
use crate::state::AppState;

/// Every flag and how it stands.
#[utoipa::path(get, path = "/api/v1/admin/feature-flags", operation_id = "list_feature_flags", tag = "admin",
    responses((status = 200, body = Items<FlagView>)))]
pub async fn list(State(app): State<AppState>, who: Member) -> Answer<Json<Items<FlagView>>> {
    Ok(Json(app.platform.flags(&who.scope).await?.into()))
}

/// Turns one; parts that ask it see it the next time they look, and whoever watches is told `flag.changed`.
#[utoipa::path(post, path = "/api/v1/admin/feature-flags/toggle", operation_id = "toggle_feature_flag", tag = "admin",
    request_body = ToggleFlag, responses((status = 200, body = FlagView)))]
pub async fn toggle(State(app): State<AppState>, who: Admin, Body(asked): Body<ToggleFlag>) -> Answer<Json<FlagView>> {
    Ok(Json(app.platform.toggle_flag(&who.scope, &asked).await?))
}
