//! A repair that let refused rows in is taken back to the row, and given again, as often as somebody likes.

use std::fmt::Write as _;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Person, TestNode};

fn accounts(from: usize, count: usize, staff: impl Fn(usize) -> String) -> String {
    let mut csv = "Id,Name,NumberOfEmployees\n".to_owned();
    for n in from..from + count {
        writeln!(csv, "A{n:04},Company {n},{}", staff(n)).unwrap();
    }
    csv
}

async fn open_letters(who: &Person, of: &str) -> usize {
    who.json(&format!("{of}/dead-letters?state=open&limit=1000")).await["items"].as_array().unwrap().len()
}

/// The question about the column that is no number any more.
async fn approve(who: &Person, node: &TestNode) {
    let reviews = who.json("/api/v1/reviews?state=pending").await;
    let asked = reviews["items"].as_array().unwrap().iter().find(|r| r["subject"]["kind"] == "retyped").unwrap();
    let path = format!("/api/v1/reviews/{}/decide", asked["id"].as_str().unwrap());
    let request = who.request(reqwest::Method::POST, &path).header("if-match", asked["version"].to_string());
    let answer = request.json(&json!({"decision": "approve"})).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    who.folded(node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn approved_rows_leave_with_the_repair_and_come_back_with_it() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    ann.upload("crm/a.csv", accounts(0, 200, |n| n.to_string())).await;
    let id = ann.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    ann.sync(&node, &id).await;
    ann.upload("crm/b.csv", accounts(500, 50, |n| format!("about {n}"))).await;
    ann.sync(&node, &id).await;
    ann.folded(&node).await;
    let of = format!("/api/v1/aam/connections/{id}");
    let digest = || async { ann.json("/api/v1/dcl/digest").await["digest"].clone() };
    let total = || async { ann.json("/api/v1/dcl/views/accounts?limit=1").await["total"].clone() };
    assert_eq!((total().await, open_letters(&ann, &of).await), (json!(200), 50));
    let before = digest().await;

    let mut healed: Option<Value> = None;
    for _ in 0..2 {
        approve(&ann, &node).await;
        assert_eq!((total().await, open_letters(&ann, &of).await), (json!(250), 0));
        let now = digest().await;
        assert!(healed.as_ref().is_none_or(|first| *first == now), "the same repair gives the same views");
        healed = Some(now);

        let drifts = ann.json("/api/v1/drifts?state=healed").await;
        let drift = drifts["items"].as_array().unwrap().iter().find(|d| d["kind"] == "retyped").unwrap();
        let path = format!("/api/v1/drifts/{}/revert", drift["id"].as_str().unwrap());
        assert_eq!(ann.post(&path, &json!({})).await.status(), StatusCode::OK);
        ann.folded(&node).await;
        assert_eq!((total().await, open_letters(&ann, &of).await), (json!(200), 50));
        assert_eq!(digest().await, before, "to the row");
    }

    let rebuilt: Value = ann.post("/api/v1/dcl/rebuild", &json!({})).await.json().await.unwrap();
    ann.ended(&node, rebuilt["task_id"].as_str().unwrap()).await;
    assert_eq!(digest().await, before, "and so from nothing");
}
