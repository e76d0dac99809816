//! `GET /api/v1/auth/sessions` and `DELETE /api/v1/auth/sessions/{id}`: where somebody is signed in.

use autonomos_runtime::ids::SessionId;
use autonomos_runtime::store::{NewAudit, Session};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::auth::permission::Person;
use crate::auth::token::Ended;
use crate::error::{self, Answer};
use crate::http::extract::{Id, Items};
use crate::state::AppState;

/// One sign-in.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SessionView {
    #[schema(value_type = String, format = Uuid)]
    id: SessionId,
    user_agent: Option<String>,
    created_at: DateTime<Utc>,
    last_used_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    current: bool,
}

/// Where am I signed in?
#[utoipa::path(get, path = "/api/v1/auth/sessions", operation_id = "list_sessions", tag = "auth",
    responses((status = 200, body = Items<SessionView>)))]
pub async fn list(State(app): State<AppState>, who: Person) -> Answer<Json<Items<SessionView>>> {
    let sessions = app.store.read(&who.scope).await?.sessions(who.caller.user).await?;
    let view = |s: Session| SessionView {
        current: Some(s.id) == who.caller.session(),
        id: s.id,
        user_agent: s.user_agent,
        created_at: s.created_at,
        last_used_at: s.last_used_at,
        expires_at: s.expires_at,
    };
    Ok(Json(sessions.into_iter().map(view).collect::<Vec<_>>().into()))
}

/// Ends one of my sessions.
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", operation_id = "revoke_session", tag = "auth",
    responses((status = 204)))]
pub async fn revoke(State(app): State<AppState>, who: Person, Id(id): Id<SessionId>) -> Answer<StatusCode> {
    let mut tx = app.store.begin(&who.scope).await?;
    let session = tx.session(id).await?;
    if session.user_id != who.caller.user {
        return Err(error::absent().into());
    }
    tx.revoke_session(id).await?;
    tx.append_audit(NewAudit::new("session.end", "session", id)).await?;
    tx.save().await?;
    app.tokens.forget(Ended::Session(id));
    Ok(StatusCode::NO_CONTENT)
}
