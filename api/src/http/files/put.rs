//! `PUT /api/v1/files/{path}`: a raw body, streamed to disk, never held in memory. The file that was there stays until
//! the new one is whole.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use autonomos_actors::platform::shapes::FileView;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::{StreamExt, TryStreamExt, stream};

use crate::auth::permission::Operator;
use crate::error::{self, Answer};
use crate::gateway::limits::{self, Pace};
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
    let ambient = app.ambient.clone();
    let pace = Pace::new(limits::body_time(&app.config), ambient.elapsed());
    let stood_still = Arc::new(AtomicBool::new(false));
    let told = stood_still.clone();
    let moving = stream::unfold(Some((chunks, 0_u64, pace)), move |state| {
        let (ambient, told) = (ambient.clone(), told.clone());
        async move {
            let (mut chunks, mut so_far, mut pace) = state?;
            let next = tokio::time::timeout(pace.left(ambient.elapsed()), chunks.next()).await;
            let item = match next {
                Ok(item) => item?,
                Err(_) => Err(ErrorKind::TimedOut.into()),
            };
            let item = item.and_then(|chunk: Bytes| {
                so_far += chunk.len() as u64;
                if so_far > limits::UPLOAD {
                    return Err(ErrorKind::FileTooLarge.into());
                }
                if pace.came(chunk.len() as u64, ambient.elapsed()) {
                    Ok(chunk)
                } else {
                    Err(ErrorKind::TimedOut.into())
                }
            });
            if item.as_ref().is_err_and(|e| e.kind() == ErrorKind::TimedOut) {
                told.store(true, Ordering::Release);
            }
            let goes_on = item.is_ok();
            Some((item, goes_on.then_some((chunks, so_far, pace))))
        }
    });
    let put = app.platform.put_file(&who.scope, &path, moving.boxed()).await;
    let file = put.map_err(|e| if stood_still.load(Ordering::Acquire) { error::slow_body() } else { e })?;
    Ok((StatusCode::CREATED, Json(file)))
}
