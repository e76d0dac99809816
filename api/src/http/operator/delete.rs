//! `DELETE /api/v1/operator/tenants/{id}`: a tenant and everything of it goes, confirmed by its name and version.

use autonomos_runtime::ids::TenantId;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::auth::operator::Operating;
use crate::auth::token::Ended;
use crate::error::Answer;
use crate::http::extract::{Body, Id};
use crate::http::tenant::{Farewell, looked_at};
use crate::state::AppState;

/// Deletes a tenant with everything of it.
#[utoipa::path(delete, path = "/api/v1/operator/tenants/{id}", operation_id = "operator_delete_tenant", tag = "operator",
    params(("If-Match" = String, Header, description = "Version of the tenant that was looked at")),
    request_body = Farewell,
    responses((status = 202, description = "It is going")))]
pub async fn delete(
    State(app): State<AppState>,
    by: Operating,
    Id(id): Id<TenantId>,
    headers: HeaderMap,
    Body(asked): Body<Farewell>,
) -> Answer<StatusCode> {
    app.platform.delete_tenant(&by.on(id), looked_at(&headers)?, &asked.name).await?;
    app.tokens.forget(Ended::Tenant(id));
    app.erase.notify_one();
    Ok(StatusCode::ACCEPTED)
}
