//! `GET /api/v1/files/{path}`: a file as it was put.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// Downloads a file.
#[utoipa::path(get, path = "/api/v1/files/{path}", operation_id = "get_file", tag = "files",
    params(("path" = String, Path, description = "Path beneath the tenant's folder")),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub async fn get(State(app): State<AppState>, who: Member, Path(path): Path<String>) -> Answer<Response> {
    let (file, bytes) = app.platform.get_file(&who.scope, &path).await?;
    let mut response = Body::from_stream(bytes).into_response();
    let headers = response.headers_mut();
    // Never shown by a browser, whatever is in it.
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.size));
    Ok(response)
}
