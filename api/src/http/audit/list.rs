//! `GET /api/v1/audit`: searched, newest first.

use autonomos_runtime::store::{AuditEntry, AuditFilter, Page};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::http::extract::{Items, Params};
use crate::state::AppState;

/// Which entries; what is not said is not asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// By whom: `user:…`, `api_key:…`, `system:…`.
    pub actor: Option<String>,
    /// What: `connection.create`, or `connection.` for everything done to connections.
    pub action: Option<String>,
    /// To what: `connection/0192…`, or `connection/` for all of them.
    pub subject: Option<String>,
    /// Not before.
    pub since: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// Somewhere in action, subject, before or after, in capitals or not.
    pub text: Option<String>,
    /// At most so many; 100 unless said, 1000 at most.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One change.
#[derive(Serialize, utoipa::ToSchema)]
pub struct AuditView {
    /// Gapless from 1.
    seq: i64,
    /// When.
    at: DateTime<Utc>,
    /// By whom.
    actor: String,
    /// The request.
    trace_id: String,
    /// What was done.
    action: String,
    /// To what.
    subject: String,
    /// As it was, without secrets.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// As it is, without secrets.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    /// SHA-256 over this entry and the hash of the one before.
    hash: String,
}

impl From<AuditEntry> for AuditView {
    fn from(entry: AuditEntry) -> Self {
        let AuditEntry { seq, at, actor, trace_id, action, subject, before, after, hash } = entry;
        Self { seq, at, actor, trace_id, action, subject, before, after, hash }
    }
}

/// Changes, newest first.
#[utoipa::path(get, path = "/api/v1/audit", operation_id = "list_audit", tag = "audit", params(Search),
    responses((status = 200, body = Items<AuditView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Admin,
    Params(asked): Params<Search>,
) -> Answer<Json<Items<AuditView>>> {
    let page = Page::asked(asked.limit, asked.cursor.as_deref())?;
    let filter = AuditFilter {
        actor: asked.actor,
        action: asked.action,
        subject: asked.subject,
        since: asked.since,
        until: asked.until,
        text: asked.text.filter(|text| !text.is_empty()),
    };
    let found = app.store.read(&who.scope).await?.audit(&filter, &page).await?;
    Ok(Json(found.map(AuditView::from).into()))
}
