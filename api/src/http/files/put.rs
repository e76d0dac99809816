//! `PUT /api/v1/files/{path}`: a raw body, streamed to disk, never held in memory. The file that was there stays until
//! the new one is whole.

use autonomos_actors::platform::shapes::FileView;
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::{StreamExt, TryStreamExt, stream};

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::gateway::limits;
use crate::state::AppState;

/// Uploads a file.
#[utoipa::path(put, path = "/api/v1/files/{path}", operation_id = "put_file", tag = "files",
    params(("path" = String, Path, description = "Path beneath the tenant's folder; slashes make folders")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = FileView)))]
pub async fn put(
    State(app): State<AppState>,
    who: Operator,
    Path(path): Path<String>,
    body: Body,
) -> Answer<(StatusCode, Json<FileView>)> {
    let chunks = body.into_data_stream().map_err(std::io::Error::other);
    // An upload may take as long as it moves.
    let moving = stream::unfold((chunks, 0_u64, false), |(mut chunks, so_far, done)| async move {
        if done {
            return None;
        }
        let next = tokio::time::timeout(limits::UPLOAD_PAUSE, chunks.next()).await;
        let (item, end) = match next {
            Ok(None) => return None,
            Ok(Some(Ok(chunk))) if so_far + chunk.len() as u64 > limits::UPLOAD => {
                (Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, "the upload is too large")), true)
            }
            Ok(Some(item)) => {
                let failed = item.is_err();
                (item, failed)
            }
            Err(_) => (Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "the upload stood still")), true),
        };
        let so_far = so_far + item.as_ref().map_or(0, |chunk| chunk.len() as u64);
        Some((item, (chunks, so_far, end)))
    });
    let file = app.platform.put_file(&who.scope, &path, moving.boxed()).await?;
    Ok((StatusCode::CREATED, Json(file)))
}
