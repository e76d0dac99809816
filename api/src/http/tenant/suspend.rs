//! `POST /api/v1/admin/tenant/suspend`: nothing runs for the tenant any more, and its people may only look.

use autonomos_actors::platform::shapes::TenantView;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Keeper;
use crate::auth::token::Ended;
use crate::error::Answer;
use crate::state::AppState;

/// Suspends the tenant until an admin resumes it.
#[utoipa::path(post, path = "/api/v1/admin/tenant/suspend", operation_id = "suspend_tenant", tag = "tenant",
    responses((status = 200, body = TenantView)))]
pub async fn suspend(State(app): State<AppState>, who: Keeper) -> Answer<Json<TenantView>> {
    let suspended = app.platform.suspend_tenant(&who.scope).await?;
    app.tokens.look_again(Ended::Tenant(who.scope.tenant()));
    Ok(Json(suspended))
}
