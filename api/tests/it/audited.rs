//! Every route that changes something leaves an entry that tells of it: the routes come from the document, each is called
//! so that it succeeds, and an entry has the trace of the call. A new route without a call here fails.

use std::collections::BTreeSet;
use std::time::Duration;

use autonomos_api::gateway::audit::NO_CHANGE;
use autonomos_runtime::ids::{ConnectionId, DeliveryId, TraceId};
use autonomos_runtime::store::{
    Channel, DriftState, DriftUpdate, NewDelivery, NewDrift, NewFinding, NewReview, NewTask, NewToken, StepChange,
    StepState, TokenHash, TokenPurpose,
};
use autonomos_runtime::{Actor, Scope};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Person, TestNode};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// What leaves its entry where this tenant's people do not find it; each is asked for in `life.rs`.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("delete", "/api/v1/admin/tenant", "the entry goes with the tenant; that it went is a row that stays"),
    ("delete", "/api/v1/operator/tenants/{id}", "the same"),
    ("post", "/api/v1/operator/tenants", "the first entry of the new tenant"),
];

/// The changing routes of the document.
async fn changing(who: &Person) -> BTreeSet<(String, String)> {
    let document: Value = who.get("/openapi.json").await.json().await.unwrap();
    let mut routes = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let asks = NO_CHANGE.iter().chain(ELSEWHERE).any(|(m, p, _)| m == method && p == path);
            if ["post", "put", "patch", "delete"].contains(&method.as_str()) && !asks {
                routes.insert((method.clone(), path.clone()));
            }
        }
    }
    routes
}

const PLAYBOOK: &str = "version: 1\nsteps:\n- {name: a, task: noop}\n";

/// A schedule that does nothing much, and seldom.
fn schedule(name: &str) -> Value {
    json!({"name": name, "trigger": {"cron": "0 0 1 1 *"}, "task": {"kind": "noop"}})
}

/// What a tenant needs so that every verb has something to act on.
struct Stage {
    node: TestNode,
    admin: Person,
    connection: String,
    demo: String,
    stream: String,
    review: String,
    drift: String,
    finding: String,
    task: String,
    delivery: String,
    link: &'static str,
}

impl Stage {
    async fn set() -> Self {
        let node = TestNode::start().await;
        let admin = node.register("ann").await;
        admin.upload("crm/accounts.csv", "Id,Name,Industry\n1,Acme,Energy\n2,Blue,Media\n").await;
        let config = json!({"path": "crm/*.csv", "system": "salesforce"});
        let connection = admin.connect("crm", "file", config).await;
        admin.sync(&node, &connection).await;
        let demo = admin.connect("demo", "demo", json!({"source": "crm"})).await;
        let read = admin.json(&format!("/api/v1/aam/connections/{connection}")).await;
        let stream = read["streams"][0]["name"].as_str().unwrap().to_owned();
        let none = String::new();
        let mut stage = Self {
            review: none.clone(),
            drift: none.clone(),
            finding: none.clone(),
            task: none.clone(),
            delivery: none,
            link: "aol_a-sign-in-link",
            node,
            admin,
            connection,
            demo,
            stream,
        };
        stage.leave_questions().await;
        stage
    }

    /// A question, a healed drift, a finding, a task that waits and a sign-in link, as parts of the platform leave them.
    async fn leave_questions(&mut self) {
        let app = self.node.node.app();
        let scope = Scope::new(self.admin.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
        let (id, stream) = (self.connection.parse::<ConnectionId>().unwrap(), self.stream.as_str());
        let accept = json!({"action": "accept"});
        let me: Value = self.admin.json("/api/v1/auth/me").await;
        let mut tx = app.store.begin(&scope).await.unwrap();
        let new = NewReview {
            kind: "mapping".into(),
            subject: json!({"connection_id": id, "stream": stream}),
            proposal: accept.clone(),
            evidence: json!({}),
            ..NewReview::default()
        };
        self.review = tx.create_review(new).await.unwrap().id.to_string();
        let new = NewDrift {
            kind: "field_added".into(),
            from: None,
            to: Some("Extra".into()),
            severity: "info".into(),
            confidence: None,
            evidence: json!({"proposal": accept}),
        };
        let drift = tx.detect_drifts(id, stream, vec![new]).await.unwrap()[0];
        let change = DriftUpdate { state: Some(DriftState::Healed), ..DriftUpdate::default() };
        self.drift = tx.update_drift(drift, change, None).await.unwrap().id.to_string();
        let run = tx.start_run("suite", "manual", 1).await.unwrap();
        let finding = NewFinding {
            key: "one".into(),
            check: "suite".into(),
            title: "Something".into(),
            severity: "info".into(),
            impact: json!({}),
            subject: json!({}),
            evidence: json!([]),
        };
        tx.record_findings(run.id, vec![finding]).await.unwrap();
        let later = app.ambient.now() + Duration::from_hours(1);
        let new = NewTask { kind: "noop".into(), run_at: Some(later), ..NewTask::default() };
        self.task = tx.create_task(new).await.unwrap().id.to_string();
        let delivery = NewDelivery {
            id: DeliveryId::new(&app.ambient),
            channel: Channel::Callback,
            key: "one".into(),
            subject: "task/one".into(),
            address: None,
            body: "{}".into(),
        };
        self.delivery = delivery.id.to_string();
        tx.tell(delivery).await.unwrap();
        tx.create_token(NewToken {
            token: TokenHash::of(self.link),
            purpose: TokenPurpose::SignIn,
            user_id: Some(me["id"].as_str().unwrap().parse().unwrap()),
            payload: Value::Null,
            expires_at: later,
        })
        .await
        .unwrap();
        tx.save().await.unwrap();
        let found = self.admin.json("/api/v1/findings").await;
        let suite = found["items"].as_array().unwrap().iter().find(|f| f["agent"] == "suite").unwrap();
        suite["id"].as_str().unwrap().clone_into(&mut self.finding);
    }

    /// The id of a schedule of that name.
    async fn schedule(&self, name: &str) -> String {
        self.made("/api/v1/schedules", &schedule(name)).await["id"].as_str().unwrap().to_owned()
    }

    /// The id of a saved question of that name.
    async fn question(&self, name: &str) -> String {
        let question = json!({"name": name, "sql": "SELECT 1"});
        self.made("/api/v1/dcl/questions", &question).await["id"].as_str().unwrap().to_owned()
    }

    /// The id of a task of that kind that waits for an hour.
    async fn waits(&self, kind: &str) -> String {
        let app = self.node.node.app();
        let scope = Scope::new(self.admin.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
        let mut tx = app.store.begin(&scope).await.unwrap();
        let later = app.ambient.now() + Duration::from_hours(1);
        let new = NewTask { kind: kind.into(), run_at: Some(later), ..NewTask::default() };
        let id = tx.create_task(new).await.unwrap().id;
        tx.save().await.unwrap();
        id.to_string()
    }

    /// The id of a playbook of that name.
    async fn playbook(&self, name: &str) -> String {
        let made = self.made("/api/v1/playbooks", &json!({"name": name, "document": PLAYBOOK})).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// The id of a run of a playbook whose step waits for an hour.
    async fn playbook_run(&self) -> String {
        let (id, task) = (self.playbook("waits").await, self.waits("noop").await);
        let app = self.node.node.app();
        let scope = Scope::new(self.admin.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
        let mut tx = app.store.begin(&scope).await.unwrap();
        let of = tx.playbook(id.parse().unwrap()).await.unwrap();
        let run = tx.start_playbook(&of, None, &["a".to_owned()]).await.unwrap();
        let task_id = Some(task.parse().unwrap());
        let change = StepChange { state: StepState::InProgress, task_id, result: None, error: None };
        tx.change_step(run.id, 0, change).await.unwrap();
        tx.save().await.unwrap();
        run.id.to_string()
    }

    async fn made(&self, path: &str, body: &Value) -> Value {
        let answer = self.admin.post(path, body).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "{path}");
        answer.json().await.unwrap()
    }

    /// The id of the entity that has the record of this key, once it has one.
    async fn entity(&self, key: &str) -> String {
        let path = format!("/api/v1/dcl/entities/accounts?filter[account_id]=eq:{key}");
        self.admin
            .until(&self.node, || async {
                let page = self.admin.json(&path).await;
                page["items"][0]["id"].as_str().map(str::to_owned)
            })
            .await
    }

    /// A call of the operator's about this tenant.
    fn operating(&self, verb: &Method, path: &str) -> RequestBuilder {
        let token =
            autonomos_api::auth::operator::issue(&self.node.node.app().ambient, crate::harness::SECRET).unwrap();
        self.node.request(verb.clone(), &path.replace("{id}", &self.admin.tenant)).bearer_auth(token)
    }

    /// A call of the route that succeeds.
    async fn call(&self, method: &str, path: &str) -> RequestBuilder {
        let verb = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let at = |id: &str| self.admin.request(verb.clone(), &path.replace("{id}", id));
        let public = |body: Value| self.node.request(verb.clone(), path).json(&body);
        let email = &self.admin.email;
        match (method, path) {
            ("delete", "/api/v1/aam/connections/{id}") => {
                at(&self.admin.connect("gone", "file", json!({"path": "gone/*.csv"})).await)
            }
            ("delete", "/api/v1/api-keys/{id}") => {
                let made = self.made("/api/v1/api-keys", &json!({"name": "gone", "scopes": ["read"]})).await;
                at(made["api_key"]["id"].as_str().unwrap())
            }
            ("delete", "/api/v1/auth/sessions/{id}") => {
                self.node.sign_in(email, &self.admin.tenant).await;
                let sessions = self.admin.json("/api/v1/auth/sessions").await;
                let other = sessions["items"].as_array().unwrap().iter().find(|s| s["current"] == false).unwrap();
                at(other["id"].as_str().unwrap())
            }
            ("delete", "/api/v1/files/{path}") => {
                self.admin.upload("crm/gone.csv", "Id,Name\n9,Gone\n").await;
                self.admin.request(verb, &path.replace("{path}", "crm/gone.csv"))
            }
            ("delete", "/api/v1/bulk-mappings/{id}") => at(&self.waits("bulk_mapping").await),
            ("post", "/api/v1/bulk-mappings") => {
                at("").json(&json!({"objects": [{"object": "accounts", "fields": [{"name": "Id"}]}]}))
            }
            ("delete", "/api/v1/playbook-runs/{id}") => at(&self.playbook_run().await),
            ("delete", "/api/v1/playbooks/{id}") => at(&self.playbook("gone").await),
            ("post", "/api/v1/playbooks") => at("").json(&json!({"name": "made", "document": PLAYBOOK})),
            ("post", "/api/v1/playbooks/{id}/run") => at(&self.playbook("run").await),
            ("put", "/api/v1/playbooks/{id}") => {
                at(&self.playbook("changed").await).json(&json!({"document": PLAYBOOK}))
            }
            ("delete", "/api/v1/dcl/questions/{id}") => at(&self.question("gone").await),
            ("patch", "/api/v1/dcl/questions/{id}") => at(&self.question("kept").await).json(&json!({"sql": "SELECT 2"})),
            ("post", "/api/v1/dcl/questions") => at("").json(&json!({"name": "made", "sql": "SELECT 1"})),
            ("delete", "/api/v1/schedules/{id}") => at(&self.schedule("gone").await),
            ("patch", "/api/v1/schedules/{id}") => at(&self.schedule("changed").await).json(&json!({"paused": true})),
            ("post", "/api/v1/schedules") => at("").json(&schedule("made")),
            ("post", "/api/v1/schedules/{id}/run") => at(&self.schedule("run").await),
            ("delete", "/api/v1/tasks/{id}") => at(&self.task),
            ("post", "/api/v1/tasks/bulk") => at("").json(&json!({"tasks": [{"kind": "noop"}, {"kind": "noop"}]})),
            ("patch", "/api/v1/aam/connections/{id}") => at(&self.connection).json(&json!({"name": "crm two"})),
            ("patch", "/api/v1/findings/{id}") => at(&self.finding).json(&json!({"state": "accepted"})),
            ("patch", "/api/v1/users/{id}") => {
                let me = self.admin.json("/api/v1/auth/me").await;
                at(me["id"].as_str().unwrap()).json(&json!({"name": "Ann B."}))
            }
            ("post", "/api/v1/aam/connections") => {
                at("").json(&json!({"name": "more", "type": "file", "config": {"path": "more/*.csv"}}))
            }
            ("post", "/api/v1/aam/connections/{id}/demo/drift") => at(&self.demo).json(&json!({})),
            ("post", "/api/v1/aam/connections/{id}/confirm") => {
                let config = json!({"path": "safe/*.csv"});
                let new = json!({"name": "safe", "type": "file", "config": config, "safe_mode": true});
                at(self.made("/api/v1/aam/connections", &new).await["id"].as_str().unwrap())
            }
            ("post", "/api/v1/aam/connections/{id}/dead-letters/discard") => {
                at(&self.connection).json(&json!({"ids": []}))
            }
            ("post", p) if p.starts_with("/api/v1/aam/connections/{id}/") => at(&self.connection),
            ("post", "/api/v1/agents/{id}/run") => at("revops"),
            ("post", "/api/v1/api-keys") => at("").json(&json!({"name": "ci", "scopes": ["tasks:write"]})),
            ("post", "/api/v1/auth/invitations") => at("").json(&json!({"email": "x@example.org", "role": "viewer"})),
            ("post", "/api/v1/auth/link") => public(json!({"token": self.link})),
            ("post", "/api/v1/auth/login") => public(json!({"email": email, "password": PASSWORD})),
            ("post", "/api/v1/auth/logout") => {
                let other = self.node.sign_in(email, &self.admin.tenant).await;
                self.node.request(verb, path).json(&json!({"refresh_token": other.refresh}))
            }
            ("post", "/api/v1/auth/password") => at("").json(&json!({"current": PASSWORD, "password": "another one"})),
            ("post", "/api/v1/auth/register") => {
                let asked = json!({"email": "ben@example.org", "role": "viewer"});
                let invitation = self.made("/api/v1/auth/invitations", &asked).await["invitation"].clone();
                let ben = json!({"email": "ben@example.org", "password": PASSWORD, "name": "Ben"});
                let mut body = ben;
                body["invitation"] = invitation;
                public(body)
            }
            (
                "post",
                "/api/v1/aoa/run"
                | "/api/v1/aoa/reset"
                | "/api/v1/demo/pipeline/end-to-end"
                | "/api/v1/demo/pipeline/reset",
            ) => at(""),
            ("post", "/api/v1/config/apply") => at("").json(&json!({"document": "version: 1\n"})),
            ("post", p) if p.starts_with("/api/v1/operator/tenants/{id}/") => self.operating(&verb, path),
            ("patch", "/api/v1/operator/tenants/{id}") => {
                self.operating(&verb, path).json(&json!({"limits": {"users": 9}}))
            }
            ("patch", "/api/v1/admin/tenant") => at("").json(&json!({"name": "Ann and others"})),
            (
                "post",
                "/api/v1/admin/tenant/suspend"
                | "/api/v1/admin/tenant/export"
                | "/api/v1/admin/tenant/resume"
                | "/api/v1/auth/tickets"
                | "/api/v1/dcl/rebuild",
            ) => at(""),
            ("post", "/api/v1/admin/feature-flags/toggle") => {
                at("").json(&json!({"flag_name": "ENABLE_AUTO_REPAIR", "enabled": true}))
            }
            ("post", "/api/v1/lineage/openlineage") => at("").json(&json!({
                "eventTime": "2026-05-01T10:00:00Z", "producer": "https://example.com", "schemaURL": "https://example.com/s",
                "job": {"namespace": "airflow", "name": "nightly"},
            })),
            ("post", "/api/v1/dcl/connect") => at("").json(&json!({})),
            ("post", "/api/v1/dcl/entities/{view}/merge") => {
                let ids = [self.entity("1").await, self.entity("2").await];
                self.admin.request(verb, &path.replace("{view}", "accounts")).json(&json!({"ids": ids}))
            }
            ("post", "/api/v1/dcl/entities/{view}/{id}/split") => {
                let (id, record) = (self.admin.record_of("1").await, self.admin.record_of("2").await);
                let merged = format!("/api/v1/dcl/entities/accounts/{id}");
                let id = self.admin.until(&self.node, || async {
                    let one = self.admin.json(&merged).await;
                    let both =
                        one["members"].as_array().is_some_and(|all| all.iter().any(|m| m["id"] == record.as_str()));
                    both.then(|| one["id"].as_str().unwrap().to_owned())
                });
                let id = id.await;
                let path = path.replace("{view}", "accounts").replace("{id}", &id);
                self.admin.request(verb, &path).json(&json!({"records": [record]}))
            }
            ("post", "/api/v1/drifts/{id}/revert") => at(&self.drift),
            ("post", "/api/v1/reviews/{id}/decide") => {
                at(&self.review).header("if-match", "1").json(&json!({"decision": "approve"}))
            }
            ("post", "/api/v1/tasks") => at("").json(&json!({"kind": "noop"})),
            ("post", "/api/v1/tasks/{id}/retry") => {
                let id = self.waits("noop").await;
                self.admin.request(Method::DELETE, &format!("/api/v1/tasks/{id}")).send().await.unwrap();
                at(&id)
            }
            ("put", "/api/v1/aam/connections/{id}/mappings") => {
                let rules =
                    json!([{"source_path": "Id", "field": "account_id"}, {"source_path": "Name", "field": "name"}]);
                at(&self.connection).json(&json!({"stream": self.stream, "entity": "account", "rules": rules}))
            }
            ("post", "/api/v1/webhooks/deliveries/{id}/replay") => at(&self.delivery),
            ("post", "/api/v1/webhooks/secrets/rotate") => at("").json(&json!({"overlap_hours": 1})),
            ("put", "/api/v1/admin/alerts") => at("").json(&json!({"slack_url": null})),
            ("put", "/api/v1/admin/access-policy") => at("").json(&json!({"four_eyes": false})),
            ("put", "/api/v1/files/{path}") => {
                self.admin.request(verb, &path.replace("{path}", "crm/more.csv")).body("Id,Name\n3,Cobalt\n")
            }
            _ => panic!("{method} {path} changes something: call it here, or say in gateway/audit.rs why it does not"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_told_of() {
    let stage = Stage::set().await;
    let routes = changing(&stage.admin).await;
    assert!(routes.len() > 25, "{routes:?}");
    for (n, (method, path)) in routes.iter().enumerate() {
        let trace = format!("{}{n:02}", TRACE.get(..30).unwrap());
        let call = stage.call(method, path).await.header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
        let answer = call.send().await.unwrap();
        let (status, body) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{method} {path}: {status} {body}");
        if path.ends_with("/suspend") {
            stage.operating(&Method::POST, "/api/v1/operator/tenants/{id}/resume").send().await.unwrap();
        }
        let log = stage.admin.json("/api/v1/audit?limit=20").await;
        let entry = log["items"].as_array().unwrap().iter().find(|e| e["trace_id"] == trace.as_str());
        let entry = entry.unwrap_or_else(|| panic!("{method} {path} left no entry: {log}"));
        assert!(entry["action"].as_str().unwrap().contains('.'), "{entry}");
        assert!(entry["subject"].as_str().unwrap().contains('/'), "{entry}");
    }
    let chain = stage.admin.json("/api/v1/audit/verify").await;
    assert_eq!((&chain["intact"], &chain["first_break"]), (&json!(true), &Value::Null), "{chain}");
}

#[tokio::test(flavor = "multi_thread")]
async fn before_and_after_are_kept_without_secrets_searched_and_exported() {
    let node = TestNode::start().await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    let config = json!({"url": "postgres://u:canary-secret@127.0.0.1:1/x"});
    let id = ann.connect("warehouse", "postgres", config).await;
    let path = format!("/api/v1/aam/connections/{id}");
    let change = json!({"name": "lake", "config": {"url": "postgres://u:canary-two@127.0.0.1:1/x"}});
    let answer = ann.request(Method::PATCH, &path).json(&change).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);

    let found = ann.json(&format!("/api/v1/audit?subject=connection/{id}&action=connection.update")).await;
    let entry = &found["items"][0];
    assert_eq!((&entry["before"]["name"], &entry["after"]["name"]), (&json!("warehouse"), &json!("lake")), "{found}");
    assert_eq!(entry["after"]["config"]["url"], "***");
    assert!(entry["actor"].as_str().unwrap().starts_with("user:"));
    for (query, count) in [
        ("action=connection.&text=LAKE", 1),
        ("text=warehouse", 2),
        ("subject=connection/", 2),
        ("actor=user:nobody", 0),
        ("since=2000-01-01T00:00:00Z&until=2000-01-02T00:00:00Z", 0),
    ] {
        let found = ann.json(&format!("/api/v1/audit?{query}")).await;
        assert_eq!(found["items"].as_array().unwrap().len(), count, "{query}: {found}");
    }

    let export = ann.get("/api/v1/audit/export").await;
    assert_eq!(export.headers()["content-type"], "application/jsonl");
    let text = export.text().await.unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<_> = lines.iter().map(|line| line["seq"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=lines.len() as i64).collect::<Vec<_>>());
    assert!(!text.contains("canary"), "no secret is in it");
    assert!(!text.contains(&ben.tenant), "and nothing of anybody else");
    let rest = ann.get(&format!("/api/v1/audit/export?after={}", lines.len() - 1)).await.text().await.unwrap();
    assert_eq!(rest.lines().count(), 1);
    let none = ben.json("/api/v1/audit?action=connection.").await;
    assert!(none["items"].as_array().unwrap().is_empty());
}
