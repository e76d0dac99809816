//! Playbooks: written, refused by their place, gone through step by step, cut off and gone on with, called off.

use std::time::Duration;

use autonomos_runtime::ids::TraceId;
use autonomos_runtime::store::{NewTask, StepChange, StepState};
use autonomos_runtime::{Actor, Scope};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

async fn make(who: &Person, name: &str, document: &str) -> String {
    let answer = who.post("/api/v1/playbooks", &json!({"name": name, "document": document})).await;
    assert_eq!(answer.status(), StatusCode::CREATED, "{document}");
    answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

async fn run(who: &Person, id: &str) -> Value {
    let answer = who.request(Method::POST, &format!("/api/v1/playbooks/{id}/run")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    answer.json().await.unwrap()
}

async fn ended(who: &Person, node: &TestNode, id: &str) -> Value {
    let path = format!("/api/v1/playbook-runs/{id}");
    who.until(node, || async {
        let one = who.json(&path).await;
        one["finished_at"].is_string().then_some(one)
    })
    .await
}

fn states(run: &Value) -> Vec<(&str, &str)> {
    let steps = run["steps"].as_array().unwrap().iter();
    steps.map(|step| (step["name"].as_str().unwrap(), step["state"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_run_in_their_order_and_by_their_conditions() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    ann.upload("crm/accounts.csv", "Id,Name\n1,Acme\n2,Blue\n").await;
    ann.connect("crm", "file", json!({"path": "crm/*.csv", "entity": "account"})).await;
    let document = "version: 1
steps:
- {name: read, task: sync, with: {connection: crm}}
- {name: look, task: agent, with: {agent: revops}, when: [{step: read, result: /rows, above: 1}]}
- {name: nothing new, task: noop, needs: [read], when: [{step: read, result: /rows, equals: 0}]}
- {name: missing, task: sync, with: {connection: nowhere}, needs: [], may_fail: true}
- {name: mourn, task: noop, needs: [], when: [{step: missing, is: failed}]}
";
    let id = make(&ann, "nightly", document).await;
    let begun = run(&ann, &id).await;
    let done = ended(&ann, &node, begun["id"].as_str().unwrap()).await;
    assert_eq!(
        states(&done),
        [
            ("read", "success"),
            ("look", "success"),
            ("nothing new", "skipped"),
            ("missing", "failed"),
            ("mourn", "success")
        ],
        "{done}"
    );
    assert_eq!((&done["state"], &done["error"]), (&json!("success"), &Value::Null));
    assert_eq!(done["steps"][3]["error"]["code"], "connection.unknown");
    assert!(done["steps"][0]["result"]["rows"] == 2 && done["steps"][0]["task_id"].is_string());
    // The second time nothing is new, and that is what is done about it.
    let again = ended(&ann, &node, run(&ann, &id).await["id"].as_str().unwrap()).await;
    assert_eq!(states(&again)[1..3], [("look", "skipped"), ("nothing new", "success")], "{again}");
    assert_eq!(ann.json("/api/v1/playbook-runs?playbook=nightly").await["items"].as_array().unwrap().len(), 2);

    // A failure that may not be ends the run so; what came after it is left out.
    let fails = "version: 1\nsteps:\n- {name: a, task: sync, with: {connection: nowhere}}\n- {name: b, task: noop}\n";
    let id = make(&ann, "fails", fails).await;
    let done = ended(&ann, &node, run(&ann, &id).await["id"].as_str().unwrap()).await;
    assert_eq!((&done["state"], &done["error"]), (&json!("failed"), &json!("a failed.")));
    assert_eq!(states(&done), [("a", "failed"), ("b", "skipped")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_runs_than_places_do_not_stand_in_their_own_way() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let id = make(&ann, "x", "version: 1\nsteps:\n- {name: a, task: noop}\n- {name: b, task: noop}\n").await;
    // By tasks as a schedule makes them: more than the tenant has places for, each of which would wait for its steps.
    let schedule = json!({"name": "x", "trigger": {"cron": "0 0 1 1 *"},
        "task": {"kind": "playbook", "payload": {"playbook": "x"}}});
    let made: Value = ann.post("/api/v1/schedules", &schedule).await.json().await.unwrap();
    let path = format!("/api/v1/schedules/{}/run", made["id"].as_str().unwrap());
    for _ in 0..12 {
        assert_eq!(ann.request(Method::POST, &path).send().await.unwrap().status(), StatusCode::ACCEPTED);
        run(&ann, &id).await;
    }
    let all = ann.until(&node, || async {
        let runs = ann.json("/api/v1/playbook-runs?limit=100").await["items"].as_array().unwrap().clone();
        let over = runs.iter().filter(|run| run["state"] == "success").count();
        (over == runs.len() && over > 12).then_some(over)
    });
    all.await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_cut_goes_on_where_it_stood() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let id = make(&ann, "x", "version: 1\nsteps:\n- {name: a, task: noop}\n- {name: b, task: noop}\n").await;
    let app = node.node.app();
    let scope = Scope::new(ann.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
    // As a node leaves a run that it died in: the first step's task waits, the second step for it.
    let mut tx = app.store.begin(&scope).await.unwrap();
    let of = tx.playbook(id.parse().unwrap()).await.unwrap();
    let cut = tx.start_playbook(&of, None, &["a".to_owned(), "b".to_owned()]).await.unwrap();
    let soon = app.ambient.now() + Duration::from_secs(1);
    let new = NewTask { kind: "noop".into(), run_at: Some(soon), ..NewTask::default() };
    let task = tx.create_task(new).await.unwrap().id;
    let change = StepChange { state: StepState::InProgress, task_id: Some(task), result: None, error: None };
    tx.change_step(cut.id, 0, change).await.unwrap();
    tx.save().await.unwrap();
    let node = node.restart().await;
    let ann = node.sign_in(&ann.email, &ann.tenant).await;
    let done = ended(&ann, &node, &cut.id.to_string()).await;
    assert_eq!(states(&done), [("a", "success"), ("b", "success")], "{done}");
    assert_eq!(done["steps"][0]["task_id"], task.to_string(), "the task that was there is not made twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_meant_is_refused_by_its_place_and_edits_are_of_a_version() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    for (document, code, pointer) in [
        (
            "version: 1\nsteps:\n- {name: a, task: noop, needs: [b]}\n- {name: b, task: noop}\n",
            "playbook.circle",
            "/document/steps/0/needs",
        ),
        ("version: 1\nsteps:\n- {name: a, tsk: noop}\n", "playbook.not_understood", "/document"),
        ("version: 1\nsteps: &a [*a]\n", "playbook.not_understood", "/document"),
        ("version: 1\nsteps:\n- {name: a, task: dance}\n", "work.wrong", "/document/steps/0/task"),
    ] {
        let answer = ann.post("/api/v1/playbooks", &json!({"name": "x", "document": document})).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{document}");
        let said = problem(answer).await;
        assert_eq!((&said["code"], &said["errors"][0]["pointer"]), (&json!(code), &json!(pointer)), "{said}");
    }
    let good = "version: 1\nsteps:\n- {name: a, task: noop}\n";
    let id = make(&ann, "x", good).await;
    let path = format!("/api/v1/playbooks/{id}");
    let put = |version: &str, document: &str| {
        ann.request(Method::PUT, &path).header("if-match", version).json(&json!({"document": document})).send()
    };
    assert_eq!(put("1", "version: 1\nsteps:\n- {name: b, task: noop}\n").await.unwrap().status(), StatusCode::OK);
    assert_eq!(put("1", good).await.unwrap().status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(ann.json(&path).await["version"], 2);
    assert_eq!(
        problem(ann.post("/api/v1/playbooks", &json!({"name": "x", "document": good})).await).await["code"],
        "playbook.name_taken"
    );

    // One that waits for nothing that will come is called off, and stays so.
    let app = node.node.app();
    let scope = Scope::new(ann.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
    let mut tx = app.store.begin(&scope).await.unwrap();
    let of = tx.playbook(id.parse().unwrap()).await.unwrap();
    let waits = tx.start_playbook(&of, None, &["b".to_owned()]).await.unwrap();
    let later = app.ambient.now() + Duration::from_hours(1);
    let new = NewTask { kind: "noop".into(), run_at: Some(later), ..NewTask::default() };
    let task = tx.create_task(new).await.unwrap().id;
    let change = StepChange { state: StepState::InProgress, task_id: Some(task), result: None, error: None };
    tx.change_step(waits.id, 0, change).await.unwrap();
    tx.save().await.unwrap();
    let off = format!("/api/v1/playbook-runs/{}", waits.id);
    let answer = ann.request(Method::DELETE, &off).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["state"], "cancelled");
    assert_eq!(ann.json(&format!("/api/v1/tasks/{task}")).await["state"], "cancelled");
    assert_eq!(problem(ann.request(Method::DELETE, &off).send().await.unwrap()).await["code"], "playbook_run.ended");
    assert_eq!(ann.request(Method::DELETE, &path).send().await.unwrap().status(), StatusCode::NO_CONTENT);
}
