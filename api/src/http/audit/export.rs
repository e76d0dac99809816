//! `GET /api/v1/audit/export`: the whole chain as JSON lines, oldest first, so that it can be kept and checked elsewhere.
//! Read in pages, each a transaction of its own: an export that nobody reads on holds nothing up. What is appended while
//! it runs is in it; what was exported before is asked for with `after` next time.

use autonomos_runtime::Scope;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use serde::Deserialize;

use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::http::extract::Params;
use crate::state::AppState;

/// Entries read at a time.
const PAGE: u32 = 1000;

/// From where.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct From {
    /// The last `seq` that is known already; 0 or nothing is all.
    #[serde(default)]
    pub after: i64,
}

/// The chain as JSON lines.
#[utoipa::path(get, path = "/api/v1/audit/export", operation_id = "export_audit", tag = "audit", params(From),
    responses((status = 200, body = String, content_type = "application/jsonl")))]
pub async fn export(State(app): State<AppState>, who: Admin, Params(asked): Params<From>) -> Answer<Response> {
    // The first page is read before the answer begins, so that a failure is a problem document and not a cut stream.
    let first = page(&app, &who.scope, asked.after).await?;
    let rest = stream::unfold((app, who.scope, first), |(app, scope, page)| async move {
        let (lines, last) = page?;
        let next = match page_after(&app, &scope, last).await {
            Ok(next) => next,
            Err(error) => return Some((Err(error), (app, scope, None))),
        };
        Some((Ok(lines), (app, scope, next)))
    });
    let mut response = Body::from_stream(rest).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jsonl"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.jsonl\""));
    Ok(response)
}

/// Lines and the last number in them; none at the end.
type Page = Option<(Bytes, i64)>;

async fn page(app: &AppState, scope: &Scope, after: i64) -> autonomos_runtime::Result<Page> {
    let entries = app.store.read(scope).await?.audit_chain(after, PAGE).await?;
    let Some(last) = entries.last().map(|entry| entry.seq) else { return Ok(None) };
    let mut lines = Vec::with_capacity(entries.len() * 512);
    for entry in &entries {
        serde_json::to_writer(&mut lines, entry).map_err(|e| {
            autonomos_runtime::Error::internal("audit.export", "an entry could not be written").source(e)
        })?;
        lines.push(b'\n');
    }
    Ok(Some((lines.into(), last)))
}

async fn page_after(app: &AppState, scope: &Scope, last: i64) -> Result<Page, std::io::Error> {
    page(app, scope, last).await.map_err(|error| {
        tracing::error!("an export of the audit broke off: {}", error.chain());
        std::io::Error::other("the export broke off")
    })
}
