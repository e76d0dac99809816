//! The main job over the API: a file becomes a view, a drift in it heals, is taken back, and everything is there after
//! a restart. Waiting is done on the live stream, never by the clock.

use std::fmt::Write;
use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode};

/// Asks again whenever something happened, until the answer is as wanted.
async fn until(who: &Person, stream: &mut Response, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    let asked = async {
        loop {
            last = who.get(path).await.json().await.unwrap();
            if wanted(&last) {
                return;
            }
            stream.chunk().await.unwrap().expect("the stream goes on");
        }
    };
    let done = tokio::time::timeout(Duration::from_mins(1), asked).await.is_ok();
    assert!(done, "{path} never became what was waited for: {last}");
    last
}

fn accounts(industry: &str, from: usize, count: usize) -> String {
    let mut csv = format!("Id,Name,{industry},AnnualRevenue\n");
    for n in from..from + count {
        let kind = ["Energy", "Retail", "Health"][n % 3];
        writeln!(csv, "A{n:04},Company {n},{kind},{n}.50").unwrap();
    }
    csv
}

async fn put(who: &Person, path: &str, body: String) {
    let answer = who.request(Method::PUT, &format!("/api/v1/files/{path}")).body(body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
}

async fn sync(who: &Person, stream: &mut Response, id: &str) -> Value {
    let asked: Value = who.post(&format!("/api/v1/aam/connections/{id}/sync"), &json!({})).await.json().await.unwrap();
    let path = format!("/api/v1/tasks/{}", asked["task_id"].as_str().unwrap());
    let task = until(who, stream, &path, |t| ["success", "failed"].contains(&t["state"].as_str().unwrap())).await;
    assert_eq!(task["state"], "success", "{task}");
    task
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_becomes_a_view_heals_a_drift_and_survives_a_restart() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let mut stream = ann.get("/api/v1/events/stream").await;
    put(&ann, "accounts/2024.csv", accounts("Industry", 0, 120) + "A9999,,Energy,1\n").await;
    let new = json!({"name": "crm", "type": "file", "config": {"path": "accounts/*.csv", "system": "salesforce"}});
    let made: Value = ann.post("/api/v1/aam/connections", &new).await.json().await.unwrap();
    let id = made["id"].as_str().unwrap().to_owned();
    sync(&ann, &mut stream, &id).await;

    let connection: Value = ann.get(&format!("/api/v1/aam/connections/{id}")).await.json().await.unwrap();
    let first = &connection["streams"][0];
    assert_eq!((first["rows"].as_i64(), first["rejected"].as_i64()), (Some(120), Some(1)), "{connection}");
    let letters: Value = ann.get(&format!("/api/v1/aam/connections/{id}/dead-letters")).await.json().await.unwrap();
    assert_eq!((&letters["items"][0]["field"], &letters["items"][0]["row"]), (&json!("Name"), &json!(121)));
    let view = "/api/v1/dcl/views/accounts?limit=1&filter[account_id]=eq:A0001";
    let page = until(&ann, &mut stream, view, |page| page["items"][0]["industry"] == "Retail").await;
    assert_eq!(page["items"][0]["annual_revenue"].to_string(), "1.5");
    let before: Value = ann.get("/api/v1/dcl/digest").await.json().await.unwrap();

    put(&ann, "accounts/2025.csv", accounts("Industry__c", 200, 60)).await;
    sync(&ann, &mut stream, &id).await;
    let drifts = until(&ann, &mut stream, "/api/v1/drifts", |d| {
        d["items"].as_array().unwrap().iter().any(|d| d["kind"] == "renamed" && d["state"] == "healed")
    })
    .await;
    let renamed = drifts["items"].as_array().unwrap().iter().find(|d| d["kind"] == "renamed").unwrap();
    assert_eq!((&renamed["from"], &renamed["to"]), (&json!("Industry"), &json!("Industry__c")));
    let later = "/api/v1/dcl/views/accounts?limit=1&filter[account_id]=eq:A0201";
    until(&ann, &mut stream, later, |page| page["items"][0]["industry"] == "Energy").await;
    let healed: Value = ann.get("/api/v1/dcl/digest").await.json().await.unwrap();
    assert_ne!(before["digest"], healed["digest"]);

    let answer = ann.post(&format!("/api/v1/drifts/{}/revert", renamed["id"].as_str().unwrap()), &json!({})).await;
    assert_eq!(answer.status(), StatusCode::OK);
    until(&ann, &mut stream, later, |page| page["items"][0]["industry"].is_null()).await;
    let reverted: Value = ann.get("/api/v1/dcl/digest").await.json().await.unwrap();

    drop(stream);
    let node = node.restart().await;
    let ann = node.sign_in(&ann.email, &ann.tenant).await;
    let after: Value = ann.get("/api/v1/dcl/digest").await.json().await.unwrap();
    assert_eq!(reverted["digest"], after["digest"]);
    let csv = ann.request(Method::GET, "/api/v1/dcl/views/accounts").header("accept", "text/csv").send().await.unwrap();
    assert_eq!(csv.text().await.unwrap().lines().count(), 181);
    let actors: Value = ann.get("/api/v1/actors").await.json().await.unwrap();
    assert!(actors["items"].as_array().unwrap().iter().all(|a| a["health"] == "healthy"), "{actors}");
}
