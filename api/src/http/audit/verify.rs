//! `GET /api/v1/audit/verify`: walks the chain. An entry that was edited, a gap and a tail that was cut off show; the head
//! is what somebody outside may write down to notice that everything was written anew.

use autonomos_runtime::store::{AuditFilter, Page};
use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::state::AppState;

/// How the chain is.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Chain {
    /// Whether every entry fits the one before, and none is missing.
    intact: bool,
    /// The first number that does not fit.
    first_break: Option<i64>,
    /// The last number.
    head: i64,
    /// Its hash.
    head_hash: Option<String>,
}

/// Checks the chain.
#[utoipa::path(get, path = "/api/v1/audit/verify", operation_id = "verify_audit", tag = "audit",
    responses((status = 200, body = Chain)))]
pub async fn verify(State(app): State<AppState>, who: Admin) -> Answer<Json<Chain>> {
    let mut tx = app.store.read(&who.scope).await?;
    let first_break = tx.verify_audit().await?;
    let last = tx.audit(&AuditFilter::default(), &Page::first(1)).await?.items.pop();
    if first_break.is_some() {
        tracing::error!(tenant = %who.scope.tenant(), first_break, "the audit's chain is broken");
    }
    Ok(Json(Chain {
        intact: first_break.is_none(),
        first_break,
        head: last.as_ref().map_or(0, |entry| entry.seq),
        head_hash: last.map(|entry| entry.hash),
    }))
}
