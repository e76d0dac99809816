//! Who asks: what the gateway found out about a request before any handler saw it.

use autonomos_runtime::ids::{ApiKeyId, SessionId, TenantId, TraceId, UserId};
use autonomos_runtime::store::{Role, TenantState};
use autonomos_runtime::{Actor, Error, Kind, Result, Scope};
use axum::http::{HeaderMap, header};

use super::api_key;
use super::grants::Grants;
use crate::state::AppState;

/// What somebody came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A sign-in.
    Session(SessionId),
    /// A key for a program.
    Key {
        /// The key.
        id: ApiKeyId,
        /// What it may do where.
        grants: Grants,
    },
}

/// A verified person, or a program with a key of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Their tenant.
    pub tenant: TenantId,
    /// Who; the owner of the key.
    pub user: UserId,
    /// What they may do.
    pub role: Role,
    /// What they came with.
    pub credential: Credential,
    /// Where the tenant is in its life.
    pub tenant_state: TenantState,
    /// When the credential ends, in seconds since 1970.
    pub expires: i64,
}

impl Caller {
    /// Who acts, for rows and the audit.
    pub const fn actor(&self) -> Actor {
        match self.credential {
            Credential::Session(_) => Actor::User(self.user),
            Credential::Key { id, .. } => Actor::ApiKey { key: id, owner: self.user },
        }
    }

    /// The sign-in, for what only a person does.
    pub const fn session(&self) -> Option<SessionId> {
        match self.credential {
            Credential::Session(id) => Some(id),
            Credential::Key { .. } => None,
        }
    }

    /// When the sign-in began, in milliseconds since 1970; a key is as old as can be.
    pub fn since(&self) -> i64 {
        let stamp = self.session().and_then(|id| id.as_uuid().get_timestamp()).map(|stamp| stamp.to_unix());
        stamp.map_or(0, |(seconds, nanos)| (seconds * 1000 + u64::from(nanos / 1_000_000)) as i64)
    }

    /// The same caller with what they may do at this path.
    pub fn at(self, path: &str) -> Result<Self> {
        let Credential::Key { grants, .. } = self.credential else { return Ok(self) };
        let granted = grants.role_for(path).ok_or_else(|| {
            Error::denied("auth.scope", "this key is not for this")
                .remedy("Use a key with a scope for this part of the API.")
        })?;
        Ok(Self { role: granted.min(self.role), ..self })
    }
}

/// The credential of a request: a token or a key as `Authorization: Bearer`, or a key as `X-API-Key`. Two are none.
pub fn presented(headers: &HeaderMap) -> Option<&str> {
    let mut keys = headers.get_all("x-api-key").iter();
    match (keys.next(), keys.next(), headers.contains_key(header::AUTHORIZATION)) {
        (None, None, true) => bearer(headers),
        (Some(key), None, false) => key.to_str().ok().map(str::trim).filter(|key| key.starts_with(api_key::PREFIX)),
        _ => None,
    }
}

/// Whether a request brings a credential at all, good or not.
pub fn tries(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION) || headers.contains_key("x-api-key")
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

/// Finds out whose token or key it is. Quick for one seen within the last minute.
pub async fn identify(app: &AppState, credential: &str) -> Result<Caller> {
    if let Some(caller) = app.tokens.recall(credential) {
        return Ok(caller);
    }
    let caller = if credential.starts_with(api_key::PREFIX) {
        api_key::identify(app, credential).await?
    } else {
        signed_in(app, credential).await?
    };
    app.tokens.remember(credential, caller);
    Ok(caller)
}

/// Whose token it is, with the rights they have now.
async fn signed_in(app: &AppState, token: &str) -> Result<Caller> {
    let claims = app.tokens.verify(token)?;
    let ended = || Error::unauthenticated("auth.session_ended", "this session has ended").remedy("Sign in again.");
    let found = app.store.directory().find_session(claims.sid).await?.ok_or_else(ended)?;
    if found.session.user_id != claims.sub || found.session.tenant_id != claims.tenant_id {
        return Err(ended());
    }
    Ok(Caller {
        tenant: claims.tenant_id,
        user: claims.sub,
        role: found.role,
        credential: Credential::Session(claims.sid),
        tenant_state: found.tenant,
        expires: claims.exp,
    })
}

/// Whether what the caller came with still opens; a store that does not answer ends nobody's stream.
pub async fn in_force(app: &AppState, caller: &Caller) -> bool {
    match caller.credential {
        Credential::Session(id) => app.store.directory().find_session(id).await.map_or(true, |found| found.is_some()),
        Credential::Key { id, .. } => {
            let scope = Scope::new(caller.tenant, caller.actor(), TraceId::new(&app.ambient));
            let look = async { app.store.read(&scope).await?.api_key(id).await };
            match look.await {
                Ok(key) => key.revoked_at.is_none() && key.expires_at > app.ambient.now(),
                Err(error) => error.kind != Kind::NotFound,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_comes_from_one_place_once() {
        for (headers, expected) in [
            (&[("authorization", "Bearer abc")][..], Some("abc")),
            (&[("authorization", "bearer aos_x")][..], Some("aos_x")),
            (&[("x-api-key", "aos_x")][..], Some("aos_x")),
            (&[("x-api-key", "eyJ.a.token")][..], None),
            (&[("x-api-key", "aos_x"), ("x-api-key", "aos_y")][..], None),
            (&[("x-api-key", "aos_x"), ("authorization", "Bearer abc")][..], None),
            (&[("authorization", "Basic abc")][..], None),
            (&[][..], None),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(*name, value.parse().unwrap());
            }
            assert_eq!(presented(&map), expected, "{headers:?}");
        }
    }
}
