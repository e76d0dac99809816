//! Keys for programs: what they open, for how long, and what they never do.

use std::time::Duration;

use autonomos_runtime::ids::TraceId;
use autonomos_runtime::store::{NewApiKey, TokenHash};
use autonomos_runtime::{Actor, Scope};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

async fn make(who: &Person, scopes: &[&str]) -> (String, String) {
    let answer = who.post("/api/v1/api-keys", &json!({"name": "ci", "scopes": scopes})).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let made: Value = answer.json().await.unwrap();
    (made["key"].as_str().unwrap().to_owned(), made["api_key"]["id"].as_str().unwrap().to_owned())
}

impl TestNode {
    async fn with_key(&self, key: &str, method: Method, path: &str) -> reqwest::Response {
        self.request(method, path).header("x-api-key", key).json(&json!({"kind": "noop"})).send().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_what_its_scopes_say_in_both_places() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let (key, id) = make(&ann, &["views:read", "tasks:write"]).await;
    assert!(key.starts_with("aos_"));
    let bearer = node.request(Method::GET, "/api/v1/dcl/views").bearer_auth(&key).send().await.unwrap();
    assert_eq!(bearer.status(), StatusCode::OK);
    for (method, path, status) in [
        (Method::GET, "/api/v1/dcl/views", StatusCode::OK),
        (Method::POST, "/api/v1/tasks", StatusCode::CREATED),
        (Method::GET, "/api/v1/aam/connections", StatusCode::FORBIDDEN),
        (Method::POST, "/api/v1/dcl/rebuild", StatusCode::FORBIDDEN),
        (Method::GET, "/api/v1/audit", StatusCode::FORBIDDEN),
        (Method::GET, "/api/v1/nothing/here", StatusCode::FORBIDDEN),
    ] {
        let answer = node.with_key(&key, method.clone(), path).await;
        assert_eq!(answer.status(), status, "{method} {path}");
    }
    let log = ann.json("/api/v1/audit?action=task.create").await;
    assert_eq!(log["items"][0]["actor"], format!("api_key:{id}").as_str());
    let listed = ann.json("/api/v1/api-keys").await;
    let shown = &listed["items"][0];
    assert!(shown["last_used_at"].is_string(), "{listed}");
    assert!(key.starts_with(shown["hint"].as_str().unwrap()) && !listed.to_string().contains(&key));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_ends_by_hand_by_time_and_with_its_owners_rights() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let ben = node.join(&ann, "ben", "operator").await;
    let (key, id) = make(&ben, &["write"]).await;
    assert_eq!(node.with_key(&key, Method::POST, "/api/v1/tasks").await.status(), StatusCode::CREATED);

    let users = ann.json("/api/v1/users").await;
    let user = users["items"].as_array().unwrap().iter().find(|u| u["role"] == "operator").unwrap();
    let patch = |change: Value| {
        let path = format!("/api/v1/users/{}", user["id"].as_str().unwrap());
        ann.request(Method::PATCH, &path).json(&change).send()
    };
    assert_eq!(patch(json!({"role": "viewer"})).await.unwrap().status(), StatusCode::OK);
    let demoted = node.with_key(&key, Method::POST, "/api/v1/tasks").await;
    assert_eq!(problem(demoted).await["code"], "auth.role", "at once, though it was seen a moment ago");
    assert_eq!(patch(json!({"state": "disabled"})).await.unwrap().status(), StatusCode::OK);
    let shut = node.with_key(&key, Method::GET, "/api/v1/tasks").await;
    assert_eq!(problem(shut).await["code"], "auth.key_invalid");
    assert_eq!(ben.get("/api/v1/auth/me").await.status(), StatusCode::UNAUTHORIZED, "and so is its owner");
    assert_eq!(patch(json!({"state": "active", "role": "operator"})).await.unwrap().status(), StatusCode::OK);
    assert_eq!(node.with_key(&key, Method::POST, "/api/v1/tasks").await.status(), StatusCode::CREATED);

    let revoked = ann.request(Method::DELETE, &format!("/api/v1/api-keys/{id}")).send().await.unwrap();
    assert_eq!(revoked.status(), StatusCode::NO_CONTENT);
    assert_eq!(node.with_key(&key, Method::GET, "/api/v1/tasks").await.status(), StatusCode::UNAUTHORIZED);

    let app = node.node.app();
    let scope = Scope::new(ann.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
    let (late, hint) = autonomos_api::auth::api_key::make(&app.ambient);
    let mut tx = app.store.begin(&scope).await.unwrap();
    tx.create_api_key(NewApiKey {
        owner: user["id"].as_str().unwrap().parse().unwrap(),
        token: TokenHash::of(&late),
        hint,
        name: "late".into(),
        scopes: vec!["read".into()],
        expires_at: app.ambient.now() - Duration::from_secs(1),
    })
    .await
    .unwrap();
    tx.save().await.unwrap();
    assert_eq!(node.with_key(&late, Method::GET, "/api/v1/tasks").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_not_a_person_and_not_more_than_one() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let ben = node.join(&ann, "ben", "operator").await;
    let wide = ben.post("/api/v1/api-keys", &json!({"name": "x", "scopes": ["views:admin"]})).await;
    assert_eq!(problem(wide).await["code"], "api_key.scope_too_wide");
    for (body, pointer) in [
        (json!({"name": "x", "scopes": ["everything"]}), "/scopes/0"),
        (json!({"name": "x", "scopes": []}), "/scopes"),
        (json!({"name": " ", "scopes": ["read"]}), "/name"),
        (json!({"name": "x", "scopes": ["read"], "expires_in_days": 4000}), "/expires_in_days"),
    ] {
        let refused = ben.post("/api/v1/api-keys", &body).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(problem(refused).await["errors"][0]["pointer"], pointer);
    }
    let (key, id) = make(&ann, &["admin"]).await;
    for (method, path) in [
        (Method::POST, "/api/v1/api-keys".to_owned()),
        (Method::DELETE, format!("/api/v1/api-keys/{id}")),
        (Method::POST, "/api/v1/auth/password".to_owned()),
        (Method::GET, "/api/v1/auth/sessions".to_owned()),
        (Method::POST, "/api/v1/auth/tickets".to_owned()),
    ] {
        let refused = node.with_key(&key, method.clone(), &path).await;
        assert_eq!(problem(refused).await["code"], "auth.person", "{method} {path}");
    }
    assert_eq!(node.with_key(&key, Method::GET, "/api/v1/audit").await.status(), StatusCode::OK);
    let theirs = ben.request(Method::DELETE, &format!("/api/v1/api-keys/{id}")).send().await.unwrap();
    assert_eq!(theirs.status(), StatusCode::NOT_FOUND, "somebody else's key is not there for an operator");

    let mut slip = key.clone();
    slip.pop();
    let app = node.node.app();
    let unknown = autonomos_api::auth::api_key::make(&app.ambient).0;
    for bad in [slip.as_str(), unknown.as_str(), "aos_", ann.token.as_str()] {
        assert_eq!(node.with_key(bad, Method::GET, "/api/v1/tasks").await.status(), StatusCode::UNAUTHORIZED, "{bad}");
    }
    let both = node.request(Method::GET, "/api/v1/tasks").header("x-api-key", &key).bearer_auth(&ann.token);
    assert_eq!(both.send().await.unwrap().status(), StatusCode::UNAUTHORIZED, "two credentials are none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_at_rest_is_a_hash_also_where_an_answer_is_kept() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let ask = || {
        let body = json!({"name": "ci", "scopes": ["read"]});
        ann.request(Method::POST, "/api/v1/api-keys").header("idempotency-key", "k").json(&body).send()
    };
    let first: Value = ask().await.unwrap().json().await.unwrap();
    let again: Value = ask().await.unwrap().json().await.unwrap();
    assert_eq!(first, again, "the same key, not a second one");
    let key = first["key"].as_str().unwrap();
    assert_eq!(node.with_key(key, Method::GET, "/api/v1/tasks").await.status(), StatusCode::OK);
    assert!(!node.holds(key.as_bytes()), "no file of the data directory has it");
    assert!(node.holds(first["api_key"]["hint"].as_str().unwrap().as_bytes()), "the search finds what is there");
}
