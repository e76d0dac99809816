//! People: another role, no access any more, and the one admin who stays.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

async fn id_of(admin: &Person, email: &str) -> String {
    let users = admin.json("/api/v1/users").await;
    let user = users["items"].as_array().unwrap().iter().find(|u| u["email"] == email).unwrap();
    user["id"].as_str().unwrap().to_owned()
}

async fn patch(admin: &Person, id: &str, change: &Value) -> reqwest::Response {
    admin.request(Method::PATCH, &format!("/api/v1/users/{id}")).json(change).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_role_holds_for_tokens_that_are_out_already() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let ben = node.join(&ann, "ben", "viewer").await;
    let task = json!({"kind": "noop"});
    let run = || ben.post("/api/v1/tasks", &task);
    assert_eq!(run().await.status(), StatusCode::FORBIDDEN);
    let id = id_of(&ann, &ben.email).await;
    let changed = patch(&ann, &id, &json!({"role": "operator"})).await;
    assert_eq!(changed.status(), StatusCode::OK);
    assert_eq!(changed.json::<Value>().await.unwrap()["role"], "operator");
    assert_eq!(run().await.status(), StatusCode::CREATED);
    assert_eq!(patch(&ann, &id, &json!({"role": "viewer"})).await.status(), StatusCode::OK);
    assert_eq!(run().await.status(), StatusCode::FORBIDDEN);
    let log = ann.json(&format!("/api/v1/audit?subject=user/{id}&action=user.update")).await;
    assert_eq!(
        (&log["items"][0]["before"]["role"], &log["items"][0]["after"]["role"]),
        (&json!("operator"), &json!("viewer"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_disabled_is_out_and_comes_back_by_signing_in() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let ben = node.join(&ann, "ben", "operator").await;
    let id = id_of(&ann, &ben.email).await;
    let mut stream = ben.get("/api/v1/events/stream").await;
    stream.chunk().await.unwrap();
    assert_eq!(patch(&ann, &id, &json!({"state": "disabled"})).await.status(), StatusCode::OK);
    assert_eq!(ben.get("/api/v1/auth/me").await.status(), StatusCode::UNAUTHORIZED);
    let refresh = node.post("/api/v1/auth/refresh", &json!({"refresh_token": ben.refresh})).await;
    assert_eq!(refresh.status(), StatusCode::UNAUTHORIZED);
    let mut rest = String::new();
    while let Ok(Some(chunk)) = stream.chunk().await {
        rest.push_str(&String::from_utf8_lossy(&chunk));
    }
    assert!(rest.contains("revoked"), "{rest}");

    assert_eq!(patch(&ann, &id, &json!({"state": "active"})).await.status(), StatusCode::OK);
    assert_eq!(ben.get("/api/v1/auth/me").await.status(), StatusCode::UNAUTHORIZED, "old sign-ins stay ended");
    let ben = node.sign_in(&ben.email, &ann.tenant).await;
    let mut stream = ben.get("/api/v1/events/stream").await;
    let greeting = stream.chunk().await.unwrap().unwrap();
    assert!(!String::from_utf8_lossy(&greeting).contains("revoked"));
    crate::live::publish(&node, &ann, autonomos_runtime::bus::Topic::TaskState, json!({"n": 1}));
    let next = stream.chunk().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&next).contains("\"n\":1"), "an end before this sign-in does not end its streams");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_admin_stays_and_bad_changes_are_named() {
    let node = TestNode::start().await;
    let (ann, other) = (node.register("ann").await, node.register("other").await);
    let id = id_of(&ann, &ann.email).await;
    for change in [json!({"role": "viewer"}), json!({"state": "disabled"})] {
        let refused = patch(&ann, &id, &change).await;
        assert_eq!(refused.status(), StatusCode::CONFLICT, "{change}");
        assert_eq!(problem(refused).await["code"], "user.last_admin");
    }
    for (change, field) in
        [(json!({"role": "king"}), "/role"), (json!({"state": "asleep"}), "/state"), (json!({"name": ""}), "/name")]
    {
        let refused = patch(&ann, &id, &change).await;
        assert_eq!(problem(refused).await["errors"][0]["pointer"], field, "{change}");
    }
    assert_eq!(patch(&ann, &id, &json!({})).await.status(), StatusCode::BAD_REQUEST);
    let stale =
        ann.request(Method::PATCH, &format!("/api/v1/users/{id}")).header("if-match", "99").json(&json!({"name": "A"}));
    assert_eq!(stale.send().await.unwrap().status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(patch(&other, &id, &json!({"name": "Mine"})).await.status(), StatusCode::NOT_FOUND);
}
