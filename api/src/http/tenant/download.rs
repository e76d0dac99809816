//! `GET /api/v1/admin/tenant/exports/{id}`: an archive, by the task that made it.

use autonomos_runtime::Kind;
use autonomos_runtime::ids::TaskId;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::auth::permission::Admin;
use crate::error::{self, Answer};
use crate::http::extract::Id;
use crate::state::AppState;

/// Downloads an archive.
#[utoipa::path(get, path = "/api/v1/admin/tenant/exports/{id}", operation_id = "download_export", tag = "tenant",
    responses((status = 200, content_type = "application/x-tar", body = Vec<u8>)))]
pub async fn download(State(app): State<AppState>, who: Admin, Id(id): Id<TaskId>) -> Answer<Response> {
    let absent = |e: autonomos_runtime::Error| if e.kind == Kind::NotFound { error::absent() } else { e };
    let (size, bytes) = app.platform.exported(&who.scope, id).await.map_err(absent)?;
    let headers = [
        (header::CONTENT_TYPE, "application/x-tar".to_owned()),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.tar\"")),
    ];
    Ok((headers, Body::from_stream(bytes)).into_response())
}
