//! Tokens that are not ours, or not any more, or not for this: every one is 401, and none says why.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{TestNode, problem};

struct Forge {
    header: Value,
    claims: Value,
    token: String,
}

impl Forge {
    fn of(token: &str) -> Self {
        let part = |at: usize| -> Value {
            let text = token.split('.').nth(at).unwrap();
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
        };
        Self { header: part(0), claims: part(1), token: token.to_owned() }
    }

    fn signature(&self) -> &str {
        self.token.rsplit('.').next().unwrap()
    }

    fn unsigned(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", part(header), part(claims))
    }

    /// The claims changed, the signature kept.
    fn claims(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = self.claims.clone();
        change(&mut claims);
        format!("{}.{}", Self::unsigned(&self.header, &claims), self.signature())
    }

    /// The header changed, the signature kept.
    fn header(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut header = self.header.clone();
        change(&mut header);
        format!("{}.{}", Self::unsigned(&header, &self.claims), self.signature())
    }

    /// Signed anew with another key.
    fn signed(&self, algorithm: Algorithm, key: &[u8], change: impl FnOnce(&mut Header, &mut Value)) -> String {
        let mut header = Header::new(algorithm);
        header.kid = self.header["kid"].as_str().map(str::to_owned);
        let mut claims = self.claims.clone();
        change(&mut header, &mut claims);
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key)).unwrap()
    }
}

/// The key as the node derives it, to forge what only wrong claims should betray.
fn own_key() -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::new_with_prefix(b"autonomos access tokens v1\0").chain_update(crate::harness::SECRET).finalize().into()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_forged_token_gets_in() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let ben = node.register("ben").await;
    let forge = Forge::of(&ann.token);
    let own = own_key();
    let now = forge.claims["iat"].as_i64().unwrap();
    let own_signed = |change: &dyn Fn(&mut Value)| forge.signed(Algorithm::HS256, &own, |_, claims| change(claims));
    let none = |alg: &str| {
        let header = json!({"alg": alg, "typ": "JWT", "kid": forge.header["kid"]});
        format!("{}.", Forge::unsigned(&header, &forge.claims))
    };

    let sane = own_signed(&|_| {});
    let me = node.request(Method::GET, "/api/v1/auth/me").bearer_auth(&sane).send().await.unwrap();
    assert_eq!(me.status(), StatusCode::OK, "the forge makes good tokens where it is not told otherwise");

    let forged: Vec<(&str, String)> = vec![
        ("empty", String::new()),
        ("words", "let me in".into()),
        ("one part", "abc".into()),
        ("two parts", Forge::unsigned(&forge.header, &forge.claims)),
        ("four parts", format!("{}.x", ann.token)),
        ("no signature", format!("{}.", Forge::unsigned(&forge.header, &forge.claims))),
        (
            "signature of another",
            format!("{}.{}", Forge::unsigned(&forge.header, &forge.claims), Forge::of(&ben.token).signature()),
        ),
        ("signature cut", ann.token.get(..ann.token.len() - 2).unwrap().to_owned()),
        ("padding added", format!("{}=", ann.token)),
        (
            "standard base64",
            format!("{}.{}", Forge::unsigned(&forge.header, &forge.claims), STANDARD.encode([7_u8; 32])),
        ),
        ("alg none", none("none")),
        ("alg None", none("None")),
        ("alg NONE", none("NONE")),
        ("alg HS512 named, signature kept", forge.header(|h| h["alg"] = json!("HS512"))),
        ("alg RS256 named, signature kept", forge.header(|h| h["alg"] = json!("RS256"))),
        ("alg missing", forge.header(|h| drop(h.as_object_mut().unwrap().remove("alg")))),
        ("HS384 with the right key", forge.signed(Algorithm::HS384, &own, |_, _| {})),
        ("HS512 with the right key", forge.signed(Algorithm::HS512, &own, |_, _| {})),
        ("another key", forge.signed(Algorithm::HS256, b"another key altogether, of good length", |_, _| {})),
        ("empty key", forge.signed(Algorithm::HS256, b"", |_, _| {})),
        ("the secret itself as key", forge.signed(Algorithm::HS256, crate::harness::SECRET.as_bytes(), |_, _| {})),
        ("no kid", forge.signed(Algorithm::HS256, &own, |h, _| h.kid = None)),
        ("kid of nobody", forge.signed(Algorithm::HS256, &own, |h, _| h.kid = Some("0000000000000000".into()))),
        ("kid as path", forge.signed(Algorithm::HS256, b"", |h, _| h.kid = Some("../../../dev/null".into()))),
        ("kid as SQL", forge.signed(Algorithm::HS256, b"", |h, _| h.kid = Some("x' union select 'k".into()))),
        ("crit", forge.signed(Algorithm::HS256, &own, |h, _| h.crit = Some(vec!["exp".into()]))),
        ("typ of something else", forge.signed(Algorithm::HS256, &own, |h, _| h.typ = Some("at+jwt".into()))),
        ("tenant changed, signature kept", forge.claims(|c| c["tenant_id"] = json!(ben.tenant))),
        ("role changed, signature kept", forge.claims(|c| c["role"] = json!("operator"))),
        ("another tenant in a good signature", own_signed(&|c| c["tenant_id"] = json!(ben.tenant))),
        ("another person in a good signature", own_signed(&|c| c["sub"] = Forge::of(&ben.token).claims["sub"].clone())),
        ("session of nobody", own_signed(&|c| c["sid"] = json!("01920000-0000-7000-8000-000000000000"))),
        ("expired", own_signed(&|c| c["exp"] = json!(now - 1))),
        ("no exp", own_signed(&|c| drop(c.as_object_mut().unwrap().remove("exp")))),
        ("exp as text", own_signed(&|c| c["exp"] = json!("9999999999"))),
        ("exp far ahead", own_signed(&|c| c["exp"] = json!(now + 365 * 24 * 3600))),
        ("not yet", own_signed(&|c| c["nbf"] = json!(now + 3600))),
        ("made tomorrow", own_signed(&|c| c["iat"] = json!(now + 24 * 3600))),
        ("another audience", own_signed(&|c| c["aud"] = json!("mcp"))),
        ("no audience", own_signed(&|c| drop(c.as_object_mut().unwrap().remove("aud")))),
        ("another issuer", own_signed(&|c| c["iss"] = json!("autonomos.evil"))),
        ("no issuer", own_signed(&|c| drop(c.as_object_mut().unwrap().remove("iss")))),
        ("no tenant", own_signed(&|c| drop(c.as_object_mut().unwrap().remove("tenant_id")))),
        ("role of no one", own_signed(&|c| c["role"] = json!("root"))),
        ("a refresh token", ann.refresh.clone()),
    ];
    for (what, token) in forged {
        let answer = node
            .request(Method::GET, "/api/v1/auth/me")
            .header("authorization", format!("Bearer {token}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{what}");
        let body = problem(answer).await;
        let code = body["code"].as_str().unwrap();
        assert!(
            ["auth.token_invalid", "auth.token_expired", "auth.session_ended", "auth.required"].contains(&code),
            "{what}: {code}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_only_taken_from_its_place() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    for (what, request) in [
        ("query", node.request(Method::GET, &format!("/api/v1/auth/me?token={0}&access_token={0}", ann.token))),
        (
            "cookie",
            node.request(Method::GET, "/api/v1/auth/me").header("cookie", format!("access_token={}", ann.token)),
        ),
        ("basic", node.request(Method::GET, "/api/v1/auth/me").basic_auth("x", Some(&ann.token))),
        ("bare", node.request(Method::GET, "/api/v1/auth/me").header("authorization", &ann.token)),
    ] {
        assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED, "{what}");
    }
    let twice = node
        .request(Method::GET, "/api/v1/auth/me")
        .header("authorization", format!("Bearer {}", ann.token))
        .header("authorization", "Bearer other");
    assert_eq!(twice.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}
