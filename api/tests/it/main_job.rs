//! The main job through the front door: files in, views out, a drift healed and asked about, an answer taken back, refused
//! rows tried again, findings; and all of it there after the process is gone.

use std::time::Duration;

use autonomos_runtime::ids::TraceId;
use autonomos_runtime::{Actor, Scope};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, on_each_store};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

impl Person {
    pub(crate) async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.unwrap()
    }

    pub(crate) async fn upload(&self, path: &str, body: impl Into<String>) {
        let answer =
            self.request(Method::PUT, &format!("/api/v1/files/{path}")).body(body.into()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
    }

    pub(crate) async fn connect(&self, name: &str, kind: &str, config: Value) -> String {
        let answer = self.post("/api/v1/aam/connections", &json!({"name": name, "type": kind, "config": config})).await;
        let status = answer.status();
        let made: Value = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::CREATED, "{made}");
        made["id"].as_str().unwrap().to_owned()
    }

    /// Asks for a sync and waits until it ended well; answers its result.
    pub(crate) async fn sync(&self, node: &TestNode, connection: &str) -> Value {
        let asked: Value =
            self.post(&format!("/api/v1/aam/connections/{connection}/sync"), &json!({})).await.json().await.unwrap();
        self.ended(node, asked["task_id"].as_str().unwrap()).await
    }

    pub(crate) async fn ended(&self, node: &TestNode, task: &str) -> Value {
        let path = format!("/api/v1/tasks/{task}");
        let done = self.until(node, || async {
            let task = self.json(&path).await;
            matches!(task["state"].as_str(), Some("success" | "failed" | "cancelled")).then_some(task)
        });
        let done = done.await;
        assert_eq!(done["state"], "success", "{done}");
        done["result"].clone()
    }

    /// Looks again whenever something happens at the tenant.
    pub(crate) async fn until<T, F: Future<Output = Option<T>>>(
        &self,
        node: &TestNode,
        mut look: impl FnMut() -> F,
    ) -> T {
        let app = node.node.app();
        let scope = Scope::new(self.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
        let mut events = app.bus.subscribe(&scope, None);
        let found = async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                events.next().await;
            }
        };
        tokio::time::timeout(PATIENCE, found).await.expect("what was waited for")
    }

    /// Waits until nothing is under way: no task, no drift nobody looked at, no log that the views lack.
    pub(crate) async fn folded(&self, node: &TestNode) -> Value {
        self.until(node, || async {
            for open in ["tasks?state=queued", "tasks?state=in_progress", "drifts?state=detected"] {
                if !self.json(&format!("/api/v1/{open}")).await["items"].as_array().unwrap().is_empty() {
                    return None;
                }
            }
            let state = self.json("/api/v1/dcl/state").await;
            (state["lag"] == 0).then_some(state)
        })
        .await
    }

    pub async fn digest(&self, node: &TestNode) -> Value {
        self.folded(node).await;
        self.json("/api/v1/dcl/digest").await["digest"].clone()
    }
}

const ACCOUNTS: &str = "Id,Name,Phone,Website,Industry,NumberOfEmployees,BillingCity,LastModifiedDate\n\
    001A,Acme,+1 555 0100,https://acme.example.com,Energy,120,Berlin,2026-01-01T00:00:00Z\n\
    001B,Blue,+1 555 0101,https://blue.example.com,Media,n/a,Lyon,2026-01-02T00:00:00Z\n\
    001C,Cobalt,+1 555 0102,https://cobalt.example.com,Energy,many,Porto,2026-01-03T00:00:00Z\n\
    ,Nobody,+1 555 0103,https://nobody.example.com,Energy,3,Porto,2026-01-03T00:00:00Z\n\
    001A,Acme Corp,+1 555 0100,https://acme.example.com,Energy,121,Berlin,2026-02-01T00:00:00Z\n";

on_each_store! {
    every_row_is_in_a_view_superseded_or_refused_with_its_reason,
    a_drift_is_healed_asked_about_and_taken_back_to_the_row,
    a_demo_lives_drifts_and_agents_find_things,
}

async fn every_row_is_in_a_view_superseded_or_refused_with_its_reason(node: TestNode) {
    let ana = node.register("ana").await;
    ana.upload("crm/accounts.csv", ACCOUNTS).await;
    let id = ana.connect("crm", "file", json!({"path": "crm/accounts*.csv", "system": "salesforce"})).await;
    let result = ana.sync(&node, &id).await;
    assert_eq!((&result["rows"], &result["rejected"]), (&json!(3), &json!(2)), "{result}");
    let view = ana.json("/api/v1/dcl/views/accounts?sort=name").await;
    assert_eq!(view["total"], 2);
    assert_eq!(view["items"][0]["name"], "Acme Corp");
    assert_eq!(view["items"][0]["employees"], 121);
    assert_eq!(view["items"][1]["employees"], Value::Null);
    let stream = &ana.json("/api/v1/dcl/state").await["streams"][0];
    assert_eq!((&stream["live"], &stream["superseded"]), (&json!(2), &json!(1)));
    let refused = ana.json(&format!("/api/v1/aam/connections/{id}/dead-letters")).await;
    let why: Vec<(i64, &str)> = refused["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["row"].as_i64().unwrap(), r["field"].as_str().unwrap()))
        .collect();
    assert_eq!(why, [(3, "NumberOfEmployees"), (4, "Id")], "{refused}");
    assert_eq!(refused["items"][0]["raw"]["NumberOfEmployees"], "many");

    // Unchanged, it is not read again; another tenant sees nothing of it.
    assert_eq!(ana.sync(&node, &id).await["rows"], 0);
    let bob = node.register("bob").await;
    assert_eq!(bob.json("/api/v1/dcl/views/accounts").await["total"], 0);
    assert_eq!(bob.get(&format!("/api/v1/aam/connections/{id}")).await.status(), StatusCode::NOT_FOUND);

    // Deleted, its rows are gone.
    let gone = ana.request(Method::DELETE, &format!("/api/v1/aam/connections/{id}")).send().await.unwrap();
    assert!(gone.status().is_success());
    ana.folded(&node).await;
    assert_eq!(ana.json("/api/v1/dcl/views/accounts").await["total"], 0);
}

async fn a_drift_is_healed_asked_about_and_taken_back_to_the_row(node: TestNode) {
    let ana = node.register("ana").await;
    ana.upload("crm/accounts_1.csv", ACCOUNTS.replace("many", "7")).await;
    let id = ana.connect("crm", "file", json!({"path": "crm/accounts*.csv", "system": "salesforce"})).await;
    ana.sync(&node, &id).await;
    // One rename, one retype, one column gone, one new.
    ana.upload(
        "crm/accounts_2.csv",
        "Id,Name,PhoneNumber,Website,NumberOfEmployees,BillingCity,LastModifiedDate,Tier\n\
         001B,Blue,+1 555 0999,https://blue.example.com,about 40,Lyon,2026-03-01T00:00:00Z,gold\n\
         001D,Delta,+1 555 0104,https://delta.example.com,about 50,Graz,2026-03-01T00:00:00Z,gold\n\
         001E,Elm,+1 555 0105,https://elm.example.com,,Graz,2026-03-01T00:00:00Z,silver\n",
    )
    .await;
    ana.sync(&node, &id).await;
    ana.folded(&node).await;
    let drifts = ana.json("/api/v1/drifts").await;
    let mut seen: Vec<(&str, &str)> = drifts["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["kind"].as_str().unwrap(), d["state"].as_str().unwrap()))
        .collect();
    seen.sort_unstable();
    assert_eq!(
        seen,
        [("added", "review"), ("removed", "review"), ("renamed", "healed"), ("retyped", "review")],
        "{drifts}"
    );
    // History is corrected: the row that came under the new name has its phone.
    let elm = ana.json("/api/v1/dcl/views/accounts?filter[name]=eq:Elm").await;
    assert_eq!(elm["items"][0]["phone"], "+1 555 0105", "{elm}");
    assert_eq!(elm["total"], 1);

    let before = ana.digest(&node).await;
    let reviews = ana.json("/api/v1/reviews?state=pending").await;
    let review =
        reviews["items"].as_array().unwrap().iter().find(|r| r["subject"]["kind"] == "retyped").unwrap().clone();
    let path = format!("/api/v1/reviews/{}/decide", review["id"].as_str().unwrap());
    let decide = |version: i64| {
        ana.request(Method::POST, &path)
            .header("If-Match", version.to_string())
            .json(&json!({"decision": "approve"}))
            .send()
    };
    let version = review["version"].as_i64().unwrap();
    assert_eq!(decide(version + 7).await.unwrap().status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(decide(version).await.unwrap().status(), StatusCode::OK);
    assert!(decide(version).await.unwrap().status().is_client_error(), "decided once");
    // What was refused for it passes now, with the value kept beside.
    ana.folded(&node).await;
    let delta = ana.json("/api/v1/dcl/views/accounts?filter[name]=eq:Delta").await;
    assert_eq!(delta["total"], 1, "{delta}");
    assert_eq!(delta["items"][0]["extras"]["NumberOfEmployees"], "about 50");

    // The rename taken back and nothing else: the phone is in extras again; healed again, it is back.
    let renamed = drifts["items"].as_array().unwrap().iter().find(|d| d["kind"] == "renamed").unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let healed = ana.digest(&node).await;
    assert_ne!(before, healed);
    let reverted = ana.post(&format!("/api/v1/drifts/{renamed}/revert"), &json!({})).await;
    assert_eq!(reverted.status(), StatusCode::OK);
    let elm = {
        ana.folded(&node).await;
        ana.json("/api/v1/dcl/views/accounts?filter[name]=eq:Elm").await
    };
    assert_eq!(elm["items"][0]["phone"], Value::Null);
    assert_eq!(elm["items"][0]["extras"]["PhoneNumber"], "+1 555 0105");
    let live = ana.digest(&node).await;

    // The views are a fold over the log and nothing else.
    let task: Value = ana.post("/api/v1/dcl/rebuild", &json!({})).await.json().await.unwrap();
    ana.ended(&node, task["task_id"].as_str().unwrap()).await;
    assert_eq!(ana.digest(&node).await, live);
}

async fn a_demo_lives_drifts_and_agents_find_things(node: TestNode) {
    let ana = node.register("ana").await;
    for source in ["crm", "relational"] {
        let id = ana.connect(source, "demo", json!({"source": source})).await;
        ana.sync(&node, &id).await;
    }
    let findings = ana
        .until(&node, || async {
            let found = ana.json("/api/v1/findings?limit=200").await["items"].as_array().unwrap().clone();
            found.iter().any(|f| f["check"] == "at_risk").then_some(found)
        })
        .await;
    let at_risk = findings.iter().find(|f| f["check"] == "at_risk").unwrap();
    assert!(at_risk["title"].as_str().unwrap().starts_with("Account \""), "{at_risk}");
    assert!(at_risk["evidence"]["rows"][0]["id"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_cannot_be_right_is_refused_by_field() {
    let node = TestNode::start().await;
    let ana = node.register("ana").await;
    let cases = [
        (json!({"name": "x", "type": "carrier pigeon", "config": {}}), "/type"),
        (json!({"name": "x", "type": "file", "config": {}}), "/config/path"),
        (json!({"name": "x", "type": "file", "config": {"path": "../other/*.csv"}}), "/config/path"),
        (json!({"name": "x", "type": "file", "config": {"path": "a.csv", "colour": 1}}), "/config/colour"),
        (json!({"name": "", "type": "file", "config": {"path": "a.csv"}}), "/name"),
        (
            json!({"name": "x", "type": "file", "config": {"path": "a.csv"}, "policy": {"renamed": "maybe"}}),
            "/policy/renamed",
        ),
    ];
    for (body, pointer) in cases {
        let answer = ana.post("/api/v1/aam/connections", &body).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    // A file that is not there is the sync's clear failure, not the connection's.
    let id = ana.connect("late", "file", json!({"path": "nothing/*.csv"})).await;
    let task: Value = ana.post(&format!("/api/v1/aam/connections/{id}/sync"), &json!({})).await.json().await.unwrap();
    let path = format!("/api/v1/tasks/{}", task["task_id"].as_str().unwrap());
    let failed = ana
        .until(&node, || async {
            let task = ana.json(&path).await;
            (task["state"] == "failed").then_some(task)
        })
        .await;
    assert!(failed["error"].to_string().contains("No file matches"), "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_that_panics_is_quarantined_and_shown_and_harms_nobody() {
    let node = TestNode::start().await;
    let (sick, well) = (node.register("sick").await, node.register("well").await);
    let good = well.connect("good", "demo", json!({"source": "document"})).await;
    let bad = sick.connect("bad", "demo", json!({"source": "crm", "fault": "panic"})).await;
    sick.post(&format!("/api/v1/aam/connections/{bad}/sync"), &json!({})).await;
    let path = format!("/api/v1/aam/connections/{bad}");
    let shown = sick
        .until(&node, || async {
            let shown = sick.json(&path).await;
            (shown["state"] == "quarantined").then_some(shown)
        })
        .await;
    assert!(shown["last_error"].as_str().unwrap().contains("failed too often"), "{shown}");
    let actors = sick.json("/api/v1/actors").await;
    assert!(actors["items"].as_array().unwrap().iter().any(|a| a["state"] == "quarantined"), "{actors}");
    assert!(well.sync(&node, &good).await["rows"].as_i64().unwrap() > 0);
}
