//! Who asks: what the gateway found out about a request before any handler saw it.

use autonomos_runtime::ids::{SessionId, TenantId, UserId};
use autonomos_runtime::store::Role;
use autonomos_runtime::{Error, Result};
use axum::http::{HeaderMap, header};

use crate::state::AppState;

/// A verified person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Their tenant.
    pub tenant: TenantId,
    /// Who.
    pub user: UserId,
    /// What they may do.
    pub role: Role,
    /// The sign-in this comes from.
    pub session: SessionId,
    /// When the token ends, in seconds since 1970.
    pub expires: i64,
}

/// The bearer token of a request; two of them are none.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Finds out whose token it is. Quick for one seen within the last minute.
pub async fn identify(app: &AppState, token: &str) -> Result<Caller> {
    if let Some(caller) = app.tokens.recall(token) {
        return Ok(caller);
    }
    let caller = app.tokens.verify(token)?;
    let ended = || Error::unauthenticated("auth.session_ended", "this session has ended").remedy("Sign in again.");
    let session = app.store.directory().find_session(caller.session).await?.ok_or_else(ended)?;
    let now = app.ambient.now();
    if session.revoked_at.is_some()
        || session.expires_at <= now
        || session.user_id != caller.user
        || session.tenant_id != caller.tenant
    {
        return Err(ended());
    }
    app.tokens.remember(token, caller);
    Ok(caller)
}
