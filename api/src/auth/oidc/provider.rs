//! What the provider says of itself (discovery) and the keys it signs with, both remembered for a while.
//!
//! A key that is not known is looked for once more, because providers rotate theirs; but at most every so often, so that made
//! up names cost nobody anything.

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::resilience::Guard;
use autonomos_runtime::{Ambient, Error, Result, config};
use jsonwebtoken::jwk::Jwk;
use parking_lot::Mutex;
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;

use super::fetch::{self, Fetch, away};
use super::id_token::{self, Expected, IdToken};
use super::{CALLBACK, flow};

/// What a provider says of itself is asked again after so long.
const REMEMBERED: Duration = Duration::from_hours(1);
/// Keys are asked for at most so often.
const KEYS_AGAIN: Duration = Duration::from_secs(30);
/// Most keys that are looked at.
const KEYS: usize = 100;

/// Discovery, as far as it is used.
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// The same, checked.
#[derive(Debug)]
struct Known {
    authorize: Url,
    token: Url,
    keys: Url,
    algorithms: Vec<String>,
    /// The secret goes into the form rather than into a header.
    secret_in_form: bool,
    /// Whoever comes back without saying from whom is turned away.
    names_itself: bool,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

#[derive(Default)]
struct Remembered {
    known: Option<(Duration, Arc<Known>)>,
    keys: Option<(Duration, Arc<[Jwk]>)>,
}

/// See the module.
pub struct Provider {
    ambient: Ambient,
    fetch: Fetch,
    issuer: String,
    discovery: Url,
    client_id: String,
    client_secret: config::Hidden,
    public_url: String,
    remembered: Mutex<Remembered>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Provider({})", self.issuer)
    }
}

impl Provider {
    /// As configured; nothing is asked yet.
    pub fn new(config: &config::Oidc, guard: Guard, ambient: Ambient) -> Result<Self> {
        let missing = |field: &'static str, remedy: &'static str| {
            Error::invalid("config.oidc", format!("{field} cannot be used")).field(field).remedy(remedy)
        };
        let tls = "Give an https:// address without a user or a fragment.";
        let base = config.issuer.trim_end_matches('/');
        let discovery = fetch::address(&format!("{base}/.well-known/openid-configuration"));
        let discovery = discovery.ok_or_else(|| missing("oidc.issuer", tls))?;
        if config.client_id.is_empty() {
            return Err(missing(
                "oidc.client_id",
                "Register this node with the provider and say what it is called there.",
            ));
        }
        let public_url = config.public_url.trim_end_matches('/').to_owned();
        fetch::address(&public_url).ok_or_else(|| missing("oidc.public_url", tls))?;
        Ok(Self {
            ambient,
            fetch: Fetch::new(guard)?,
            issuer: config.issuer.clone(),
            discovery,
            client_id: config.client_id.clone(),
            client_secret: config.client_secret.clone(),
            public_url,
            remembered: Mutex::default(),
        })
    }

    /// Who it is.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    fn callback(&self) -> String {
        format!("{}{CALLBACK}", self.public_url)
    }

    /// Where a browser goes to sign in.
    pub async fn authorize(&self, flow: &flow::Flow) -> Result<String> {
        let mut url = self.known().await?.authorize.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.callback())
            .append_pair("scope", "openid email profile")
            .append_pair("state", &flow.state)
            .append_pair("nonce", &flow.nonce)
            .append_pair("code_challenge", &flow.challenge())
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// Who came back with this code; `from` is whom they say they come from.
    pub async fn redeem(&self, flow: &flow::Flow, code: &str, from: Option<&str>) -> Result<IdToken> {
        let known = self.known().await?;
        if from.map_or(known.names_itself, |from| from != self.issuer) {
            return Err(id_token::refused("the answer comes from another provider"));
        }
        let callback = self.callback();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &callback),
            ("client_id", &self.client_id),
            ("code_verifier", &flow.verifier),
        ];
        let secret = self.client_secret.reveal();
        let mut basic = None;
        match secret {
            Some(secret) if known.secret_in_form => form.push(("client_secret", secret)),
            Some(secret) => basic = Some((&*self.client_id, secret)),
            None => {}
        }
        let tokens: Tokens = self.fetch.post(&known.token, &form, basic, "token").await?;
        let key = self.key(&known, &id_token::kid(&tokens.id_token)?).await?;
        let expected = Expected {
            issuer: &self.issuer,
            client: &self.client_id,
            nonce: &flow.nonce,
            algorithms: &known.algorithms,
            now: self.ambient.now().timestamp(),
        };
        id_token::verify(&tokens.id_token, &key, &expected)
    }

    async fn known(&self) -> Result<Arc<Known>> {
        let now = self.ambient.elapsed();
        if let Some((at, known)) = &self.remembered.lock().known
            && now < *at + REMEMBERED
        {
            return Ok(known.clone());
        }
        let said: Metadata = self.fetch.get(&self.discovery, "description").await?;
        if said.issuer != self.issuer {
            return Err(away("description").source(format!("it says it is {}", said.issuer)));
        }
        let endpoint =
            |text: &str| fetch::address(text).ok_or_else(|| away("description").source("an unsafe endpoint"));
        let methods = said.token_endpoint_auth_methods_supported;
        let offers = |method: &str| methods.as_ref().is_some_and(|all| all.iter().any(|m| m == method));
        let known = Arc::new(Known {
            authorize: endpoint(&said.authorization_endpoint)?,
            token: endpoint(&said.token_endpoint)?,
            keys: endpoint(&said.jwks_uri)?,
            algorithms: said.id_token_signing_alg_values_supported,
            secret_in_form: !offers("client_secret_basic") && offers("client_secret_post"),
            names_itself: said.authorization_response_iss_parameter_supported,
        });
        self.remembered.lock().known = Some((now, known.clone()));
        Ok(known)
    }

    /// The key of this name; asked for anew when it is not known, but not all the time.
    async fn key(&self, known: &Known, kid: &str) -> Result<Jwk> {
        let find = |keys: &[Jwk]| keys.iter().find(|key| key.common.key_id.as_deref() == Some(kid)).cloned();
        let now = self.ambient.elapsed();
        let (mut found, mut fresh) = (None, false);
        if let Some((at, keys)) = &self.remembered.lock().keys {
            found = find(keys).filter(|_| now < *at + REMEMBERED);
            fresh = now < *at + KEYS_AGAIN;
        }
        if let Some(found) = found {
            return Ok(found);
        }
        let unknown = || id_token::refused("a key that the provider does not have");
        if fresh {
            return Err(unknown());
        }
        let said: KeySet = self.fetch.get(&known.keys, "keys").await?;
        // One of a kind that is not known is not ours to judge.
        let keys: Arc<[Jwk]> =
            said.keys.into_iter().take(KEYS).filter_map(|key| serde_json::from_value(key).ok()).collect();
        let found = find(&keys);
        self.remembered.lock().keys = Some((now, keys));
        found.ok_or_else(unknown)
    }
}
