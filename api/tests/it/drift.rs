//! Changes of sources that are told, asked about or healed, through the front door: values, keys, types and whole streams.

use std::fmt::Write as _;

use autonomos_actors::testkit::postgres::{Server, database};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode};

impl Person {
    /// Everything told so far: kind, from, to, severity and state, in order of their words.
    async fn told(&self) -> Vec<String> {
        let drifts = self.json("/api/v1/drifts?limit=200").await;
        let word = |d: &Value, name: &str| d[name].as_str().unwrap_or("-").to_owned();
        let line = |d: &Value| ["kind", "from", "to", "severity", "state"].map(|name| word(d, name)).join(" | ");
        let mut lines: Vec<String> = drifts["items"].as_array().unwrap().iter().map(line).collect();
        lines.sort();
        lines
    }

    async fn drift_of(&self, kind: &str) -> Value {
        let drifts = self.json("/api/v1/drifts?limit=200").await;
        drifts["items"].as_array().unwrap().iter().find(|d| d["kind"] == kind).unwrap_or(&Value::Null).clone()
    }

    /// Answers the question a kind of drift led to.
    async fn answer(&self, kind: &str, answer: Value) {
        let reviews = self.json("/api/v1/reviews?state=pending").await;
        let review = reviews["items"].as_array().unwrap().iter().find(|r| r["subject"]["kind"] == kind);
        let review = review.unwrap_or_else(|| panic!("no question about {kind}: {reviews}"));
        let path = format!("/api/v1/reviews/{}/decide", review["id"].as_str().unwrap());
        let asked = self.request(Method::POST, &path).header("If-Match", review["version"].to_string());
        let answered = asked.json(&answer).send().await.unwrap();
        assert_eq!(answered.status(), StatusCode::OK, "{:?}", answered.text().await);
    }

    async fn total(&self, view: &str) -> i64 {
        self.json(&format!("/api/v1/dcl/views/{view}?limit=1")).await["total"].as_i64().unwrap()
    }

    async fn stream(&self, connection: &str, name: &str) -> Value {
        let view = self.json(&format!("/api/v1/aam/connections/{connection}")).await;
        view["streams"].as_array().unwrap().iter().find(|s| s["name"] == name).unwrap_or(&Value::Null).clone()
    }
}

/// Accounts whose industries take turns.
fn accounts(from: usize, count: usize, industries: &[&str]) -> String {
    let mut csv = "Id,Name,Industry,BillingCity,LastModifiedDate\n".to_owned();
    for n in from..from + count {
        let industry = industries[n % industries.len()];
        writeln!(csv, "001{n:09},Company {n},{industry},City {},2026-01-01T00:00:00Z", n % 20).unwrap();
    }
    csv
}

#[tokio::test(flavor = "multi_thread")]
async fn values_gained_and_lost_are_told_once_and_nothing_is_mapped_anew() {
    let node = TestNode::start().await;
    let ana = node.register("ana").await;
    ana.upload("crm/1.csv", accounts(0, 600, &["Energy", "Retail", "Health"])).await;
    let id = ana.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    ana.sync(&node, &id).await;
    let version = ana.stream(&id, "crm").await["mapping_version"].clone();
    // A few rows without some of the values say nothing; one new value says something.
    ana.upload("crm/2.csv", accounts(600, 30, &["Energy"])).await;
    ana.sync(&node, &id).await;
    ana.folded(&node).await;
    assert_eq!(ana.told().await, Vec::<String>::new());
    ana.upload("crm/3.csv", accounts(630, 40, &["Energy", "Space"])).await;
    ana.sync(&node, &id).await;
    ana.upload("crm/4.csv", accounts(670, 4_000, &["Energy", "Retail", "Space"])).await;
    ana.sync(&node, &id).await;
    ana.folded(&node).await;
    let wanted = [
        "enum_changed | Industry | Industry + Space | info | noted",
        "enum_changed | Industry | Industry - Health | warning | noted",
    ];
    assert_eq!(ana.told().await, wanted);
    ana.upload("crm/5.csv", accounts(4_670, 4_000, &["Energy", "Retail", "Space"])).await;
    ana.sync(&node, &id).await;
    ana.folded(&node).await;
    assert_eq!(ana.told().await, wanted, "told once");
    let drifts = ana.json("/api/v1/drifts").await;
    let of = |change: &str| {
        drifts["items"].as_array().unwrap().iter().find(|d| d["evidence"]["change"] == change).unwrap()["evidence"]
            .clone()
    };
    assert_eq!(of("gained")["gained"], json!([{"value": "Space", "rows": 20, "share": 0.5}]));
    assert_eq!(of("lost")["lost"][0]["value"], "Health");
    let connection = ana.json(&format!("/api/v1/aam/connections/{id}")).await;
    assert_eq!((&connection["state"], &connection["streams"][0]["mapping_version"]), (&json!("active"), &version));
    assert_eq!(ana.total("accounts").await, 8_670);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_unit_and_a_field_no_longer_filled_are_told_once_and_nothing_is_mapped_anew() {
    let node = TestNode::start().await;
    let ana = node.register("ana").await;
    let deals = |from: usize, count: usize, times: usize, source: &str| {
        let mut csv = "Id,Name,StageName,Amount,LeadSource,CloseDate\n".to_owned();
        for n in from..from + count {
            let amount = (1_000 + n * 7_919 % 90_000) * times;
            writeln!(csv, "006{n:09},Deal {n},Prospecting,{amount},{source},2026-03-01").unwrap();
        }
        csv
    };
    ana.upload("crm/1.csv", deals(0, 2_000, 1, "Web")).await;
    let id = ana.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    ana.sync(&node, &id).await;
    let version = ana.stream(&id, "crm").await["mapping_version"].clone();
    // Half a year later prices have doubled.
    ana.upload("crm/2.csv", deals(2_000, 900, 2, "Web")).await;
    ana.sync(&node, &id).await;
    assert_eq!(ana.told().await, Vec::<String>::new());
    for from in [4_000, 5_000] {
        ana.upload(&format!("crm/{from}.csv"), deals(from, 1_000, 100, "")).await;
        ana.sync(&node, &id).await;
    }
    ana.folded(&node).await;
    let wanted = [
        "distribution_changed | Amount | Amount about 4194304 | warning | noted",
        "distribution_changed | LeadSource | LeadSource empty | warning | noted",
    ];
    assert_eq!(ana.told().await, wanted);
    let evidence = ana.drift_of("distribution_changed").await["evidence"].clone();
    assert!(evidence["before"]["rows"].as_u64() > Some(500) && evidence["after"]["rows"].as_u64() > Some(500));
    let connection = ana.json(&format!("/api/v1/aam/connections/{id}")).await;
    assert_eq!((&connection["state"], &connection["streams"][0]["mapping_version"]), (&json!("active"), &version));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_under_another_name_is_healed_and_a_lost_one_stops_and_asks() {
    let node = TestNode::start().await;
    let ana = node.register("ana").await;
    let whole = |from, count| accounts(from, count, &["Energy", "Retail"]);
    ana.upload("crm/1.csv", whole(0, 50)).await;
    let id = ana.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    ana.sync(&node, &id).await;
    ana.upload("crm/2.csv", whole(50, 30).replace("Id,Name", "AccountId,Name")).await;
    ana.sync(&node, &id).await;
    ana.folded(&node).await;
    let renamed = ana.drift_of("renamed").await;
    assert_eq!((&renamed["from"], &renamed["to"]), (&json!("Id"), &json!("AccountId")), "{renamed}");
    if renamed["state"] == "review" {
        ana.answer("renamed", json!({"decision": "approve"})).await;
        ana.sync(&node, &id).await;
        ana.folded(&node).await;
    }
    assert_eq!(ana.total("accounts").await, 80, "nothing is lost and nothing twice");

    // Without any key the rows wait at their source, what was read stays, and ways on are offered.
    let line = |n: usize| format!("001{n:09},Other {n},Energy,T{n},2026-01-01T00:00:00Z\n");
    let lines: String = (0..20).map(line).collect();
    ana.upload("one.csv", format!("Id,Name,Industry,Tax_Id,LastModifiedDate\n{lines}")).await;
    let one = ana.connect("one", "file", json!({"path": "one.csv", "system": "salesforce", "entity": "account"})).await;
    ana.sync(&node, &one).await;
    ana.upload("one.csv", "Name,Industry,Tax_Id,LastModifiedDate\nNobody,Energy,T21,2026-01-01T00:00:00Z\n").await;
    let result = ana.sync(&node, &one).await;
    assert!(result["warnings"].to_string().contains("is not read"), "{result}");
    ana.folded(&node).await;
    let lost = ana.drift_of("key_changed").await;
    let is = (&lost["from"], &lost["severity"], &lost["state"]);
    assert_eq!(is, (&json!("Id"), &json!("breaking"), &json!("review")));
    assert_eq!(ana.stream(&one, "one").await["state"], "stopped");
    assert_eq!(ana.sync(&node, &one).await["rows"], 0);
    assert_eq!(ana.total("accounts").await, 100);
    let option = &lost["evidence"]["options"][0]["proposal"];
    assert_eq!(option["key"], json!(["Tax_Id"]), "{lost}");
    ana.answer("key_changed", json!({"decision": "approve"})).await;
    ana.sync(&node, &one).await;
    ana.folded(&node).await;
    assert_eq!(ana.total("accounts").await, 101);
    let stream = ana.stream(&one, "one").await;
    assert!(stream["state"] != "stopped" && stream["rows"] == 21, "{stream}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_come_when_asked_for_and_go_with_their_data_kept() {
    let node = TestNode::start().await;
    let ana = node.register("ana").await;
    let (url, db) = database(Server::shared()).await;
    db.batch_execute(
        "create table accounts (id int primary key, name text, industry text);
         insert into accounts select i, 'Company ' || i, 'Energy' from generate_series(1, 40) i;
         create table contacts (id int primary key, email text, first_name text, last_name text);
         insert into contacts select i, 'p' || i || '@x.example', 'Ann', 'Bee' from generate_series(1, 30) i",
    )
    .await
    .unwrap();
    let id = ana.connect("db", "postgres", json!({"url": url})).await;
    ana.sync(&node, &id).await;
    assert_eq!(ana.stream(&id, "contacts").await["rows"], 30);
    // Rows that go say nothing about how rows look.
    db.batch_execute("delete from accounts where id > 35").await.unwrap();
    ana.sync(&node, &id).await;
    ana.folded(&node).await;
    assert_eq!(ana.told().await, Vec::<String>::new());
    assert_eq!(ana.total("accounts").await, 35);

    db.batch_execute(
        "create table notes (id int primary key, body text);
         insert into notes select i, 'note ' || i from generate_series(1, 7) i; drop table contacts",
    )
    .await
    .unwrap();
    ana.sync(&node, &id).await;
    ana.folded(&node).await;
    let wanted = ["stream_added | - | notes | info | review", "stream_removed | contacts | - | warning | noted"];
    assert_eq!(ana.told().await, wanted);
    assert_eq!(ana.stream(&id, "notes").await["state"], "disabled");
    assert_eq!(ana.stream(&id, "contacts").await["state"], "gone");
    assert_eq!(ana.total("contacts").await, 30, "what was read stays");
    ana.sync(&node, &id).await;
    assert_eq!(ana.told().await, wanted, "told once");

    ana.answer("stream_added", json!({"decision": "approve"})).await;
    ana.sync(&node, &id).await;
    assert_eq!(ana.stream(&id, "notes").await["rows"], 7);
    // One that is back is read on.
    db.batch_execute(
        "create table contacts (id int primary key, email text, first_name text, last_name text); \
                      insert into contacts values (99, 'z@x.example', 'Zoe', 'Zed')",
    )
    .await
    .unwrap();
    ana.sync(&node, &id).await;
    assert_eq!(ana.stream(&id, "contacts").await["state"], "active");

    // A policy takes them in without a question; tables that the settings name are no question at all.
    let policy =
        json!({"name": "all", "type": "postgres", "config": {"url": url}, "policy": {"stream_added": "propagate"}});
    let all: Value = ana.post("/api/v1/aam/connections", &policy).await.json().await.unwrap();
    let all = all["id"].as_str().unwrap();
    let named = ana.connect("some", "postgres", json!({"url": url, "tables": ["accounts", "later"]})).await;
    ana.sync(&node, all).await;
    let result = ana.sync(&node, &named).await;
    assert!(result["warnings"].to_string().contains("`later`"), "{result}");
    db.batch_execute("create table later (id int primary key, v text); insert into later values (1, 'x')")
        .await
        .unwrap();
    ana.sync(&node, all).await;
    ana.sync(&node, &named).await;
    assert_eq!(ana.stream(all, "later").await["rows"], 1);
    assert_eq!(ana.stream(&named, "later").await["rows"], 1);
    ana.folded(&node).await;
    assert!(ana.told().await.contains(&"stream_added | - | later | info | healed".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declared_key_or_type_that_changes_is_told_and_read_anew_when_somebody_says_so() {
    let node = TestNode::start().await;
    let ana = node.register("ana").await;
    let (url, db) = database(Server::shared()).await;
    db.batch_execute(
        "create table accounts (id int, region text not null, name text, employees numeric(9,2), primary key (id));
         insert into accounts select i, 'eu', 'Company ' || i, i from generate_series(1, 40) i",
    )
    .await
    .unwrap();
    let id = ana.connect("db", "postgres", json!({"url": url})).await;
    ana.sync(&node, &id).await;
    db.batch_execute(
        "alter table accounts drop constraint accounts_pkey, add primary key (id, region);
         insert into accounts select i, 'us', 'Company ' || i, i from generate_series(1, 40) i",
    )
    .await
    .unwrap();
    let result = ana.sync(&node, &id).await;
    assert_eq!(result["rows"], 0, "nothing is joined by a key that is none: {result}");
    ana.folded(&node).await;
    let changed = ana.drift_of("key_changed").await;
    assert_eq!((&changed["from"], &changed["to"]), (&json!("id"), &json!("id, region")));
    assert_eq!((&changed["severity"], &changed["state"]), (&json!("breaking"), &json!("review")));
    assert_eq!(changed["evidence"]["options"].as_array().unwrap().len(), 2);
    assert_eq!(ana.total("accounts").await, 40);

    ana.answer("key_changed", json!({"decision": "approve"})).await;
    ana.sync(&node, &id).await;
    ana.folded(&node).await;
    assert_eq!(ana.total("accounts").await, 80, "each record once, under the new key");
    assert_eq!(ana.drift_of("key_changed").await["state"], "healed");

    db.batch_execute("alter table accounts alter column employees type int; update accounts set name = name || '!'")
        .await
        .unwrap();
    ana.sync(&node, &id).await;
    ana.folded(&node).await;
    let narrowed = ana.drift_of("retyped").await;
    assert_eq!(
        (&narrowed["from"], &narrowed["evidence"]["change"]),
        (&json!("employees"), &json!("narrowed")),
        "{narrowed}"
    );
    assert_eq!(ana.total("accounts").await, 80);
}
