//! What lies on the disk: secrets are sealed under a key of their tenant, and open with the node's secret and that key only.

use autonomos_runtime::ids::TraceId;
use autonomos_runtime::{Actor, Scope};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::harness::TestNode;

const SECRET: &str = "canary-at-rest-77c1";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sealed_is_nowhere_in_the_data_and_opens_under_its_key_only() {
    let node = TestNode::start().await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    let config = json!({"url": format!("postgres://u:{SECRET}@127.0.0.1:1/x")});
    let made = ann.request(Method::POST, "/api/v1/aam/connections").header("idempotency-key", "k");
    let made = made.json(&json!({"name": "db", "type": "postgres", "config": config})).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let id = made.json::<serde_json::Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    // Refused rows are sealed as well.
    ann.upload("crm/a.csv", format!("Id,Name\n1,Acme\n,{SECRET}\n")).await;
    assert_eq!(ann.request(Method::DELETE, "/api/v1/files/crm/a.csv").send().await.unwrap().status(), 204);
    for path in ["check", "sync"] {
        ann.post(&format!("/api/v1/aam/connections/{id}/{path}"), &json!({})).await;
    }
    assert!(!node.holds(SECRET.as_bytes()), "while it runs");
    let node = node.restart().await;
    assert!(!node.holds(SECRET.as_bytes()), "and after");

    let app = node.node.app();
    let scope = |tenant: &str| Scope::new(tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
    let (a, b) = (scope(&ann.tenant), scope(&ben.tenant));
    let row = app.store.read(&a).await.unwrap().connection(id.parse().unwrap()).await.unwrap();
    let sealed = row.config["url"]["$sealed"].as_str().unwrap();
    let sealed = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, sealed).unwrap();
    let purpose = autonomos_runtime::secrets::Purpose::credential(row.id);
    let vault = &app.platform.host().parts().vault;
    assert!(vault.of(&a).await.unwrap().open(&purpose, &sealed).unwrap().ends_with(b"@127.0.0.1:1/x"));
    assert!(vault.of(&b).await.unwrap().open(&purpose, &sealed).is_err(), "another tenant's key");
    assert!(vault.own().open_own(&purpose, &sealed).is_err(), "the node's own key");
    // Without its one row there is nothing that opens it.
    let mut tx = app.store.begin(&a).await.unwrap();
    tx.begin_erasure(None).await.unwrap();
    tx.save().await.unwrap();
    vault.forget(&a);
    assert_eq!(vault.of(&a).await.unwrap_err().code, "tenant.deleting");
}
