//! `POST /api/v1/operator/tenants/{id}/export`: everything of a tenant into one archive.

use autonomos_runtime::ids::TenantId;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::operator::Operating;
use crate::error::Answer;
use crate::http::extract::{Asked, Id};
use crate::state::AppState;

/// Writes a whole tenant out; its admins download it.
#[utoipa::path(post, path = "/api/v1/operator/tenants/{id}/export", operation_id = "operator_export_tenant", tag = "operator",
    responses((status = 202, body = Asked)))]
pub async fn export(
    State(app): State<AppState>,
    by: Operating,
    Id(id): Id<TenantId>,
) -> Answer<(StatusCode, Json<Asked>)> {
    let task_id = app.platform.export_tenant(&by.on(id)).await?;
    Ok((StatusCode::ACCEPTED, Json(Asked { task_id })))
}
