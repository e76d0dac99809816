//! What a person does to a connection after it runs: try other rules, look back at old ones, read again from the start,
//! let a folder be watched, put refused rows aside, take a file away.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{TestNode, problem};

const FILE: &str = "Id,Name,Sector,AnnualRevenue\nA1,One,Energy,10\nA2,Two,Media,20\nA3,,Health,30\n";

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_tried_kept_and_read_again_from_the_start() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    ann.upload("crm/accounts.csv", FILE).await;
    let id = ann.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    ann.sync(&node, &id).await;
    let of = format!("/api/v1/aam/connections/{id}");
    let stream = ann.json(&of).await["streams"][0]["name"].as_str().unwrap().to_owned();

    let rules = json!([
        {"source_path": "Id", "field": "account_id"},
        {"source_path": "Name", "field": "name"},
        {"source_path": "Sector", "field": "industry"},
    ]);
    let edit = json!({"stream": stream, "entity": "account", "rules": rules});
    let tried = ann.post(&format!("{of}/mappings/try"), &edit).await;
    assert_eq!(tried.status(), StatusCode::OK);
    let tried: Value = tried.json().await.unwrap();
    assert_eq!((&tried["tried"], &tried["rows"][0]["industry"]), (&json!(3), &json!("Energy")), "{tried}");
    assert_eq!((&tried["refused"][0]["row"], &tried["refused"][0]["field"]), (&json!(3), &json!("Name")));
    let history = ann.json(&format!("{of}/mappings/history?stream={stream}")).await;
    assert_eq!(history["items"].as_array().unwrap().len(), 1, "a trial changes nothing: {history}");

    let bad = json!({"stream": stream, "entity": "account", "rules": [{"source_path": "Id", "field": "shoe_size"}]});
    let refused = problem(ann.post(&format!("{of}/mappings/try"), &bad).await).await;
    assert_eq!(
        (&refused["code"], refused["errors"][0]["pointer"].as_str()),
        (&json!("mapping.unknown_field"), Some("/rules/0/field"))
    );

    assert_eq!(
        ann.request(Method::PUT, &format!("{of}/mappings")).json(&edit).send().await.unwrap().status(),
        StatusCode::OK
    );
    ann.folded(&node).await;
    let page = ann.json("/api/v1/dcl/views/accounts?sort=account_id").await;
    assert_eq!((&page["total"], &page["items"][1]["industry"]), (&json!(2), &json!("Media")), "{page}");
    let history = ann.json(&format!("{of}/mappings/history?stream={stream}")).await;
    let states: Vec<&str> = history["items"].as_array().unwrap().iter().map(|v| v["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["active", "superseded"]);

    let asked: Value = ann.post(&format!("{of}/rewind"), &json!({"stream": stream})).await.json().await.unwrap();
    let done = ann.ended(&node, asked["task_id"].as_str().unwrap()).await;
    assert_eq!(done["rows"], 2, "every row was read again: {done}");
    let page = ann.json("/api/v1/dcl/views/accounts").await;
    assert_eq!(page["total"], 2, "and none is there twice");
    let nowhere = problem(ann.post(&format!("{of}/rewind"), &json!({"stream": "nothing"})).await).await;
    assert_eq!(nowhere["code"], "stream.unknown");

    let letters = ann.json(&format!("{of}/dead-letters?state=open")).await;
    let open: Vec<&Value> = letters["items"].as_array().unwrap().iter().map(|l| &l["id"]).collect();
    assert!(!open.is_empty());
    let gone: Value =
        ann.post(&format!("{of}/dead-letters/discard"), &json!({"ids": open})).await.json().await.unwrap();
    assert_eq!(gone["discarded"], open.len());
    assert_eq!(ann.json(&format!("{of}/dead-letters?state=open")).await["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watched_folder_is_read_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("quick.toml");
    std::fs::write(&settings, "[connector]\npoll_seconds = 1\n").unwrap();
    let node = TestNode::with(|args| args.config = Some(settings)).await;
    let ann = node.register("ann").await;
    let id = ann.connect("drop", "file", json!({"path": "drop/*.csv", "entity": "account", "watch": true})).await;
    let rows = |n: i64| {
        let (ann, node) = (ann.clone(), &node);
        async move {
            ann.until(node, || async {
                let page = ann.json("/api/v1/dcl/views/accounts?limit=1").await;
                (page["total"] == n).then_some(())
            })
            .await;
        }
    };
    ann.upload("drop/one.csv", "Id,Name\nA1,One\n").await;
    rows(1).await;
    ann.upload("drop/two.csv", "Id,Name\nA2,Two\nA3,Three\n").await;
    rows(3).await;
    assert_ne!(ann.json(&format!("/api/v1/aam/connections/{id}")).await["state"], "failed");

    let gone = || ann.request(Method::DELETE, "/api/v1/files/drop/one.csv").send();
    assert_eq!(gone().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(gone().await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(ann.json("/api/v1/dcl/views/accounts?limit=1").await["total"], 3, "what was read stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_there_is_to_know_beforehand() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let types = ann.json("/api/v1/aam/connector-types").await;
    let file = types["items"].as_array().unwrap().iter().find(|t| t["type"] == "file").unwrap();
    assert_eq!(file["spec"]["required"], json!(["path"]));
    let entities = ann.json("/api/v1/entities").await;
    for entity in entities["items"].as_array().unwrap() {
        let schema = ann.json(&format!("/api/v1/entities/{}", entity["name"].as_str().unwrap())).await;
        assert_eq!((&schema["$id"], &schema["title"]), (&entity["schema_id"], &entity["name"]));
    }
    let absent = ann.get("/api/v1/entities/shoe").await;
    assert_eq!(absent.status(), StatusCode::NOT_FOUND);
}
