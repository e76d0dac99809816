//! What changes something takes more than looking: a viewer is refused at every such route, before anything is read.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Person, TestNode};

async fn viewer(node: &TestNode, admin: &Person) -> Person {
    let made = admin.post("/api/v1/auth/invitations", &json!({"email": "v@example.org", "role": "viewer"})).await;
    let made: Value = made.json().await.unwrap();
    let body = json!({"email": "v@example.org", "password": PASSWORD, "name": "v", "invitation": made["invitation"]});
    assert_eq!(node.post("/api/v1/auth/register", &body).await.status(), StatusCode::CREATED);
    node.sign_in("v@example.org", &admin.tenant).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_changes_nothing() {
    let node = TestNode::start().await;
    let admin = node.register("ann").await;
    let viewer = viewer(&node, &admin).await;
    let document: Value = admin.get("/openapi.json").await.json().await.unwrap();
    let mut refused = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let own = path.starts_with("/api/v1/auth/") && !path.ends_with("/invitations");
        if own || path.ends_with("/propose") {
            continue;
        }
        for method in item.as_object().unwrap().keys() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            if method == Method::GET {
                continue;
            }
            let path = path.replace("{id}", "01920000-0000-7000-8000-000000000000").replace("{path}", "a.csv");
            let answer = viewer.request(method.clone(), &path).json(&json!({})).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{method} {path}");
            refused += 1;
        }
    }
    assert!(refused > 15, "{refused}");
}
