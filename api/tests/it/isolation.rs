//! Another tenant's object is as absent as one that never was: every route with an id, asked for nonsense, for an absent
//! id and for an id of somebody else, answers alike. The routes come from the document, so a new one is in; one with ids
//! of a new kind fails until somebody else's is put here.

use autonomos_runtime::ids::{ConnectionId, DeliveryId, TraceId};
use autonomos_runtime::store::{
    Channel, DeliveryState, NewBulkObject, NewConnection, NewDelivery, NewDrift, NewFinding, NewReview, NewSchedule,
    NewStream, NewTask, PlaybookRunState, Sending,
};
use autonomos_runtime::{Actor, Scope};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, on_each_store};

pub const ABSENT: &str = "01920000-0000-7000-8000-000000000000";

/// What an answer is, without what differs by request.
async fn gist(who: &Person, method: &Method, path: &str, body: Option<&Value>) -> (u16, Value) {
    let mut request = who.request(method.clone(), path).header("if-match", "\"1\"");
    if let Some(body) = body {
        request = request.json(body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let mut value: Value = answer.json().await.unwrap_or_default();
    for field in ["trace_id", "instance"] {
        if let Some(object) = value.as_object_mut() {
            object.remove(field);
        }
    }
    (status, value)
}

/// A body that passes validation, where a route wants one.
pub fn body(path: &str, method: &Method) -> Option<Value> {
    match (method.as_str(), path) {
        ("PATCH", p) if p.contains("/connections/") => Some(json!({"name": "x"})),
        ("PUT", p) if p.contains("/playbooks/") => {
            Some(json!({"document": "version: 1\nsteps:\n- {name: a, task: noop}\n"}))
        }
        ("PATCH", p) if p.contains("/schedules/") => Some(json!({"paused": true})),
        ("PATCH", p) if p.contains("/questions/") => Some(json!({"name": "x"})),
        ("PATCH", p) if p.contains("/findings/") => Some(json!({"state": "accepted"})),
        ("POST", p) if p.ends_with("/discard") => Some(json!({"ids": []})),
        ("PUT" | "POST", p) if p.ends_with("/mappings") || p.ends_with("/try") => {
            Some(json!({"stream": "s", "entity": "account", "rules": []}))
        }
        ("PATCH", p) if p.contains("/users/") => Some(json!({"name": "x"})),
        ("POST", p) if p.ends_with("/split") => Some(json!({"records": ["0000000000000001"]})),
        ("POST", p) if p.ends_with("/decide") => Some(json!({"decision": "approve"})),
        ("POST", p) if p.ends_with("/demo/drift") => Some(json!({})),
        _ => None,
    }
}

/// Routes whose `{id}` is a word of the platform, the same for everybody.
const WORDS: &[&str] = &["/api/v1/agents/{id}/run", "/api/v1/dcl/agents/{id}/results"];

/// Objects that a tenant really has, each with `mark` in what it says, by the kind of path they fit.
pub async fn belongings(node: &TestNode, owner: &Person, mark: &str) -> Vec<(&'static str, String)> {
    let sessions = owner.json("/api/v1/auth/sessions").await;
    let me = owner.json("/api/v1/auth/me").await;
    let made = owner.post("/api/v1/api-keys", &json!({"name": mark, "scopes": ["read"]})).await;
    let made: Value = made.json().await.unwrap();
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let mut ids = vec![
        ("/auth/sessions/", id(&sessions["items"][0])),
        ("/users/", id(&me)),
        ("/api-keys/", id(&made["api_key"])),
    ];
    let scope =
        Scope::new(owner.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&node.node.app().ambient));
    let mut tx = node.node.app().store.begin(&scope).await.unwrap();
    let new = NewConnection {
        name: mark.into(),
        kind: "file".into(),
        config: json!({"path": format!("{mark}/*.csv")}),
        policy: json!({}),
        ..Default::default()
    };
    let connection: ConnectionId = tx.create_connection(new).await.unwrap().id;
    ids.push(("/aam/connections/", connection.to_string()));
    let new = NewStream { connection_id: connection, name: mark.into(), object: None, schema: None };
    tx.ensure_stream(new).await.unwrap();
    let new = NewTask { kind: "noop".into(), payload: json!({"mark": mark}), ..Default::default() };
    ids.push(("/tasks/", tx.create_task(new).await.unwrap().id.to_string()));
    let document = format!("version: 1\nsteps:\n- {{name: {mark}, task: noop}}\n");
    let playbook = tx.create_playbook(mark, &document).await.unwrap();
    ids.push(("/playbooks/", playbook.id.to_string()));
    let run = tx.start_playbook(&playbook, None, &[mark.to_owned()]).await.unwrap();
    // Over already, so that nobody moves it.
    tx.finish_playbook_run(run.id, PlaybookRunState::Success, None).await.unwrap();
    ids.push(("/playbook-runs/", run.id.to_string()));
    let later = node.node.app().ambient.now() + std::time::Duration::from_hours(1);
    let new = NewTask { kind: "bulk_mapping".into(), run_at: Some(later), ..Default::default() };
    let job = tx.create_task(new).await.unwrap().id;
    let object =
        NewBulkObject { source: mark.into(), system: None, object: mark.into(), fields: json!([]), field_count: 0 };
    tx.add_bulk_objects(job, vec![object]).await.unwrap();
    ids.push(("/bulk-mappings/", job.to_string()));
    let new = NewSchedule {
        name: mark.into(),
        set_off_by: json!({"cron": "0 0 1 1 *"}),
        work: json!({"kind": "noop"}),
        missed: "once".into(),
        paused: true,
        next_at: None,
    };
    ids.push(("/schedules/", tx.create_schedule(new).await.unwrap().id.to_string()));
    let question = tx.create_question(mark, &json!({"sql": format!("SELECT '{mark}'")})).await.unwrap();
    ids.push(("/dcl/questions/", question.id.to_string()));
    let new = NewDelivery {
        id: DeliveryId::new(&node.node.app().ambient),
        channel: Channel::Callback,
        key: mark.into(),
        subject: mark.into(),
        address: None,
        body: json!({"mark": mark}).to_string(),
    };
    let delivery = new.id;
    ids.push(("/webhooks/deliveries/", delivery.to_string()));
    tx.tell(new).await.unwrap();
    // Taken already, so that nobody moves it.
    let taken = Sending {
        state: DeliveryState::Delivered,
        next_at: node.node.app().ambient.now(),
        counted: true,
        line: json!({"mark": mark}),
    };
    tx.note_sending(delivery, taken).await.unwrap();
    let new = NewReview {
        kind: "mapping".into(),
        subject: json!({"mark": mark}),
        proposal: json!({"mark": mark}),
        evidence: json!({"mark": mark}),
        ..Default::default()
    };
    ids.push(("/reviews/", tx.create_review(new).await.unwrap().id.to_string()));
    let new = NewDrift {
        kind: "field_added".into(),
        from: None,
        to: Some(mark.into()),
        severity: "info".into(),
        confidence: None,
        evidence: json!({"mark": mark}),
    };
    ids.push(("/drifts/", tx.detect_drifts(connection, mark, vec![new]).await.unwrap()[0].to_string()));
    let run = tx.start_run("suite", "manual", 1).await.unwrap();
    let new = NewFinding {
        key: mark.into(),
        check: "suite".into(),
        title: mark.into(),
        severity: "info".into(),
        impact: json!({}),
        subject: json!({"mark": mark}),
        evidence: json!([{"mark": mark}]),
    };
    tx.record_findings(run.id, vec![new]).await.unwrap();
    tx.save().await.unwrap();
    let archive = node.data_dir().join("exports").join(&owner.tenant);
    std::fs::create_dir_all(&archive).unwrap();
    let task = ids.iter().find(|(kind, _)| *kind == "/tasks/").unwrap().1.clone();
    std::fs::write(archive.join(format!("{task}.tar")), mark).unwrap();
    ids.push(("/admin/tenant/exports/", task));
    let found = owner.json("/api/v1/findings").await;
    let suite = found["items"].as_array().unwrap().iter().find(|f| f["agent"] == "suite").unwrap();
    ids.push(("/findings/", id(suite)));
    ids
}

on_each_store! {
    what_is_somebody_elses_is_not_there,
}

async fn what_is_somebody_elses_is_not_there(node: TestNode) {
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    ben.upload("real/accounts.csv", "Id,Name\nA1,Real\n").await;
    let real = ben.connect("real", "file", json!({"path": "real/*.csv", "entity": "account"})).await;
    ben.sync(&node, &real).await;
    // Decided, not only seen: what is compared at the end does not move by itself any more.
    let entity = ben.until(&node, || async {
        let id = ben.entity_of("A1").await;
        let one = ben.json(&format!("/api/v1/dcl/entities/accounts/{id}")).await;
        one["members"][0]["since"].is_number().then_some(id)
    });
    ben.unified(&node, 1).await;
    let entity = entity.await;
    let mut theirs = belongings(&node, &ben, "theirs").await;
    theirs.push(("/flow-monitor/journey/accounts/", entity.clone()));
    theirs.push(("/lineage/records/accounts/", entity.clone()));
    theirs.push(("/dcl/entities/accounts/", entity));
    let before = state_of(&ben, &theirs).await;
    let document: Value = ann.get("/openapi.json").await.json().await.unwrap();
    let mut asked = 0;
    for (template, item) in document["paths"].as_object().unwrap() {
        // The operator's routes are for no tenant at all: `life.rs` asks.
        let operators = template.starts_with("/api/v1/operator/");
        if !template.contains("{id}") || WORDS.contains(&template.as_str()) || operators {
            continue;
        }
        let template = &template.replace("{view}", "accounts");
        let fitting: Vec<_> = theirs.iter().filter(|(fits, _)| template.contains(fits)).collect();
        assert!(!fitting.is_empty(), "{template}: its ids are of a kind that nobody else has here");
        for method in item.as_object().unwrap().keys() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            let path = |id: &str| {
                let path = template.replace("{id}", id);
                if path.ends_with("/preview") || path.ends_with("/history") { format!("{path}?stream=s") } else { path }
            };
            let body = body(template, &method);
            let absent = gist(&ann, &method, &path(ABSENT), body.as_ref()).await;
            assert_eq!(absent.0, 404, "{method} {template}: {absent:?}");
            let nonsense = gist(&ann, &method, &path("nonsense"), body.as_ref()).await;
            assert_eq!(nonsense.0, 404, "{method} {template}: {nonsense:?}");
            for (_, id) in &fitting {
                let other = gist(&ann, &method, &path(id), body.as_ref()).await;
                assert_eq!(other, absent, "{method} {template}");
                asked += 1;
            }
        }
    }
    assert!(asked >= 24, "{asked}");
    assert_eq!(state_of(&ben, &theirs).await, before, "and nothing of theirs was changed");
}

/// What the owner sees of their objects.
async fn state_of(owner: &Person, objects: &[(&str, String)]) -> Vec<Value> {
    let mut seen = Vec::new();
    for (fits, id) in objects {
        let found = match *fits {
            "/auth/sessions/" | "/users/" | "/api-keys/" | "/findings/" => {
                let all = owner.json(&format!("/api/v1{}", fits.trim_end_matches('/'))).await;
                let mut one = all["items"].as_array().unwrap().iter().find(|o| o["id"] == id.as_str()).unwrap().clone();
                one["last_used_at"] = Value::Null;
                one
            }
            "/admin/tenant/exports/" => owner.get(&format!("/api/v1{fits}{id}")).await.text().await.unwrap().into(),
            fits => {
                let mut one = owner.json(&format!("/api/v1{fits}{id}")).await;
                // How far the log and the stream are moves with whatever the tenant's own actors do.
                for moving in ["position", "seq"] {
                    if let Some(fields) = one.as_object_mut() {
                        fields.remove(moving);
                    }
                }
                one
            }
        };
        seen.push(found);
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_named_by_the_caller_is_not_believed() {
    let node = TestNode::start().await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    for header in ["x-tenant-id", "tenant", "x-tenant", "x-forwarded-tenant"] {
        let answer = ann.request(Method::GET, "/api/v1/auth/me").header(header, &ben.tenant).send().await.unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap()["tenant"]["id"], ann.tenant.as_str(), "{header}");
    }
    for query in ["tenant_id", "tenant"] {
        let answer = ann.get(&format!("/api/v1/tasks?{query}={}", ben.tenant)).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
    }
    let answer = ann.post("/api/v1/tasks", &json!({"kind": "noop", "tenant_id": ben.tenant})).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}
