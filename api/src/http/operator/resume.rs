//! `POST /api/v1/operator/tenants/{id}/resume`: it runs again.

use autonomos_actors::platform::shapes::TenantView;
use autonomos_runtime::ids::TenantId;
use axum::Json;
use axum::extract::State;

use crate::auth::operator::Operating;
use crate::auth::token::Ended;
use crate::error::Answer;
use crate::http::extract::Id;
use crate::state::AppState;

/// Resumes a tenant, whoever suspended it.
#[utoipa::path(post, path = "/api/v1/operator/tenants/{id}/resume", operation_id = "operator_resume_tenant", tag = "operator",
    responses((status = 200, body = TenantView)))]
pub async fn resume(State(app): State<AppState>, by: Operating, Id(id): Id<TenantId>) -> Answer<Json<TenantView>> {
    let scope = by.on(id);
    app.platform.resume_tenant(&scope).await?;
    let tenant = app.platform.tenant(&scope).await?;
    app.tokens.look_again(Ended::Tenant(id));
    Ok(Json(tenant))
}
