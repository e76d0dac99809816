//! Sessions: an access token and a refresh token that works once. A spent refresh token coming back means that two
//! hold it, and ends the session. The refresh token travels in the body, and in a cookie that scripts cannot read and
//! other sites cannot send.

use std::time::Duration;

use autonomos_runtime::store::{NewAudit, NewSession, Rotation, TokenHash, User, UserState};
use autonomos_runtime::{Actor, Error, Result, Scope};
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::json;

use super::token::{ACCESS_SECONDS, Ended};
use crate::gateway::trace::Trace;
use crate::state::AppState;

/// How long a refresh token is good.
fn refresh_for(app: &AppState) -> Duration {
    Duration::from_hours(24 * app.config.auth.refresh_days)
}

/// Name of the cookie.
const COOKIE: &str = "aos-refresh";

/// What a sign-in gives.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Grant {
    /// Send as `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds until the access token ends.
    pub expires_in: i64,
    /// Works once, for the next grant.
    pub refresh_token: String,
}

/// A random token nobody can guess, readable as `prefix_...`.
pub fn secret(app: &AppState, prefix: &str) -> String {
    format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(app.ambient.bytes::<32>()))
}

/// Starts a session for somebody who proved who they are.
pub async fn start(app: &AppState, user: &User, trace: Trace, agent: Option<String>) -> Result<Grant> {
    if user.state != UserState::Active {
        return Err(Error::denied("auth.disabled", "this account is disabled").remedy("Ask an admin of your tenant."));
    }
    let scope = Scope::new(user.tenant_id, Actor::User(user.id), trace.id);
    let refresh_token = secret(app, "aor");
    let mut tx = app.store.begin(&scope).await?;
    let session = tx
        .create_session(NewSession {
            user_id: user.id,
            token: TokenHash::of(&refresh_token),
            expires_at: app.ambient.now() + refresh_for(app),
            user_agent: agent,
        })
        .await?;
    tx.touch_login(user.id).await?;
    let note = NewAudit::new("session.start", "session", session.id);
    tx.append_audit(note.after(json!({"user_id": user.id, "user_agent": session.user_agent}))).await?;
    tx.save().await?;
    let access_token = app.tokens.issue(user.id, user.tenant_id, user.role, session.id)?;
    Ok(Grant { access_token, token_type: "Bearer", expires_in: ACCESS_SECONDS, refresh_token })
}

/// Spends a refresh token.
pub async fn refresh(app: &AppState, presented: &str) -> Result<Grant> {
    let next = secret(app, "aor");
    let until = app.ambient.now() + refresh_for(app);
    let rotation = app.store.directory().rotate_refresh(TokenHash::of(presented), TokenHash::of(&next), until).await?;
    match rotation {
        Rotation::Rotated(pair) => {
            let (session, user) = *pair;
            let access_token = app.tokens.issue(user.id, user.tenant_id, user.role, session.id)?;
            Ok(Grant { access_token, token_type: "Bearer", expires_in: ACCESS_SECONDS, refresh_token: next })
        }
        Rotation::Reused(session) => {
            app.tokens.forget(Ended::Session(session.id));
            tracing::warn!(session = %session.id, "a spent refresh token came back; the session is ended");
            Err(Error::unauthenticated(
                "auth.refresh_reused",
                "this refresh token was used before; the session is ended",
            )
            .remedy("Sign in again. If that was not you, change the password."))
        }
        Rotation::Refused => {
            Err(Error::unauthenticated("auth.refresh_invalid", "the refresh token is not valid")
                .remedy("Sign in again."))
        }
    }
}

/// The refresh token of a request: the body's, or the cookie's.
pub fn presented<'a>(headers: &'a HeaderMap, body: Option<&'a str>) -> Option<&'a str> {
    body.filter(|token| !token.is_empty()).or_else(|| {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(name, value)| (name == COOKIE).then_some(value))
    })
}

/// The cookie that carries the refresh token; none clears it.
pub fn cookie(app: &AppState, token: Option<&str>) -> HeaderValue {
    let secure = if app.settings.secure_cookies { "; Secure" } else { "" };
    let (value, age) = token.map_or(("", 0), |token| (token, refresh_for(app).as_secs()));
    HeaderValue::from_str(&format!(
        "{COOKIE}={value}; HttpOnly; SameSite=Strict; Path=/api/v1/auth; Max-Age={age}{secure}"
    ))
    .unwrap_or(HeaderValue::from_static(""))
}
