//! `DELETE /api/v1/files/{path}`: takes a file out of the tenant's folder.

use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::state::AppState;

/// Deletes a file. Rows that were read from it stay.
#[utoipa::path(delete, path = "/api/v1/files/{path}", operation_id = "delete_file", tag = "files",
    params(("path" = String, Path, description = "Path beneath the tenant's folder")),
    responses((status = 204, description = "It is gone")))]
pub async fn delete(State(app): State<AppState>, who: Operator, Path(path): Path<String>) -> Answer<StatusCode> {
    app.platform.delete_file(&who.scope, &path).await?;
    Ok(StatusCode::NO_CONTENT)
}
