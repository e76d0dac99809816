//! Whoever operates the platform: they have the node's secret, and show it by a token they make with it themselves, good for
//! minutes. There is no account to guess and nothing to revoke; a changed secret ends it. It opens the operator's routes and
//! nothing of a tenant, and no tenant's token or key opens those.

use autonomos_runtime::ids::TenantId;
use autonomos_runtime::{Actor, Ambient, Error, Result, Scope};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::caller;
use super::token::{ISSUER, LEEWAY};
use crate::error::Problem;
use crate::gateway::relay::Owned;
use crate::gateway::trace::Trace;
use crate::state::AppState;

/// The surface it is for.
const AUDIENCE: &str = "autonomos-operator";
/// How long a token may be good, in seconds.
const LONGEST: i64 = 5 * 60;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
    jti: String,
}

fn derive(secret: &str) -> [u8; 32] {
    Sha256::new_with_prefix(b"autonomos operator tokens v1\0").chain_update(secret).finalize().into()
}

/// A token for whoever has the secret.
pub fn issue(ambient: &Ambient, secret: &str) -> Result<String> {
    let now = ambient.now().timestamp();
    let claims = Claims {
        iss: ISSUER.into(),
        aud: AUDIENCE.into(),
        iat: now,
        exp: now + LONGEST,
        jti: ambient.uuid().to_string(),
    };
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(&derive(secret)))
        .map_err(|e| Error::internal("auth.sign", "the token could not be signed").source(e))
}

/// Checks operators' tokens.
pub struct Operators {
    ambient: Ambient,
    keys: Vec<DecodingKey>,
}

impl std::fmt::Debug for Operators {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Operators")
    }
}

impl Operators {
    /// Takes tokens made with any of the secrets.
    pub fn new(ambient: Ambient, secrets: &[&str]) -> Self {
        Self { ambient, keys: secrets.iter().map(|secret| DecodingKey::from_secret(&derive(secret))).collect() }
    }

    /// Whether it is one, and of now.
    pub fn verify(&self, token: &str) -> Result<()> {
        let refused = || {
            Error::unauthenticated("auth.operator", "this is for whoever operates the platform")
                .remedy("Use `autonomos tenant` where AUTONOMOS_SECRET_KEY is set.")
        };
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "aud", "iss"]);
        // Times are checked against the clock that was given.
        validation.validate_exp = false;
        let decode = |key: &DecodingKey| jsonwebtoken::decode::<Claims>(token, key, &validation).ok();
        let claims = self.keys.iter().find_map(decode).ok_or_else(refused)?.claims;
        let now = self.ambient.now().timestamp();
        let in_time = claims.exp > now && claims.exp <= now + LONGEST + LEEWAY && claims.iat <= now + LEEWAY;
        if in_time { Ok(()) } else { Err(refused()) }
    }
}

/// The right of an operator: a handler that has one may act on any tenant, as a part of the platform.
#[derive(Clone, Copy, Debug)]
pub struct Operating {
    trace: Trace,
    owned: Option<i64>,
}

impl Operating {
    /// On behalf of a tenant, named by its id.
    pub fn on(&self, tenant: TenantId) -> Scope {
        Scope::new(tenant, Actor::System(autonomos_actors::platform::life::OPERATOR), self.trace.id).under(self.owned)
    }
}

impl FromRequestParts<AppState> for Operating {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let trace = parts.extensions.get::<Trace>().copied();
        let (Some(token), Some(trace)) = (caller::bearer(&parts.headers), trace) else {
            return Err(Error::unauthenticated("auth.required", "sign in first").into());
        };
        app.operators.verify(token)?;
        Ok(Self { trace, owned: Owned::of(&parts.extensions) })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use autonomos_runtime::clock::ManualClock;

    use super::*;

    #[test]
    fn a_token_is_good_for_minutes_under_its_secret() {
        let clock = ManualClock::at(chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap());
        let ambient = Ambient::manual(clock.clone(), 1);
        let operators = Operators::new(ambient.clone(), &["the new secret, long enough", "the old one, long enough"]);
        for secret in ["the new secret, long enough", "the old one, long enough"] {
            operators.verify(&issue(&ambient, secret).unwrap()).unwrap();
        }
        assert!(operators.verify(&issue(&ambient, "another secret altogether").unwrap()).is_err());
        let token = issue(&ambient, "the new secret, long enough").unwrap();
        clock.advance(Duration::from_secs(LONGEST as u64));
        assert!(operators.verify(&token).is_err(), "it has ended");
        let far = Claims { exp: ambient.now().timestamp() + 3600, ..claims(&token) };
        let far = jsonwebtoken::encode(
            &Header::new(Algorithm::HS256),
            &far,
            &EncodingKey::from_secret(&derive("the new secret, long enough")),
        );
        assert!(operators.verify(&far.unwrap()).is_err(), "nobody makes one for an hour");
    }

    fn claims(token: &str) -> Claims {
        jsonwebtoken::dangerous::insecure_decode_claims(token).unwrap()
    }
}
