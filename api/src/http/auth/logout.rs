//! `POST /api/v1/auth/logout`: ends the session of the refresh token or of the access token, whichever comes.

use autonomos_runtime::ids::{SessionId, TenantId, UserId};
use autonomos_runtime::store::{NewAudit, TokenHash};
use autonomos_runtime::{Actor, Result, Scope};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use bytes::Bytes;

use super::refresh::Refresh;
use crate::auth::token::Ended;
use crate::auth::{caller, session};
use crate::error::Answer;
use crate::gateway::trace::Trace;
use crate::http::extract;
use crate::state::AppState;

/// Signs out.
#[utoipa::path(post, path = "/api/v1/auth/logout", operation_id = "logout", tag = "auth",
    request_body = Option<Refresh>, responses((status = 204)))]
pub async fn logout(
    State(app): State<AppState>,
    Extension(trace): Extension<Trace>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<(StatusCode, [(header::HeaderName, HeaderValue); 1])> {
    let asked: Refresh = if body.is_empty() { Refresh::default() } else { extract::parse(&body)? };
    if let Some(token) = session::presented(&headers, asked.refresh_token.as_deref())
        && let Some(found) = app.store.directory().session_of(TokenHash::of(token)).await?
    {
        end(&app, found.tenant_id, found.user_id, found.id, trace).await?;
    }
    if let Some(token) = caller::bearer(&headers)
        && let Ok(caller) = caller::identify(&app, token).await
        && let Some(session) = caller.session()
    {
        end(&app, caller.tenant, caller.user, session, trace).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, session::cookie(&app, None))]))
}

async fn end(app: &AppState, tenant: TenantId, user: UserId, session: SessionId, trace: Trace) -> Result<()> {
    let mut tx = app.store.begin(&Scope::new(tenant, Actor::User(user), trace.id)).await?;
    tx.revoke_session(session).await?;
    tx.append_audit(NewAudit::new("session.end", "session", session)).await?;
    tx.save().await?;
    app.tokens.forget(Ended::Session(session));
    Ok(())
}
