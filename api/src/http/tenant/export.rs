//! `POST /api/v1/admin/tenant/export`: everything of the tenant into one archive, as a task whose result names it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::http::extract::Asked;
use crate::state::AppState;

/// Writes the whole tenant out.
#[utoipa::path(post, path = "/api/v1/admin/tenant/export", operation_id = "export_tenant", tag = "tenant",
    responses((status = 202, body = Asked)))]
pub async fn export(State(app): State<AppState>, who: Admin) -> Answer<(StatusCode, Json<Asked>)> {
    let task_id = app.platform.export_tenant(&who.scope).await?;
    Ok((StatusCode::ACCEPTED, Json(Asked { task_id })))
}
