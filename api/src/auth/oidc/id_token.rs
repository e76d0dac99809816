//! Whether a token is one of the provider's, for this node, for this sign-in, and of now. Pure.
//!
//! The algorithm is one of a short list, one that the provider says it uses, and the one of the key; the key is found by its
//! name among the provider's own. So neither "none" nor a public key used as a secret gets anywhere.

use autonomos_runtime::{Error, Result};
use jsonwebtoken::jwk::{Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;

use crate::auth::token::LEEWAY;

/// Signatures that are taken; all of them asymmetric.
const ALGORITHMS: [(Algorithm, &str, KeyAlgorithm); 9] = [
    (Algorithm::RS256, "RS256", KeyAlgorithm::RS256),
    (Algorithm::RS384, "RS384", KeyAlgorithm::RS384),
    (Algorithm::RS512, "RS512", KeyAlgorithm::RS512),
    (Algorithm::PS256, "PS256", KeyAlgorithm::PS256),
    (Algorithm::PS384, "PS384", KeyAlgorithm::PS384),
    (Algorithm::PS512, "PS512", KeyAlgorithm::PS512),
    (Algorithm::ES256, "ES256", KeyAlgorithm::ES256),
    (Algorithm::ES384, "ES384", KeyAlgorithm::ES384),
    (Algorithm::EdDSA, "EdDSA", KeyAlgorithm::EdDSA),
];
/// How long a token may be good, and how long ago it may have been made, in seconds.
const LONGEST: i64 = 24 * 3600;
const OLDEST: i64 = 10 * 60;

/// What a token has to say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Whose.
    pub issuer: &'a str,
    /// For whom.
    pub client: &'a str,
    /// For which sign-in.
    pub nonce: &'a str,
    /// Signatures that the provider says it uses; none said: RS256.
    pub algorithms: &'a [String],
    /// Seconds since 1970.
    pub now: i64,
}

/// Somebody, as the provider knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdToken {
    /// Never changes.
    pub subject: String,
    /// Lower case, and only if the provider made sure that it is theirs.
    pub email: Option<String>,
    /// What they are called.
    pub name: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: Value,
    #[serde(default)]
    azp: Option<String>,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    email_verified: Value,
    #[serde(default)]
    name: Option<String>,
}

/// It is none; why stays in the log.
pub fn refused(why: &'static str) -> Error {
    Error::unauthenticated("oidc.token", "the identity provider's answer is not valid")
        .remedy("Begin again.")
        .source(why)
}

/// The name of the key that a token says it is signed with.
pub fn kid(token: &str) -> Result<String> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| refused("header"))?;
    header.kid.filter(|kid| !kid.is_empty()).ok_or_else(|| refused("no key is named"))
}

/// Who the token is about, if it is one.
pub fn verify(token: &str, key: &Jwk, expected: &Expected<'_>) -> Result<IdToken> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| refused("header"))?;
    let known = ALGORITHMS.iter().find(|(algorithm, ..)| *algorithm == header.alg);
    let (algorithm, name, of_key) = known.ok_or_else(|| refused("an algorithm that is not taken"))?;
    // A provider that says nothing uses RS256.
    let used = if expected.algorithms.is_empty() {
        *algorithm == Algorithm::RS256
    } else {
        expected.algorithms.iter().any(|said| said == name)
    };
    if !used {
        return Err(refused("an algorithm that the provider does not use"));
    }
    if header.crit.is_some() || header.kid != key.common.key_id {
        return Err(refused("header fields"));
    }
    if key.common.key_algorithm.is_some_and(|of| of != *of_key)
        || key.common.public_key_use.as_ref().is_some_and(|of| *of != PublicKeyUse::Signature)
    {
        return Err(refused("a key for something else"));
    }
    let verify = DecodingKey::from_jwk(key).map_err(|_| refused("a key that cannot be used"))?;
    let mut validation = Validation::new(*algorithm);
    validation.set_audience(&[expected.client]);
    validation.set_issuer(&[expected.issuer]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    // Times are checked against the clock that was given.
    validation.validate_exp = false;
    let claims =
        jsonwebtoken::decode::<Claims>(token, &verify, &validation).map_err(|_| refused("signature or claims"))?.claims;
    in_time(&claims, expected.now)?;
    for_us(&claims, expected)?;
    if claims.sub.is_empty() || claims.sub.len() > 255 {
        return Err(refused("no subject"));
    }
    let verified = claims.email_verified == Value::Bool(true) || claims.email_verified == "true";
    Ok(IdToken {
        subject: claims.sub,
        email: claims.email.filter(|_| verified).map(|email| email.trim().to_lowercase()),
        name: claims.name.map(|name| name.trim().chars().take(200).collect()),
    })
}

fn in_time(claims: &Claims, now: i64) -> Result<()> {
    if claims.exp <= now - LEEWAY || claims.exp > now + LONGEST {
        return Err(refused("it has ended, or never ends"));
    }
    if claims.iat > now + LEEWAY || claims.iat < now - OLDEST || claims.nbf.is_some_and(|nbf| nbf > now + LEEWAY) {
        return Err(refused("it was not made just now"));
    }
    Ok(())
}

fn for_us(claims: &Claims, expected: &Expected<'_>) -> Result<()> {
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(refused("it is for another sign-in"));
    }
    let several = claims.aud.as_array().is_some_and(|all| all.len() > 1);
    if several && claims.azp.is_none() || claims.azp.as_deref().is_some_and(|azp| azp != expected.client) {
        return Err(refused("it was given to somebody else"));
    }
    Ok(())
}
