//! An identity provider as the specifications have it (OpenID Connect Core and Discovery, PKCE, JSON Web Keys), on a port of
//! its own, that can be told to do wrong.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::OnceLock;

use autonomos_runtime::Ambient;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use parking_lot::Mutex;
use rsa::pkcs1::EncodeRsaPrivateKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What the node is called here, and its secret (which a form has to escape).
pub const CLIENT: &str = "autonomos";
pub const CLIENT_SECRET: &str = "a client's secret: +&%=/";

/// The same as RFC 6749 has it in a header.
const CLIENT_SECRET_ENCODED: &str = "a+client%27s+secret%3A+%2B%26%25%3D%2F";

/// A key it signs with.
#[derive(Clone)]
pub struct Key {
    pub kid: String,
    pub algorithm: Algorithm,
    pub sign: EncodingKey,
    pub public: Jwk,
}

impl Key {
    fn new(kid: &str, algorithm: Algorithm, sign: EncodingKey) -> Self {
        let mut public = Jwk::from_encoding_key(&sign, algorithm).unwrap();
        public.common.key_id = Some(kid.to_owned());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Self { kid: kid.to_owned(), algorithm, sign, public }
    }

    pub fn es256(kid: &str) -> Self {
        let pair = rcgen::KeyPair::generate().unwrap();
        Self::new(kid, Algorithm::ES256, EncodingKey::from_ec_der(&pair.serialize_der()))
    }

    /// Made once: it takes a moment.
    pub fn rs256(kid: &str) -> Self {
        static DER: OnceLock<Vec<u8>> = OnceLock::new();
        let der = DER.get_or_init(|| {
            let key = rsa::RsaPrivateKey::new(&mut rand_core::OsRng, 2048).unwrap();
            key.to_pkcs1_der().unwrap().as_bytes().to_vec()
        });
        Self::new(kid, Algorithm::RS256, EncodingKey::from_rsa_der(der))
    }
}

/// Changes claims before they are signed.
pub type Change = Box<dyn Fn(&mut Value) + Send>;
/// Makes a token out of claims.
pub type Make = Box<dyn Fn(&Value) -> String + Send>;

/// What it does about the next sign-ins.
pub struct Ways {
    /// Who signs in: claims besides those that every token has.
    pub person: Value,
    /// Keys it shows.
    pub keys: Vec<Key>,
    /// Changes the claims before they are signed.
    pub claims: Change,
    /// Makes the token out of the claims, instead of signing them with the last key.
    pub token: Option<Make>,
    /// What it says it is.
    pub issuer: Option<String>,
    /// Algorithms that it says it uses.
    pub algorithms: Vec<String>,
    /// How often its keys were asked for.
    pub asked_for_keys: u32,
}

struct Code {
    challenge: String,
    nonce: String,
    redirect: String,
}

#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    pub ways: Arc<Mutex<Ways>>,
    codes: Arc<Mutex<HashMap<String, Code>>>,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let ways = Ways {
            person: json!({"sub": "s-1", "email": "Ann@Example.org", "email_verified": true, "name": "Ann"}),
            keys: vec![Key::rs256("rsa-1"), Key::es256("ec-1")],
            claims: Box::new(|_| ()),
            token: None,
            issuer: None,
            algorithms: vec!["RS256".into(), "ES256".into()],
            asked_for_keys: 0,
        };
        let provider = Self { issuer, ways: Arc::new(Mutex::new(ways)), codes: Arc::default() };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/keys", get(keys))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        provider
    }

    /// Does something else from now on.
    pub fn change(&self, change: impl FnOnce(&mut Ways)) {
        change(&mut self.ways.lock());
    }

    /// As at first, but for the keys.
    pub fn behave(&self) {
        self.change(|ways| {
            ways.claims = Box::new(|_| ());
            ways.token = None;
            ways.issuer = None;
        });
    }
}

async fn discovery(State(me): State<Provider>) -> Json<Value> {
    let ways = me.ways.lock();
    let at = |path: &str| format!("{}{path}", me.issuer);
    Json(json!({
        "issuer": ways.issuer.clone().unwrap_or_else(|| me.issuer.clone()),
        "authorization_endpoint": at("/authorize?tenant=x"), "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ways.algorithms,
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn authorize(State(me): State<Provider>, Query(asked): Query<HashMap<String, String>>) -> Response {
    let fits = asked.get("response_type").is_some_and(|t| t == "code")
        && asked.get("client_id").is_some_and(|c| c == CLIENT)
        && asked.get("scope").is_some_and(|s| s.split(' ').any(|s| s == "openid"))
        && asked.get("code_challenge_method").is_some_and(|m| m == "S256")
        && asked.get("tenant").is_some_and(|t| t == "x");
    if !fits {
        return (StatusCode::BAD_REQUEST, format!("{asked:?}")).into_response();
    }
    let code = hex::encode(rand());
    let kept = Code {
        challenge: asked["code_challenge"].clone(),
        nonce: asked["nonce"].clone(),
        redirect: asked["redirect_uri"].clone(),
    };
    me.codes.lock().insert(code.clone(), kept);
    let back = [("code", &*code), ("state", &asked["state"]), ("iss", &me.issuer)];
    let to = reqwest::Url::parse_with_params(&asked["redirect_uri"], back).unwrap();
    (StatusCode::FOUND, [(header::LOCATION, to.to_string())]).into_response()
}

async fn token(State(me): State<Provider>, headers: HeaderMap, Form(asked): Form<HashMap<String, String>>) -> Response {
    let refuse = |why: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": why}))).into_response();
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{CLIENT_SECRET_ENCODED}")));
    if headers.get(header::AUTHORIZATION).is_none_or(|sent| sent.as_bytes() != basic.as_bytes()) {
        return refuse("invalid_client");
    }
    let Some(code) = asked.get("code").and_then(|code| me.codes.lock().remove(code)) else {
        return refuse("invalid_grant");
    };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(asked["code_verifier"].as_bytes()));
    if challenge != code.challenge || asked["redirect_uri"] != code.redirect {
        return refuse("invalid_grant");
    }
    let ways = me.ways.lock();
    let now = Ambient::system().now().timestamp();
    let mut claims = json!({"iss": me.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": code.nonce});
    for (name, value) in ways.person.as_object().unwrap() {
        claims[name] = value.clone();
    }
    (ways.claims)(&mut claims);
    let token = match &ways.token {
        Some(make) => make(&claims),
        None => signed(ways.keys.last().unwrap(), &claims),
    };
    Json(json!({"access_token": "x", "token_type": "Bearer", "expires_in": 300, "id_token": token})).into_response()
}

async fn keys(State(me): State<Provider>) -> Json<Value> {
    let mut ways = me.ways.lock();
    ways.asked_for_keys += 1;
    let mut keys: Vec<Value> = ways.keys.iter().map(|key| serde_json::to_value(&key.public).unwrap()).collect();
    // One of a kind that nobody here knows.
    keys.push(json!({"kty": "AKP", "kid": "future", "alg": "ML-DSA-44", "pub": "AAAA"}));
    Json(json!({"keys": keys}))
}

/// A token as a key signs it.
pub fn signed(key: &Key, claims: &Value) -> String {
    let mut header = Header::new(key.algorithm);
    header.kid = Some(key.kid.clone());
    jsonwebtoken::encode(&header, claims, &key.sign).unwrap()
}

fn rand() -> [u8; 16] {
    use rand_core::RngCore;
    let mut bytes = [0; 16];
    rand_core::OsRng.fill_bytes(&mut bytes);
    bytes
}
