//! A task that was called off is tried again by hand, with all its attempts before it; one that did well is not.

use autonomos_runtime::Scope;
use autonomos_runtime::ids::TraceId;
use autonomos_runtime::scope::Actor;
use autonomos_runtime::store::NewTask;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

use crate::harness::TestNode;

#[tokio::test(flavor = "multi_thread")]
async fn a_task_called_off_runs_when_it_is_tried_again() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let app = node.node.app();
    let scope = Scope::new(ann.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
    let mut tx = app.store.begin(&scope).await.unwrap();
    let later = Some(app.ambient.now() + Duration::from_hours(1));
    let new = NewTask { kind: "noop".into(), payload: json!({"n": 1}), run_at: later, ..NewTask::default() };
    let id = tx.create_task(new).await.unwrap().id;
    tx.save().await.unwrap();
    let path = format!("/api/v1/tasks/{id}");
    let retry = format!("{path}/retry");

    let waits = ann.json(&path).await;
    assert_eq!((&waits["payload"], &waits["max_attempts"]), (&json!({"n": 1}), &json!(3)));
    let refused = ann.post(&retry, &json!({})).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "task.not_failed");

    assert_eq!(ann.request(Method::DELETE, &path).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(ann.json(&path).await["state"], "cancelled");
    let again = ann.post(&retry, &json!({})).await;
    assert_eq!(again.status(), StatusCode::ACCEPTED);
    assert_eq!(again.json::<Value>().await.unwrap()["state"], "queued");
    let done = ann
        .until(&node, || async {
            let one = ann.json(&path).await;
            (one["state"] == "success").then_some(one)
        })
        .await;
    assert_eq!(done["attempts"], 1);
    assert_eq!(ann.post(&retry, &json!({})).await.status(), StatusCode::CONFLICT);

    let of_kind = ann.json("/api/v1/tasks?kind=noop&state=success").await;
    assert_eq!(of_kind["items"].as_array().unwrap().len(), 1);
    assert_eq!(ann.json("/api/v1/tasks?kind=rebuild").await["items"], json!([]));
    let audit = ann.json(&format!("/api/v1/audit?subject=task/{id}")).await;
    let actions: Vec<_> = audit["items"].as_array().unwrap().iter().map(|one| one["action"].clone()).collect();
    assert_eq!(actions, [json!("task.retry"), json!("task.cancel")]);
}
