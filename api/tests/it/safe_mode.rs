//! Safe Mode: a little is read, nothing is applied by itself, and a word lets it go on from where it stands.

use autonomos_actors::testkit::postgres::{Server, database};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

async fn connect(who: &Person, name: &str, kind: &str, config: Value) -> String {
    let new = json!({"name": name, "type": kind, "config": config, "safe_mode": true});
    let made: Value = who.post("/api/v1/aam/connections", &new).await.json().await.unwrap();
    assert_eq!(made["safe_mode"], true, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

async fn confirm(who: &Person, id: &str) -> Value {
    let answer = who.post(&format!("/api/v1/aam/connections/{id}/confirm"), &json!({})).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

fn accounts(rows: usize, phone: &str) -> String {
    let head = format!("Id,Name,{phone},Industry\n");
    let lines = (0..rows).map(|n| format!("001{n:09},Company {n},+1 555 {n:07},Energy\n"));
    std::iter::once(head).chain(lines).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_read_to_the_cap_and_on_from_there_once_confirmed() {
    let node = TestNode::start().await;
    let ana = node.register("ana").await;
    ana.upload("crm/1.csv", accounts(10_500, "Phone")).await;
    ana.upload("crm/2.csv", accounts(0, "Phone") + "001999999999,Last,+1 555 0000000,Energy\n,Nobody,,\n").await;
    let id = connect(&ana, "crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    let path = format!("/api/v1/aam/connections/{id}");
    let result = ana.sync(&node, &id).await;
    assert_eq!((&result["rows"], &result["safe_mode"]["capped"]), (&json!(10_000), &json!(["crm"])), "{result}");
    assert!(result["warnings"].to_string().contains("Safe Mode"), "{result}");
    let view = ana.json(&path).await;
    let stream = &view["streams"][0];
    assert_eq!((&view["safe_mode"], &stream["capped"], &stream["rows"]), (&json!(true), &json!(true), &json!(10_000)));
    assert!(stream["cursor"].is_object() && view["last_sync_at"].is_null(), "{view}");
    // Asked again it reads no more, and an edit does not lead out.
    assert_eq!(ana.sync(&node, &id).await["rows"], 0);
    let edit = ana.request(Method::PATCH, &path).json(&json!({"safe_mode": false})).send().await.unwrap();
    assert_eq!(edit.status(), StatusCode::CONFLICT);
    let said = problem(edit).await;
    assert_eq!(said["errors"][0]["pointer"], "/safe_mode", "{said}");
    let edit =
        ana.request(Method::PATCH, &path).json(&json!({"name": "other", "safe_mode": true})).send().await.unwrap();
    assert_eq!(edit.status(), StatusCode::OK);
    assert_eq!(ana.json(&path).await["safe_mode"], true);

    let confirmed = confirm(&ana, &id).await;
    assert_eq!(confirmed["connection"]["safe_mode"], false);
    let result = ana.ended(&node, confirmed["task_id"].as_str().unwrap()).await;
    assert_eq!((&result["rows"], &result["rejected"]), (&json!(501), &json!(1)), "{result}");
    assert_eq!(ana.json("/api/v1/dcl/views/accounts?limit=1").await["total"], 10_501);
    let stream = &ana.json(&path).await["streams"][0];
    assert_eq!((&stream["rows"], &stream["rejected"], &stream["capped"]), (&json!(10_501), &json!(1), &json!(false)));
    let again = ana.post(&format!("{path}/confirm"), &json!({})).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_applied_by_itself_until_confirmed() {
    let node = TestNode::start().await;
    let ana = node.register("ana").await;
    ana.upload("crm/1.csv", accounts(50, "Phone")).await;
    let id = connect(&ana, "crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    ana.sync(&node, &id).await;
    ana.upload("crm/2.csv", accounts(60, "PhoneNumber")).await;
    ana.sync(&node, &id).await;
    ana.folded(&node).await;
    let drifts = ana.json("/api/v1/drifts").await;
    let renamed = drifts["items"].as_array().unwrap().iter().find(|d| d["kind"] == "renamed").unwrap();
    assert_eq!(renamed["state"], "review", "{renamed}");
    assert!(renamed["confidence"].as_f64().unwrap() >= 0.85, "sure enough to be applied elsewhere: {renamed}");
    assert_eq!(ana.json(&format!("/api/v1/aam/connections/{id}")).await["streams"][0]["mapping_version"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_capped_each_and_lose_nothing() {
    let config = "[connector]\nsafe_mode_rows = 100\nbatch_rows = 64\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.toml"), config).unwrap();
    let node = TestNode::with(|args| args.config = Some(folder.path().join("a.toml"))).await;
    let ana = node.register("ana").await;
    let (url, db) = database(Server::shared()).await;
    db.batch_execute(
        "create table accounts (id int primary key, name text, updated_at timestamptz not null);
         insert into accounts select i, 'c' || i, '2024-01-01'::timestamptz + (i / 9) * interval '1 s' from generate_series(1, 257) i;
         create table contacts (id int primary key, email text);
         insert into contacts select i, 'p' || i || '@x.example' from generate_series(1, 193) i",
    )
    .await
    .unwrap();
    let id = connect(&ana, "db", "postgres", json!({"url": url})).await;
    let result = ana.sync(&node, &id).await;
    assert_eq!(
        (&result["rows"], &result["safe_mode"]["capped"]),
        (&json!(200), &json!(["accounts", "contacts"])),
        "{result}"
    );
    assert_eq!(ana.sync(&node, &id).await["rows"], 0);
    let confirmed = confirm(&ana, &id).await;
    let result = ana.ended(&node, confirmed["task_id"].as_str().unwrap()).await;
    assert_eq!(result["rows"], 157 + 93, "{result}");
    assert!(result.get("safe_mode").is_none(), "{result}");
    for (view, rows) in [("accounts", 257), ("contacts", 193)] {
        assert_eq!(ana.json(&format!("/api/v1/dcl/views/{view}?limit=1")).await["total"], rows, "{view}");
    }
}
