//! Feature flags: what they stand at, who is told, and that the parts they name obey them.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

async fn turn(who: &Person, name: &str, enabled: bool) -> reqwest::Response {
    let body = json!({"flag_name": name, "enabled": enabled});
    who.request(Method::POST, "/api/v1/admin/feature-flags/toggle").json(&body).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_is_of_one_tenant_audited_told_and_kept() {
    let node = TestNode::start().await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    let flags = ann.json("/api/v1/admin/feature-flags").await;
    assert!(flags["items"].as_array().unwrap().iter().all(|f| f["enabled"] == f["default"]), "{flags}");
    let from = ann.json("/api/v1/flow-monitor").await["seq"].as_u64().unwrap();
    let turned: Value = turn(&ann, "ENABLE_AUTO_REPAIR", false).await.json().await.unwrap();
    assert_eq!((&turned["name"], &turned["enabled"]), (&json!("ENABLE_AUTO_REPAIR"), &json!(false)));

    let unknown = problem(turn(&ann, "ENABLE_AUTO_REPARE", false).await).await;
    assert_eq!((&unknown["code"], &unknown["errors"][0]["pointer"]), (&json!("flag.unknown"), &json!("/flag_name")));

    let mut stream = ann.get(&format!("/api/v1/events/stream?topics=flag&after={from}")).await;
    let mut text = String::new();
    while !text.contains("flag.changed") {
        text.push_str(&String::from_utf8_lossy(&stream.chunk().await.unwrap().expect("the stream goes on")));
    }
    assert!(text.contains("ENABLE_AUTO_REPAIR") && text.contains("\"value\":false"), "{text}");
    drop(stream);

    let audit = ann.json("/api/v1/audit?action=flag.toggle").await;
    assert_eq!(audit["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&audit["items"][0]["before"], &audit["items"][0]["after"]),
        (&json!({"enabled": true}), &json!({"enabled": false}))
    );
    let theirs = ben.json("/api/v1/admin/feature-flags").await;
    assert!(theirs["items"].as_array().unwrap().iter().all(|f| f["enabled"] == true), "{theirs}");

    let node = node.restart().await;
    let ann = node.sign_in(&ann.email, &ann.tenant).await;
    let flags = ann.json("/api/v1/admin/feature-flags").await;
    let off: Vec<_> = flags["items"].as_array().unwrap().iter().filter(|f| f["enabled"] == false).collect();
    assert_eq!((off.len(), &off[0]["name"]), (1, &json!("ENABLE_AUTO_REPAIR")));
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_obey_their_flags() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    // No shipped rule names these: with the matcher off they ride in extras, and nobody is asked.
    for name in ["USE_AAM_AS_SOURCE", "USE_DCL_INTELLIGENCE_API"] {
        assert_eq!(turn(&ann, name, false).await.status(), StatusCode::OK);
    }
    ann.upload("odd/accounts.csv", "company_name,industry_sector,annual_turnover\nAcme,Energy,5\nBlue,Media,6\n").await;
    let id = ann.connect("odd", "file", json!({"path": "odd/*.csv", "entity": "account"})).await;
    let refused = problem(ann.post(&format!("/api/v1/aam/connections/{id}/sync"), &json!({})).await).await;
    assert_eq!(refused["code"], "flag.off");
    assert_eq!(turn(&ann, "USE_AAM_AS_SOURCE", true).await.status(), StatusCode::OK);
    ann.sync(&node, &id).await;
    let rules = ann.json(&format!("/api/v1/aam/connections/{id}/mappings")).await;
    assert_eq!(rules["items"], json!([]), "nothing was guessed");

    assert_eq!(turn(&ann, "USE_DCL_INTELLIGENCE_API", true).await.status(), StatusCode::OK);
    ann.upload("two/accounts.csv", "company_name,industry_sector,annual_turnover\nAcme,Energy,5\nBlue,Media,6\n").await;
    let id = ann.connect("two", "file", json!({"path": "two/*.csv", "entity": "account"})).await;
    ann.sync(&node, &id).await;
    let rules = ann.json(&format!("/api/v1/aam/connections/{id}/mappings")).await;
    assert!(!rules["items"].as_array().unwrap().is_empty(), "{rules}");
}
