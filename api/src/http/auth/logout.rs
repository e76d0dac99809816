//! `POST /api/v1/auth/logout`: ends the session of the refresh token or of the access token, whichever comes.

use autonomos_runtime::store::TokenHash;
use autonomos_runtime::{Actor, Scope};
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
    if let Some(token) = session::presented(&headers, asked.refresh_token.as_deref()) {
        app.store.directory().end_session(TokenHash::of(token)).await?;
    }
    if let Some(token) = caller::bearer(&headers)
        && let Ok(caller) = caller::identify(&app, token).await
    {
        let scope = Scope::new(caller.tenant, Actor::User(caller.user), trace.id);
        let mut tx = app.store.begin(&scope).await?;
        tx.revoke_session(caller.session).await?;
        tx.save().await?;
        app.tokens.forget(Ended::Session(caller.session));
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, session::cookie(None, app.settings.secure_cookies))]))
}
