//! A tenant whose actors cannot go on: what its people see, what they are told, and how an admin brings it back.

use std::time::Duration;

use autonomos_runtime::ids::TraceId;
use autonomos_runtime::supervision::{Key, Phase};
use autonomos_runtime::{Actor, Scope};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{TestNode, problem};

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_tenant_is_shown_and_an_admin_resumes_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    std::fs::write(&config, "[tenant]\nactor_restarts = 0\nescalations = 0\nresume_seconds = 900\n").unwrap();
    let node = TestNode::with(|args| args.config = Some(config)).await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    let new = json!({"name": "crm", "type": "demo", "config": {"source": "crm"}});
    let made: Value = ann.post("/api/v1/aam/connections", &new).await.json().await.unwrap();
    ben.post("/api/v1/aam/connections", &new).await;
    let sync = format!("/api/v1/aam/connections/{}/sync", made["id"].as_str().unwrap());

    let app = node.node.app();
    let scope = Scope::new(ann.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
    let actors = app.platform.host().parts().node.clone();
    assert!(actors.directory().kill(&Key::of(&scope, "agents")));
    let root = Key::of(&scope, "tenant");
    let out = |seen: Option<&autonomos_runtime::supervision::Observed>| {
        seen.is_some_and(|seen| seen.state == Phase::Suspended && seen.extra["again_at"].is_string())
    };
    actors.observatory().until(&root, Duration::from_secs(30), out).await.unwrap();

    let shown: Value = ann.get("/api/v1/actors").await.json().await.unwrap();
    let shown = shown["items"].as_array().unwrap();
    assert_eq!((shown.len(), &shown[0]["key"], &shown[0]["state"]), (1, &json!("tenant"), &json!("suspended")));
    assert_eq!((&shown[0]["health"], shown[0]["last_error_at"].is_string()), (&json!("down"), true));
    let cluster: Value = ann.get("/api/v1/admin/cluster").await.json().await.unwrap();
    let place = &cluster["tenants"][0];
    assert_eq!((&place["state"], &place["suspension"]["times"]), (&json!("suspended"), &json!(1)));
    assert!(place["suspension"]["why"].as_str().unwrap().contains("agents"), "{place}");
    let answer = ann.post(&sync, &json!({})).await;
    assert_eq!(
        (answer.status(), answer.headers().contains_key("retry-after")),
        (StatusCode::SERVICE_UNAVAILABLE, true)
    );
    let told = problem(answer).await;
    assert_eq!((&told["code"], &told["retryable"]), (&json!("tenant.suspended"), &json!(true)));
    let metrics = ann.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("autonomos_tree_suspensions_total"), "{metrics}");
    assert!(metrics.contains("autonomos_tenants_taken_out_total{cause=\"suspended\"}"), "{metrics}");
    // A neighbour has nothing of it.
    let theirs: Value = ben.get("/api/v1/admin/cluster").await.json().await.unwrap();
    assert_eq!((&theirs["tenants"][0]["state"], theirs["tenants"][0].get("suspension")), (&json!("active"), None));

    let resumed = ann.post("/api/v1/admin/tenant/resume", &json!({})).await;
    assert_eq!(resumed.status(), StatusCode::OK);
    assert_eq!(resumed.json::<Value>().await.unwrap()["state"], "active");
    assert!(ann.post(&sync, &json!({})).await.status().is_success());
    assert_eq!(
        ann.post("/api/v1/admin/tenant/resume", &json!({})).await.status(),
        StatusCode::OK,
        "it runs: all is well"
    );
}
