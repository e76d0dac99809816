//! `POST /api/v1/operator/tenants/{id}/suspend`: nothing runs for it any more, until the operator resumes it.

use autonomos_actors::platform::shapes::TenantView;
use autonomos_runtime::ids::TenantId;
use axum::Json;
use axum::extract::State;

use crate::auth::operator::Operating;
use crate::auth::token::Ended;
use crate::error::Answer;
use crate::http::extract::Id;
use crate::state::AppState;

/// Suspends a tenant; its own admins cannot resume it.
#[utoipa::path(post, path = "/api/v1/operator/tenants/{id}/suspend", operation_id = "operator_suspend_tenant", tag = "operator",
    responses((status = 200, body = TenantView)))]
pub async fn suspend(State(app): State<AppState>, by: Operating, Id(id): Id<TenantId>) -> Answer<Json<TenantView>> {
    let scope = by.on(id);
    let tenant = app.platform.suspend_tenant(&scope).await?;
    app.tokens.look_again(Ended::Tenant(id));
    Ok(Json(tenant))
}
