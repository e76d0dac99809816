//! Another tenant's object is as absent as one that never was: every route with an id, asked for an own tenant's
//! nonsense and for ids of somebody else, answers alike. The routes come from the document, so a new one is in.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Person, TestNode};

/// What an answer is, without what differs by request.
async fn gist(who: &Person, method: &Method, path: &str, body: Option<&Value>) -> (u16, Value) {
    let mut request = who.request(method.clone(), path).header("if-match", "\"1\"");
    if let Some(body) = body {
        request = request.json(body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let mut value: Value = answer.json().await.unwrap_or_default();
    for field in ["trace_id", "instance"] {
        if let Some(object) = value.as_object_mut() {
            object.remove(field);
        }
    }
    (status, value)
}

/// A body that passes validation, where a route wants one.
fn body(path: &str, method: &Method) -> Option<Value> {
    match (method.as_str(), path) {
        ("PATCH", p) if p.contains("/connections/") => Some(json!({"name": "x"})),
        ("PATCH", p) if p.contains("/findings/") => Some(json!({"state": "accepted"})),
        ("PUT", p) if p.ends_with("/mappings") => Some(json!({"stream": "s", "entity": "account", "rules": []})),
        ("POST", p) if p.ends_with("/split") => Some(json!({"records": ["0000000000000001"]})),
        ("POST", p) if p.ends_with("/decide") => Some(json!({"decision": "approve"})),
        ("POST", p) if p.ends_with("/demo/drift") => Some(json!({})),
        _ => None,
    }
}

/// Ids that the other tenant really has, by the kind of path they fit.
async fn theirs(node: &TestNode, ben: &Person) -> Vec<(&'static str, String)> {
    let mut ids = Vec::new();
    let sessions: Value = ben.get("/api/v1/auth/sessions").await.json().await.unwrap();
    ids.push(("/auth/sessions/", sessions["items"][0]["id"].as_str().unwrap().to_owned()));
    let scope = autonomos_runtime::Scope::new(
        ben.tenant.parse().unwrap(),
        autonomos_runtime::Actor::System("test"),
        autonomos_runtime::ids::TraceId::new(&node.node.app().ambient),
    );
    let mut tx = node.node.app().store.begin(&scope).await.unwrap();
    let new = autonomos_runtime::store::NewConnection {
        name: "theirs".into(),
        kind: "file".into(),
        config: json!({"path": "*.csv"}),
        policy: json!({}),
        ..Default::default()
    };
    ids.push(("/aam/connections/", tx.create_connection(new).await.unwrap().id.to_string()));
    let new = autonomos_runtime::store::NewTask { kind: "noop".into(), ..Default::default() };
    ids.push(("/tasks/", tx.create_task(new).await.unwrap().id.to_string()));
    let new = autonomos_runtime::store::NewReview {
        kind: "mapping".into(),
        subject: json!({}),
        proposal: json!({}),
        evidence: json!({}),
        ..Default::default()
    };
    ids.push(("/reviews/", tx.create_review(new).await.unwrap().id.to_string()));
    tx.save().await.unwrap();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_somebody_elses_is_not_there() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let ben = node.register("ben").await;
    let theirs = theirs(&node, &ben).await;
    let document: Value = ann.get("/openapi.json").await.json().await.unwrap();
    let mut asked = 0;
    for (template, item) in document["paths"].as_object().unwrap() {
        if !template.contains("{id}") || template.contains("/agents/") {
            continue;
        }
        for method in item.as_object().unwrap().keys() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            let path = |id: &str| {
                let path = template.replace("{id}", id);
                if path.ends_with("/preview") { format!("{path}?stream=s") } else { path }
            };
            let body = body(template, &method);
            let absent = gist(&ann, &method, &path("01920000-0000-7000-8000-000000000000"), body.as_ref()).await;
            assert_eq!(absent.0, 404, "{method} {template}: {absent:?}");
            let nonsense = gist(&ann, &method, &path("nonsense"), body.as_ref()).await;
            assert_eq!(nonsense.0, 404, "{method} {template}: {nonsense:?}");
            for (_, id) in theirs.iter().filter(|(fits, _)| template.contains(fits)) {
                let other = gist(&ann, &method, &path(id), body.as_ref()).await;
                assert_eq!(other, absent, "{method} {template}");
                asked += 1;
            }
        }
    }
    assert!(asked >= 15, "{asked}");
    let still: Value = ben.get("/api/v1/auth/sessions").await.json().await.unwrap();
    assert_eq!(still["items"].as_array().unwrap().len(), 1, "and nothing of theirs was changed");
}
