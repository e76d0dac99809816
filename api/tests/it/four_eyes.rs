//! Where two people are wanted, nobody approves what they proposed themselves.

use autonomos_runtime::ids::TraceId;
use autonomos_runtime::store::NewReview;
use autonomos_runtime::{Actor, Scope};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

async fn decide(who: &Person, id: &str, version: i64, decision: Value) -> reqwest::Response {
    let path = format!("/api/v1/reviews/{id}/decide");
    who.request(Method::POST, &path).header("if-match", version).json(&decision).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_waits_for_somebody_else() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let ben = node.join(&ann, "ben", "operator").await;
    ann.upload("crm/accounts.csv", "Id,Name,Industry\n1,Acme,Energy\n2,Blue,Media\n").await;
    let connection = ann.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    ann.sync(&node, &connection).await;
    let read = ann.json(&format!("/api/v1/aam/connections/{connection}")).await;
    let app = node.node.app();
    let scope = Scope::new(ann.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
    let mut ids = Vec::new();
    let mut tx = app.store.begin(&scope).await.unwrap();
    for _ in 0..3 {
        let new = NewReview {
            kind: "mapping".into(),
            subject: json!({"connection_id": connection, "stream": read["streams"][0]["name"]}),
            proposal: json!({"action": "accept"}),
            evidence: json!({}),
            ..NewReview::default()
        };
        ids.push(tx.create_review(new).await.unwrap().id.to_string());
    }
    tx.save().await.unwrap();
    let edit = json!({"decision": "edit", "edit": {"action": "unmap", "source_path": "Industry"}});
    let approve = json!({"decision": "approve"});

    let refused = ben.request(Method::PUT, "/api/v1/admin/access-policy").json(&json!({"four_eyes": true})).send();
    assert_eq!(refused.await.unwrap().status(), StatusCode::FORBIDDEN);
    let on = ann.request(Method::PUT, "/api/v1/admin/access-policy").json(&json!({"four_eyes": true})).send();
    assert_eq!(on.await.unwrap().status(), StatusCode::OK);

    let waits: Value = decide(&ben, &ids[0], 1, edit.clone()).await.json().await.unwrap();
    assert_eq!((&waits["state"], &waits["version"]), (&json!("pending"), &json!(2)), "{waits}");
    assert_eq!(waits["proposal"]["action"], "unmap");
    let own = decide(&ben, &ids[0], 2, approve.clone()).await;
    assert_eq!(own.status(), StatusCode::FORBIDDEN);
    assert_eq!(problem(own).await["code"], "review.own_proposal");
    let made: Value =
        ben.post("/api/v1/api-keys", &json!({"name": "x", "scopes": ["write"]})).await.json().await.unwrap();
    let path = format!("/api/v1/reviews/{}/decide", ids[0]);
    let by_key = node.request(Method::POST, &path).bearer_auth(made["key"].as_str().unwrap()).header("if-match", 2);
    assert_eq!(
        by_key.json(&approve).send().await.unwrap().status(),
        StatusCode::FORBIDDEN,
        "a key is its owner's hand"
    );
    let done: Value = decide(&ann, &ids[0], 2, approve.clone()).await.json().await.unwrap();
    assert_eq!(done["state"], "approved", "{done}");
    let rules = ann.json(&format!("/api/v1/aam/connections/{connection}/mappings")).await;
    assert!(!rules.to_string().contains("\"Industry\""), "{rules}");

    assert_eq!(
        decide(&ben, &ids[1], 1, approve).await.status(),
        StatusCode::OK,
        "the platform's proposals are anybody's"
    );
    decide(&ben, &ids[2], 1, edit).await;
    let withdrawn = decide(&ben, &ids[2], 2, json!({"decision": "reject"})).await;
    assert_eq!(withdrawn.status(), StatusCode::OK, "one's own can be withdrawn");
}
