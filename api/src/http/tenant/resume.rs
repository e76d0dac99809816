//! `POST /api/v1/admin/tenant/resume`: starts the caller's tenant that was suspended, or whose actors were stopped on this
//! node because they failed too often or lost its ownership. One that runs is left alone.

use axum::Json;
use axum::extract::State;

use crate::auth::permission::Keeper;
use crate::auth::token::Ended;
use crate::error::Answer;
use crate::http::system::cluster::{PlaceView, place};
use crate::state::AppState;

/// Starts a suspended tenant.
#[utoipa::path(post, path = "/api/v1/admin/tenant/resume", operation_id = "resume_tenant", tag = "tenant",
    responses((status = 200, body = PlaceView)))]
pub async fn resume(State(app): State<AppState>, who: Keeper) -> Answer<Json<PlaceView>> {
    app.platform.resume_tenant(&who.scope).await?;
    app.tokens.look_again(Ended::Tenant(who.scope.tenant()));
    Ok(Json(place(&app, &who.scope).await?))
}
