//! Sign-in by an identity provider, through a browser that follows links and keeps cookies: who gets in, and every way in
//! which a token can be wrong.

use autonomos_runtime::Ambient;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};
use crate::provider::{CLIENT, CLIENT_SECRET, Change, Key, Make, Provider, signed};

struct Stage {
    node: TestNode,
    provider: Provider,
    admin: Person,
    /// The settings file, there as long as the node may read it.
    config: tempfile::TempDir,
}

/// A browser that goes step by step.
fn browser() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}

fn cookie(answer: &Response, name: &str) -> Option<String> {
    let all = answer.headers().get_all("set-cookie");
    let set = all.iter().filter_map(|value| value.to_str().ok()).find(|text| text.starts_with(&format!("{name}=")))?;
    Some(set.split(';').next().unwrap().to_owned())
}

impl Stage {
    /// A node where everybody of example.org is a viewer of the admin's tenant.
    async fn set() -> Self {
        let (provider, folder) = (Provider::start().await, tempfile::tempdir().unwrap());
        // The tenant has to be there before its domain can be said.
        let node = TestNode::start().await;
        let admin = node.register("admin").await;
        let path = folder.path().join("config.toml");
        let text = format!(
            "[oidc]\nissuer = \"{}\"\nclient_id = \"{CLIENT}\"\nclient_secret = \"{CLIENT_SECRET}\"\n\
             public_url = \"http://127.0.0.1:1\"\ndomains = [\"Example.org={}:viewer\"]\n",
            provider.issuer, admin.tenant
        );
        std::fs::write(&path, text).unwrap();
        let node = node.restart_with(|args| args.config = Some(path)).await;
        let admin = node.sign_in(&admin.email, &admin.tenant).await;
        Self { node, provider, admin, config: folder }
    }

    /// To the provider and back: the answer of the return, in the browser's words.
    async fn try_in(&self, query: &str) -> Response {
        let browser = browser();
        let start = browser.get(self.node.url(&format!("/api/v1/auth/oidc/start{query}"))).send().await.unwrap();
        assert_eq!(start.status(), StatusCode::SEE_OTHER, "{}", start.text().await.unwrap());
        let state = cookie(&start, "aos-oidc").unwrap();
        let there = start.headers()["location"].to_str().unwrap().to_owned();
        let sent = browser.get(there).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::FOUND);
        let back = sent.headers()["location"].to_str().unwrap().replace("http://127.0.0.1:1", &self.node.url(""));
        browser.get(back).header("cookie", state).send().await.unwrap()
    }

    /// Who is signed in by an answer.
    async fn me(&self, answer: Response) -> Value {
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text().await.unwrap());
        assert_eq!(answer.headers()["location"], "/");
        let refresh = cookie(&answer, "aos-refresh").unwrap();
        let grant =
            browser().post(self.node.url("/api/v1/auth/refresh")).header("cookie", refresh).send().await.unwrap();
        assert_eq!(grant.status(), StatusCode::OK);
        let grant: Value = grant.json().await.unwrap();
        let me = browser().get(self.node.url("/api/v1/auth/me")).bearer_auth(grant["access_token"].as_str().unwrap());
        me.send().await.unwrap().json().await.unwrap()
    }

    async fn refused(&self, query: &str, code: &str, why: &str) {
        let answer = self.try_in(query).await;
        assert!(cookie(&answer, "aos-refresh").is_none(), "{why}");
        assert_eq!(problem(answer).await["code"], code, "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_a_domain_come_in_and_are_the_same_whatever_their_address() {
    let stage = Stage::set().await;
    let offered: Value = stage.admin.get("/api/v1/auth/oidc").await.json().await.unwrap();
    assert_eq!((&offered["enabled"], &offered["name"]), (&json!(true), &json!("Single sign-on")));
    let answer = stage.try_in("").await;
    let me = stage.me(answer).await;
    assert_eq!((&me["email"], &me["role"], &me["name"]), (&json!("ann@example.org"), &json!("viewer"), &json!("Ann")));
    assert_eq!(me["tenant"]["id"], stage.admin.tenant.as_str());
    // Another address, not confirmed either: the subject is who they are.
    stage.provider.change(|ways| ways.person = json!({"sub": "s-1", "email": "new@elsewhere.org"}));
    assert_eq!(stage.me(stage.try_in("").await).await["id"], me["id"]);
    let log = stage.admin.json("/api/v1/audit?limit=50").await.to_string();
    assert!(log.contains("identity.bind") && log.contains("user.create"), "{log}");
    // Disabled here is disabled, whatever the provider says.
    let path = format!("/api/v1/users/{}", me["id"].as_str().unwrap());
    stage.admin.request(reqwest::Method::PATCH, &path).json(&json!({"state": "disabled"})).send().await.unwrap();
    stage.refused("", "auth.disabled", "a disabled account").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_to_be_confirmed_invited_or_of_the_domain() {
    let stage = Stage::set().await;
    let person =
        |sub: &str, email: Value, verified: Value| json!({"sub": sub, "email": email, "email_verified": verified});
    for (who, code, why) in [
        (person("u-1", json!("u@example.org"), json!(false)), "oidc.email_unverified", "not confirmed"),
        (person("u-2", json!("u@example.org"), json!(null)), "oidc.email_unverified", "nothing said"),
        (person("u-3", json!(null), json!(true)), "oidc.email_unverified", "no address"),
        (person("u-4", json!("u@elsewhere.org"), json!(true)), "oidc.unknown", "another domain"),
        (person("u-5", json!("u@sub.example.org"), json!(true)), "oidc.unknown", "a domain beneath"),
        (person("u-6", json!("u@evil.org@example.org.evil.org"), json!(true)), "oidc.unknown", "a domain inside"),
    ] {
        stage.provider.change(|ways| ways.person = who);
        stage.refused("", code, why).await;
    }
    // An invitation lets somebody of another domain in, with the address it was for, once.
    let eve = stage.node.register("eve@elsewhere.org".split('@').next().unwrap()).await;
    let asked = json!({"email": "Bob@Elsewhere.org", "role": "operator"});
    let made: Value = eve.post("/api/v1/auth/invitations", &asked).await.json().await.unwrap();
    let query = format!("?invitation={}", made["invitation"].as_str().unwrap());
    stage.provider.change(|ways| ways.person = person("b-1", json!("bob@elsewhere.org"), json!("true")));
    let bob = stage.me(stage.try_in(&query).await).await;
    assert_eq!((&bob["role"], &bob["tenant"]["id"]), (&json!("operator"), &json!(eve.tenant)));
    stage.provider.change(|ways| ways.person = person("b-2", json!("carl@elsewhere.org"), json!(true)));
    stage.refused(&query, "auth.invitation_invalid", "an invitation for another address").await;
    // An account that is there already is theirs only where its tenant owns the domain.
    stage.provider.change(|ways| ways.person = person("a-1", json!(stage.admin.email), json!(true)));
    let admin = stage.me(stage.try_in("").await).await;
    assert_eq!((&admin["role"], &admin["email"]), (&json!("admin"), &json!(stage.admin.email)));
    stage.provider.change(|ways| ways.person = person("x-1", json!(eve.email), json!(true)));
    stage.refused("", "oidc.unknown", "somebody else's account, of another tenant").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_wrong_in_any_way_lets_nobody_in() {
    let stage = Stage::set().await;
    let provider = &stage.provider;
    let now = Ambient::system().now().timestamp();
    let set = |name: &'static str, value: Value| -> Change { Box::new(move |claims| claims[name] = value.clone()) };
    let without =
        |name: &'static str| -> Change { Box::new(move |claims| drop(claims.as_object_mut().unwrap().remove(name))) };
    for (why, change) in [
        ("another nonce", set("nonce", json!("another"))),
        ("no nonce", without("nonce")),
        ("another audience", set("aud", json!("somebody else"))),
        ("no audience", without("aud")),
        ("given to another", set("azp", json!("somebody else"))),
        ("for several, given to nobody", set("aud", json!([CLIENT, "other"]))),
        ("another issuer", set("iss", json!("https://evil.example"))),
        ("no issuer", without("iss")),
        ("ended", set("exp", json!(now - 3600))),
        ("no end", without("exp")),
        ("an end in years", set("exp", json!(now + 10 * 365 * 24 * 3600))),
        ("made tomorrow", set("iat", json!(now + 24 * 3600))),
        ("made long ago", set("iat", json!(now - 24 * 3600))),
        ("not yet", set("nbf", json!(now + 3600))),
        ("no subject", without("sub")),
        ("an empty subject", set("sub", json!(""))),
    ] {
        provider.change(|ways| ways.claims = change);
        stage.refused("", "oidc.token", why).await;
    }
    provider.behave();
    let (rsa, ec) = (Key::rs256("rsa-1"), provider.ways.lock().keys[1].clone());
    let plain = |header: Value, claims: &Value| {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", part(&header), part(claims))
    };
    let with = |algorithm: Algorithm, kid: &str, key: &EncodingKey, claims: &Value| {
        let mut header = Header::new(algorithm);
        header.kid = Some(kid.to_owned());
        jsonwebtoken::encode(&header, claims, key).unwrap()
    };
    let stranger = Key::es256("ec-1");
    let public = serde_json::to_vec(&ec.public).unwrap();
    let forged: Vec<(&str, Make)> = vec![
        ("alg none", Box::new(move |claims| plain(json!({"alg": "none", "kid": "ec-1"}), claims))),
        ("alg NONE", Box::new(move |claims| plain(json!({"alg": "NONE", "kid": "ec-1"}), claims))),
        ("no signature", Box::new(move |claims| plain(json!({"alg": "ES256", "kid": "ec-1"}), claims))),
        (
            "a public key as a secret",
            Box::new(move |claims| with(Algorithm::HS256, "ec-1", &EncodingKey::from_secret(&public), claims)),
        ),
        ("another's key under a known name", Box::new(move |claims| signed(&stranger, claims))),
        (
            "a name that is not known",
            Box::new({
                let ec = ec.clone();
                move |claims| with(Algorithm::ES256, "nobody", &ec.sign, claims)
            }),
        ),
        (
            "the name of another key",
            Box::new({
                let ec = ec.clone();
                move |claims| with(Algorithm::ES256, "rsa-1", &ec.sign, claims)
            }),
        ),
        (
            "no name",
            Box::new({
                let ec = ec.clone();
                move |claims| jsonwebtoken::encode(&Header::new(Algorithm::ES256), claims, &ec.sign).unwrap()
            }),
        ),
        (
            "another algorithm with the right key",
            Box::new({
                let rsa = rsa.clone();
                move |claims| with(Algorithm::PS256, "rsa-1", &rsa.sign, claims)
            }),
        ),
        ("words", Box::new(|_| "let me in".to_owned())),
    ];
    for (why, make) in forged {
        provider.change(|ways| ways.token = Some(make));
        stage.refused("", "oidc.token", why).await;
    }
    // And what is right lets in, under either of its keys.
    for key in [rsa, ec] {
        provider.change(|ways| ways.token = Some(Box::new(move |claims| signed(&key, claims))));
        stage.me(stage.try_in("").await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_rotate_and_made_up_names_cost_the_provider_nothing() {
    let stage = Stage::set().await;
    stage.me(stage.try_in("").await).await;
    let asked = || stage.provider.ways.lock().asked_for_keys;
    stage.me(stage.try_in("").await).await;
    assert_eq!(asked(), 1, "remembered");
    for n in 0..3 {
        let key = Key::es256(&format!("made-up-{n}"));
        stage.provider.change(|ways| ways.token = Some(Box::new(move |claims| signed(&key, claims))));
        stage.refused("", "oidc.token", "a made up key").await;
    }
    assert_eq!(asked(), 1, "asked again at most every half a minute");
    // A node that does not know the new key yet finds it.
    stage.provider.behave();
    stage.provider.change(|ways| ways.keys = vec![ways.keys[1].clone(), Key::es256("ec-2")]);
    let Stage { node, provider, admin, config } = stage;
    let stage = Stage { node: node.restart().await, provider, admin, config };
    stage.me(stage.try_in("").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_of_one_browser_once() {
    let stage = Stage::set().await;
    let browser = browser();
    let start = browser.get(stage.node.url("/api/v1/auth/oidc/start")).send().await.unwrap();
    let mine = cookie(&start, "aos-oidc").unwrap();
    let sent = browser.get(start.headers()["location"].to_str().unwrap()).send().await.unwrap();
    let back = sent.headers()["location"].to_str().unwrap().replace("http://127.0.0.1:1", &stage.node.url(""));
    let other = browser.get(stage.node.url("/api/v1/auth/oidc/start")).send().await.unwrap();
    let others = cookie(&other, "aos-oidc").unwrap();
    let visit = |url: String, cookie: Option<&str>| {
        let request = browser.get(url);
        cookie.map_or_else(|| request.try_clone().unwrap(), |c| request.try_clone().unwrap().header("cookie", c)).send()
    };
    for (why, url, cookie) in [
        ("another browser", back.clone(), None),
        ("another sign-in of this browser", back.clone(), Some(&*others)),
        ("a made up answer", stage.node.url("/api/v1/auth/oidc/callback?code=x&state=y"), Some(&*mine)),
        ("no answer", stage.node.url("/api/v1/auth/oidc/callback"), Some(&*mine)),
    ] {
        let answer = visit(url, cookie).await.unwrap();
        assert_eq!(problem(answer).await["code"], "oidc.state", "{why}");
    }
    let foreign = back.replace("iss=", "iss=https%3A%2F%2Fevil.example&was=");
    assert_eq!(
        problem(visit(foreign, Some(&mine)).await.unwrap()).await["code"],
        "oidc.token",
        "from another provider"
    );
    let refused = back.replace("code=", "error=access_denied&was=");
    assert_eq!(problem(visit(refused, Some(&mine)).await.unwrap()).await["code"], "oidc.refused");
    assert_eq!(visit(back.clone(), Some(&mine)).await.unwrap().status(), StatusCode::SEE_OTHER);
    assert_eq!(problem(visit(back, Some(&mine)).await.unwrap()).await["code"], "oidc.refused", "a code works once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_another_or_away_is_said() {
    let stage = Stage::set().await;
    stage.provider.change(|ways| ways.issuer = Some("https://evil.example".into()));
    let start = browser().get(stage.node.url("/api/v1/auth/oidc/start")).send().await.unwrap();
    let said = problem(start).await;
    assert_eq!((&said["status"], &said["code"]), (&json!(503), &json!("oidc.provider")));
    assert!(!said.to_string().contains("evil"), "what it said stays in the log: {said}");
    // Without a provider nothing of it is there.
    let node = TestNode::start().await;
    let offered: Value =
        node.request(reqwest::Method::GET, "/api/v1/auth/oidc").send().await.unwrap().json().await.unwrap();
    assert_eq!(offered["enabled"], false);
    let start = node.request(reqwest::Method::GET, "/api/v1/auth/oidc/start").send().await.unwrap();
    assert_eq!(problem(start).await["code"], "oidc.off");
}
