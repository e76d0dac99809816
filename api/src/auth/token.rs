//! Access tokens: JWTs of one algorithm a key, the key looked up by `kid` in a map, never derived from the token.
//!
//! HS256 with a key derived from the node's secret, or, given a private key, EdDSA whose public half others read at
//! `/.well-known/jwks.json`. Changing keys is overlap: the new one signs, the old ones are still taken. Beside them
//! stand the keys of the ring ([`super::key_ring`]), which change while the node runs.
//!
//! Verifying costs a signature and a look at the session's row, so a verified token is remembered by its hash for at
//! most a minute (or until it ends): a session that is revoked elsewhere is refused within that minute, one revoked on
//! this node at once. The same goes for keys, and for rights that were changed.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use ahash::AHashMap;
use autonomos_runtime::ids::{ApiKeyId, SessionId, TenantId, UserId};
use autonomos_runtime::store::Role;
use autonomos_runtime::{Ambient, Error, Result};
use jsonwebtoken::jwk::{Jwk, JwkSet, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::caller::{Caller, Credential};
use super::key_ring::{self, Kind, Ring};

/// Who makes and who takes our tokens.
pub const ISSUER: &str = "autonomos";
/// The surface they are for.
pub const AUDIENCE: &str = "autonomos-api";
/// How long an access token is good, in seconds.
pub const ACCESS_SECONDS: i64 = 30 * 60;
/// How far clocks may disagree, in seconds.
pub const LEEWAY: i64 = 30;
/// How long a verified token is taken at its word, in seconds.
const REMEMBERED: i64 = 60;
/// How many ended sessions live streams are told of; older ones they find in the rows.
const ENDED_MOST: usize = 1000;
/// How many verified tokens are remembered.
const REMEMBERED_MOST: usize = 50_000;

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: UserId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The role.
    pub role: Role,
    /// The session.
    pub sid: SessionId,
    /// For which surface.
    pub aud: String,
    /// From whom.
    pub iss: String,
    /// Issued at.
    pub iat: i64,
    /// Not before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// Until.
    pub exp: i64,
    /// Of this token.
    pub jti: String,
}

#[derive(Clone)]
struct Key {
    algorithm: Algorithm,
    verify: DecodingKey,
    validation: Validation,
    /// Its tokens are worth nothing from then on, in seconds since 1970.
    until: Option<i64>,
}

/// The keys in force: one signs, all verify.
#[derive(Clone)]
struct KeySet {
    current: (String, Algorithm),
    sign: EncodingKey,
    public: JwkSet,
    keys: HashMap<String, Key>,
}

/// Makes and checks access tokens.
pub struct Tokens {
    ambient: Ambient,
    /// Those of the configuration: they never change while the node runs.
    configured: KeySet,
    /// Whether the configuration names the key that signs.
    pinned: bool,
    /// The same with those of the ring; it takes the place of the one before whole.
    keys: RwLock<Arc<KeySet>>,
    known: RwLock<AHashMap<[u8; 32], Known>>,
    ended: watch::Sender<VecDeque<End>>,
}

/// Whose credentials are worth nothing from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The tokens of one session.
    Session(SessionId),
    /// Those of a person, but for one session.
    OthersOf(UserId, SessionId),
    /// All of a person, their keys as well.
    AllOf(UserId),
    /// One key.
    Key(ApiKeyId),
    /// Everybody of a tenant.
    Tenant(TenantId),
}

impl Ended {
    /// Whether a caller's credential is among them.
    pub fn covers(&self, caller: &Caller) -> bool {
        match self {
            Self::Session(id) => caller.session() == Some(*id),
            Self::OthersOf(user, but) => caller.user == *user && caller.session().is_some_and(|id| id != *but),
            Self::AllOf(user) => caller.user == *user,
            Self::Key(key) => matches!(caller.credential, Credential::Key { id, .. } if id == *key),
            Self::Tenant(tenant) => caller.tenant == *tenant,
        }
    }
}

/// An end, and when: a sign-in after it is another one.
#[derive(Clone, Copy)]
struct End {
    of: Ended,
    /// In milliseconds since 1970.
    at: i64,
}

#[derive(Clone, Copy)]
struct Known {
    caller: Caller,
    until: i64,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

impl Tokens {
    /// Signs with the first secret, accepts those of all: rotation is putting a new one in front.
    pub fn new(ambient: Ambient, secrets: &[&str]) -> Result<Self> {
        let configured = KeySet::derived(secrets)?;
        Ok(Self {
            ambient,
            keys: RwLock::new(Arc::new(configured.clone())),
            configured,
            pinned: false,
            known: RwLock::default(),
            ended: watch::Sender::default(),
        })
    }

    /// Signs with an Ed25519 private key (PKCS #8, PEM) from now on; tokens of the secrets are still taken.
    pub fn sign_with(mut self, pem: &[u8]) -> Result<Self> {
        let sign = EncodingKey::from_ed_pem(pem).map_err(unusable)?;
        self.configured.add_private(sign, None, None)?;
        self.pinned = true;
        self.keys = RwLock::new(Arc::new(self.configured.clone()));
        Ok(self)
    }

    /// Takes the keys of a ring beside those of the configuration: its last one signs, unless the configuration names
    /// the one that does, and what it took over from is taken until its last token has ended.
    pub fn adopt(&self, ring: &Ring) -> Result<()> {
        let mut keys = self.configured.clone();
        if let Some(since) = ring.since().filter(|_| !self.pinned) {
            for key in keys.keys.values_mut() {
                key.until = Some(key_ring::taken_until(since));
            }
        }
        let signs = (keys.current.clone(), keys.sign.clone());
        for key in ring.in_force(self.ambient.now().timestamp()) {
            let until = key.retired_at.map(key_ring::taken_until);
            match key.kind {
                Kind::Hs256 => keys.add_secret(&key.kid, key.material.as_slice(), until),
                Kind::EdDsa => {
                    let sign = EncodingKey::from_ed_der(&pkcs8(&key.material));
                    keys.add_private(sign, Some(&key.kid), until)?;
                }
            }
        }
        if self.pinned {
            (keys.current, keys.sign) = signs;
        }
        *self.keys.write() = Arc::new(keys);
        Ok(())
    }

    /// Keys that others may verify our tokens with, those that sign no more but are still taken among them.
    pub fn public(&self) -> JwkSet {
        self.keys.read().public.clone()
    }

    /// The name of the key that signs.
    pub fn signs_with(&self) -> String {
        self.keys.read().current.0.clone()
    }

    /// A token for a session of a person.
    pub fn issue(&self, user: UserId, tenant: TenantId, role: Role, session: SessionId) -> Result<String> {
        let now = self.ambient.now().timestamp();
        let claims = Claims {
            sub: user,
            tenant_id: tenant,
            role,
            sid: session,
            aud: AUDIENCE.into(),
            iss: ISSUER.into(),
            iat: now,
            nbf: None,
            exp: now + ACCESS_SECONDS,
            jti: self.ambient.uuid().to_string(),
        };
        let keys = Arc::clone(&self.keys.read());
        let (kid, algorithm) = &keys.current;
        let mut header = Header::new(*algorithm);
        header.kid = Some(kid.clone());
        jsonwebtoken::encode(&header, &claims, &keys.sign)
            .map_err(|e| Error::internal("auth.sign", "the token could not be signed").source(e))
    }

    /// Who a token stands for, if it was verified less than a minute ago.
    pub fn recall(&self, token: &str) -> Option<Caller> {
        let now = self.ambient.now().timestamp();
        self.known.read().get(&digest(token)).filter(|known| known.until > now).map(|known| known.caller)
    }

    /// Checks signature, times, audience and issuer. Whether the session is in force, and what its person may do by now,
    /// is for the caller to find out.
    pub fn verify(&self, token: &str) -> Result<Claims> {
        let refused = |why: &'static str| {
            Error::unauthenticated("auth.token_invalid", "the access token is not valid")
                .remedy("Sign in, or refresh the session.")
                .source(why)
        };
        let header = jsonwebtoken::decode_header(token).map_err(|_| refused("header"))?;
        let keys = Arc::clone(&self.keys.read());
        let now = self.ambient.now().timestamp();
        let key = header.kid.as_ref().and_then(|kid| keys.keys.get(kid)).ok_or_else(|| refused("kid"))?;
        if key.until.is_some_and(|until| now >= until) {
            return Err(refused("kid of a key that is past"));
        }
        if header.alg != key.algorithm || header.crit.is_some() || header.typ.as_deref().is_some_and(|t| t != "JWT") {
            return Err(refused("header fields"));
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &key.verify, &key.validation)
            .map_err(|_| refused("signature or claims"))?
            .claims;
        if claims.exp <= now {
            return Err(Error::unauthenticated("auth.token_expired", "the access token has expired")
                .remedy("Refresh the session with POST /api/v1/auth/refresh."));
        }
        if claims.exp > now + ACCESS_SECONDS + LEEWAY || claims.iat > now + LEEWAY {
            return Err(refused("times ahead"));
        }
        if claims.nbf.is_some_and(|nbf| nbf > now + LEEWAY) {
            return Err(refused("not yet"));
        }
        Ok(claims)
    }

    /// Takes the token at its word for a while.
    pub fn remember(&self, token: &str, caller: Caller) {
        let now = self.ambient.now().timestamp();
        let mut known = self.known.write();
        if known.len() >= REMEMBERED_MOST {
            known.retain(|_, entry| entry.until > now);
            if known.len() >= REMEMBERED_MOST {
                known.clear();
            }
        }
        known.insert(digest(token), Known { caller, until: caller.expires.min(now + REMEMBERED) });
    }

    /// Takes no credential of theirs at its word any more, and tells live streams.
    pub fn forget(&self, of: Ended) {
        let at = self.ambient.now().timestamp_millis();
        self.look_again(of);
        self.ended.send_modify(|all| {
            all.retain(|end| at - end.at < ACCESS_SECONDS * 1000);
            all.push_back(End { of, at });
            if all.len() > ENDED_MOST {
                all.pop_front();
            }
        });
    }

    /// Asks the rows about their credentials again, because rights have changed.
    pub fn look_again(&self, of: Ended) {
        self.known.write().retain(|_, known| !of.covers(&known.caller));
    }

    /// Waits until the caller's credential is ended on this node. One ended elsewhere shows in its row.
    pub async fn until_ended(&self, caller: Caller) {
        let since = caller.since();
        let gone = |all: &VecDeque<End>| all.iter().any(|end| end.of.covers(&caller) && since <= end.at);
        // The sender lives as long as this node, so the wait ends by the value alone.
        self.ended.subscribe().wait_for(gone).await.ok();
    }
}

impl KeySet {
    /// Of the keys that come from secrets; the first signs.
    fn derived(secrets: &[&str]) -> Result<Self> {
        let mut derived = Vec::new();
        for secret in secrets {
            if secret.len() < 16 {
                return Err(Error::invalid("config.secret_key", "the secret key is too short").remedy(
                    "Set AUTONOMOS_SECRET_KEY to at least 16 characters, 32 random bytes in hex for example.",
                ));
            }
            derived.push(derive(secret));
        }
        let (kid, key) =
            derived.first().ok_or_else(|| Error::invalid("config.secret_key", "there is no secret key"))?;
        let mut set = Self {
            current: (kid.clone(), Algorithm::HS256),
            sign: EncodingKey::from_secret(key),
            public: JwkSet { keys: Vec::new() },
            keys: HashMap::new(),
        };
        // The first one last, because the last one added signs.
        for (kid, key) in derived.iter().rev() {
            set.add_secret(kid, key, None);
        }
        Ok(set)
    }

    /// Adds a secret, which signs from now on.
    fn add_secret(&mut self, kid: &str, secret: &[u8], until: Option<i64>) {
        let key = Key {
            algorithm: Algorithm::HS256,
            verify: DecodingKey::from_secret(secret),
            validation: validation(Algorithm::HS256),
            until,
        };
        self.keys.insert(kid.to_owned(), key);
        self.sign = EncodingKey::from_secret(secret);
        self.current = (kid.to_owned(), Algorithm::HS256);
    }

    /// Adds a private key, which signs from now on; its name is its thumbprint unless it has one.
    fn add_private(&mut self, sign: EncodingKey, kid: Option<&str>, until: Option<i64>) -> Result<()> {
        let mut public = Jwk::from_encoding_key(&sign, Algorithm::EdDSA).map_err(unusable)?;
        let kid = match kid {
            Some(kid) => kid.to_owned(),
            None => public.thumbprint(ThumbprintHash::SHA256).map_err(unusable)?,
        };
        public.common.key_id = Some(kid.clone());
        let verify = DecodingKey::from_jwk(&public).map_err(unusable)?;
        let key = Key { algorithm: Algorithm::EdDSA, verify, validation: validation(Algorithm::EdDSA), until };
        self.keys.insert(kid.clone(), key);
        self.public.keys.push(public);
        self.sign = sign;
        self.current = (kid, Algorithm::EdDSA);
        Ok(())
    }
}

fn unusable(e: jsonwebtoken::errors::Error) -> Error {
    Error::invalid("config.signing_key", "the signing key cannot be used")
        .field("AUTONOMOS_SIGNING_KEY_FILE")
        .remedy("Make one with `openssl genpkey -algorithm ed25519`.")
        .source(e)
}

/// The seed of an Ed25519 key as PKCS #8: a fixed head and the 32 bytes.
fn pkcs8(seed: &[u8; 32]) -> Zeroizing<Vec<u8>> {
    const HEAD: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    Zeroizing::new([&HEAD[..], seed].concat())
}

fn validation(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    // Times are checked by us, against the clock that was given.
    validation.validate_exp = false;
    validation
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The key for tokens, apart from those for other purposes, and its public name.
fn derive(secret: &str) -> (String, [u8; 32]) {
    let key: [u8; 32] = Sha256::new_with_prefix(b"autonomos access tokens v1\0").chain_update(secret).finalize().into();
    let name = Sha256::new_with_prefix(b"autonomos key id v1\0").chain_update(key).finalize();
    (hex::encode(&name[..8]), key)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use autonomos_runtime::clock::ManualClock;
    use base64::Engine;

    use super::*;

    fn issue(tokens: &Tokens, ambient: &Ambient) -> String {
        let (user, tenant) = (UserId::new(ambient), TenantId::new(ambient));
        tokens.issue(user, tenant, Role::Viewer, SessionId::new(ambient)).unwrap()
    }

    #[test]
    fn keys_change_with_overlap_and_tokens_end() {
        let clock = ManualClock::at(chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap());
        let ambient = Ambient::manual(clock.clone(), 1);
        let (old, new) = ("the old secret, long enough", "the new secret, long enough");
        let before = Tokens::new(ambient.clone(), &[old]).unwrap();
        let token = issue(&before, &ambient);
        let between = Tokens::new(ambient.clone(), &[new, old]).unwrap();
        assert!(between.verify(&token).is_ok());
        assert!(before.verify(&issue(&between, &ambient)).is_err());
        assert!(Tokens::new(ambient.clone(), &[new]).unwrap().verify(&token).is_err());
        clock.advance(Duration::from_mins(30));
        assert_eq!(between.verify(&token).unwrap_err().code, "auth.token_expired");
        assert!(Tokens::new(ambient, &["short"]).is_err());
    }

    #[test]
    fn a_ring_takes_over_with_overlap() {
        let clock = ManualClock::at(chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap());
        let ambient = Ambient::manual(clock.clone(), 1);
        let secret = "a secret that is long enough";
        let sealer = autonomos_runtime::secrets::Sealer::new(ambient.clone(), secret, &[]);
        let dir = tempfile::tempdir().unwrap();
        let path = Ring::path(dir.path());
        let tokens = Tokens::new(ambient.clone(), &[secret]).unwrap();
        let rotate = |kind| {
            let key = Ring::rotate(&path, Some(kind), &sealer, &ambient).unwrap();
            tokens.adopt(&Ring::read(&path, &sealer).unwrap()).unwrap();
            assert_eq!(tokens.signs_with(), key.kid);
            key.kid
        };
        let mut issued = vec![issue(&tokens, &ambient)];
        for kind in [Kind::Hs256, Kind::EdDsa, Kind::EdDsa] {
            clock.advance(Duration::from_mins(2));
            rotate(kind);
            issued.push(issue(&tokens, &ambient));
            for token in &issued {
                assert!(tokens.verify(token).is_ok(), "{kind:?}: what is out is taken");
            }
        }
        assert_eq!(tokens.public().keys.len(), 2, "both halves are public while either is taken");
        // A token that would live on is worth nothing once its key is past: whoever has the old key makes no new ones.
        clock.advance(Duration::from_mins(31));
        let old = Tokens::new(ambient.clone(), &[secret]).unwrap();
        assert!(old.verify(&issue(&old, &ambient)).is_ok());
        clock.advance(Duration::from_mins(5));
        assert_eq!(tokens.verify(&issue(&old, &ambient)).unwrap_err().code, "auth.token_invalid");
        assert!(tokens.verify(&issue(&tokens, &ambient)).is_ok());
        clock.advance(Duration::from_mins(5));
        rotate(Kind::Hs256);
        assert_eq!(tokens.public().keys.len(), 1, "the one before the last is gone");
    }

    #[test]
    fn a_private_key_signs_what_its_public_half_proves() {
        let ambient = Ambient::system();
        // PKCS #8 around 32 bytes that were made up here.
        let mut der = hex::decode("302e020100300506032b657004220420").unwrap();
        der.extend_from_slice(&ambient.bytes::<32>());
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        let pem = format!("-----BEGIN {0}-----\n{text}\n-----END {0}-----\n", ["PRIVATE", "KEY"].join(" "));
        let plain = Tokens::new(ambient.clone(), &["a secret that is long enough"]).unwrap();
        let old = issue(&plain, &ambient);
        let tokens = plain.sign_with(pem.as_bytes()).unwrap();
        let token = issue(&tokens, &ambient);
        assert!(tokens.verify(&token).is_ok() && tokens.verify(&old).is_ok());
        let header = jsonwebtoken::decode_header(&token).unwrap();
        let set = tokens.public();
        let public = set.find(header.kid.as_deref().unwrap()).unwrap();
        let key = DecodingKey::from_jwk(public).unwrap();
        assert!(jsonwebtoken::decode::<Claims>(&token, &key, &validation(Algorithm::EdDSA)).is_ok());
        // The public half as an HMAC secret is the classic confusion.
        let half = serde_json::to_vec(public).unwrap();
        let mut confused = Header::new(Algorithm::HS256);
        confused.kid = header.kid;
        let claims: serde_json::Value = jsonwebtoken::dangerous::insecure_decode_claims(&token).unwrap();
        let forged = jsonwebtoken::encode(&confused, &claims, &EncodingKey::from_secret(&half)).unwrap();
        assert!(tokens.verify(&forged).is_err());
        assert!(tokens.sign_with(b"no key").is_err());
    }
}
