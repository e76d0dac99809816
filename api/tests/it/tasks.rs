//! Tasks over the edge: many at once, slots and what they bound, logs, another try, stopping what runs, and what a process
//! leaves that ended while tasks ran.

use std::time::Duration;

use autonomos_runtime::ids::TraceId;
use autonomos_runtime::store::{NewTask, Room, TaskOutcome};
use autonomos_runtime::{Actor, Scope};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::{Person, TestNode, problem};

/// What is asked to stop has stopped by then.
const STOPPED_WITHIN: Duration = Duration::from_secs(2);

fn as_platform(node: &TestNode, who: &Person) -> Scope {
    Scope::new(who.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&node.node.app().ambient))
}

async fn ids(who: &Person, tasks: Vec<Value>) -> Vec<String> {
    let answer = who.post("/api/v1/tasks/bulk", &json!({"tasks": tasks})).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    serde_json::from_value(answer.json::<Value>().await.unwrap()["task_ids"].take()).unwrap()
}

async fn until_state(who: &Person, node: &TestNode, id: &str, state: &str) -> Value {
    let path = format!("/api/v1/tasks/{id}");
    who.until(node, || async {
        let task = who.json(&path).await;
        (task["state"] == state).then_some(task)
    })
    .await
}

/// Calls a running task off and answers how long it took until it had stopped.
async fn call_off(who: &Person, node: &TestNode, id: &str) -> Duration {
    until_state(who, node, id, "in_progress").await;
    let began = node.node.app().ambient.elapsed();
    let asked = who.request(Method::DELETE, &format!("/api/v1/tasks/{id}")).send().await.unwrap();
    assert_eq!(asked.status(), StatusCode::OK);
    until_state(who, node, id, "cancelled").await;
    node.node.app().ambient.elapsed().saturating_sub(began)
}

async fn messages(who: &Person, id: &str) -> Vec<String> {
    let log = who.json(&format!("/api/v1/tasks/{id}/log")).await;
    log["items"].as_array().unwrap().iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect()
}

async fn metric(node: &TestNode, name: &str) -> u64 {
    let text = node.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok()).unwrap_or_else(|| panic!("{name}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_asked_for_at_once_and_told_as_one() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let mut events = node.node.app().bus.subscribe(&as_platform(&node, &ann), None);
    let all = ids(&ann, vec![json!({"kind": "noop"}); 2_000]).await;
    assert_eq!(all.len(), 2_000);
    let last = until_state(&ann, &node, &all[1_999], "success").await;
    assert_eq!((&last["attempts"], &last["result"]), (&json!(1), &json!({})));
    assert!(messages(&ann, &all[1_999]).await.is_empty(), "its row says all");
    let (mut told, mut one_by_one) = (0, 0);
    while told < 2_000 {
        let Some(autonomos_runtime::bus::Delivery::Event(event)) = events.next().await else { continue };
        let event: Value = serde_json::from_slice(&event.json()).unwrap();
        if event["topic"] == "task.state" && event["data"]["state"] == "success" {
            told += event["data"]["count"].as_u64().unwrap_or(1);
            one_by_one += u64::from(event["data"]["sampled"] != true);
        }
    }
    assert!(told == 2_000 && one_by_one <= 200, "{told} were told in few words, {one_by_one} of them one by one");
    for (body, code, field) in [
        (json!({"tasks": []}), "task.too_many", "/tasks"),
        (json!({"tasks": vec![json!({"kind": "noop"}); 10_001]}), "task.too_many", "/tasks"),
        (json!({"tasks": [{"kind": "noop"}, {"kind": "sync"}]}), "task.unknown_kind", "/tasks/1/kind"),
        (json!({"tasks": [{"kind": "wait"}]}), "task.payload", "/tasks/0/payload/ms"),
        (json!({"tasks": [{"kind": "noop", "max_attempts": 0}]}), "task.max_attempts", "/tasks/0/max_attempts"),
    ] {
        let said = problem(ann.post("/api/v1/tasks/bulk", &body).await).await;
        assert_eq!((&said["code"], &said["errors"][0]["pointer"]), (&json!(code), &json!(field)), "{said}");
    }
    let none = ann.json("/api/v1/tasks?state=queued").await;
    assert_eq!(none["items"], json!([]), "all of them, or none");
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_bound_a_tenant_and_the_node_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, "[tenant]\nrunning_tasks_of_node = 7\n").unwrap();
    let node = TestNode::with(|args| args.config = Some(path)).await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    let long = || json!({"kind": "wait", "payload": {"ms": 600_000}});
    let mut mine = vec![long(); 6];
    mine.push(json!({"kind": "noop"}));
    let anns = ids(&ann, mine).await;
    until_state(&ann, &node, &anns[4], "in_progress").await;
    let bens = ids(&ben, vec![long(); 6]).await;
    until_state(&ben, &node, &bens[1], "in_progress").await;
    let running = "autonomos_credits_in_use{budget=\"running tasks\"}";
    assert_eq!(metric(&node, running).await, 7, "five of a tenant, seven in all");
    for id in [&anns[5], &anns[6]] {
        assert_eq!(ann.json(&format!("/api/v1/tasks/{id}")).await["state"], "queued", "no slot, not even for a moment");
    }
    // A slot of the node goes to whoever stands in its queue.
    assert!(call_off(&ann, &node, &anns[0]).await < STOPPED_WITHIN);
    until_state(&ben, &node, &bens[2], "in_progress").await;
    for (who, all) in [(&ann, &anns), (&ben, &bens)] {
        for id in all {
            // Some have ended by now.
            who.request(Method::DELETE, &format!("/api/v1/tasks/{id}")).send().await.unwrap();
        }
    }
    for (who, all) in [(&ann, &anns), (&ben, &bens)] {
        for id in all {
            let path = format!("/api/v1/tasks/{id}");
            who.until(&node, || async { who.json(&path).await["finished_at"].is_string().then_some(()) }).await;
        }
    }
    let slots = ["autonomos_task_slots{owner=\"alive\"}", "autonomos_task_slots{owner=\"gone\"}", running];
    for name in slots {
        assert_eq!(metric(&node, name).await, 0, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_looked_into_and_tried_again() {
    let node = TestNode::start().await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    let scope = as_platform(&node, &ann);
    let app = node.node.app();
    let epoch = app.store.directory().tenant_ref(scope.tenant()).await.unwrap().unwrap().owner.epoch;
    // As work leaves it that failed for good.
    let mut tx = app.store.begin(&scope).await.unwrap();
    let id = tx.create_task(NewTask { kind: "noop".into(), ..NewTask::default() }).await.unwrap().id;
    tx.claim_tasks(epoch, &Room::new(1, 5)).await.unwrap();
    let why = json!({"code": "source.gone", "message": "The source is gone."});
    tx.finish_tasks(epoch, vec![(id, TaskOutcome::Failed(why))]).await.unwrap();
    tx.save().await.unwrap();
    let path = format!("/api/v1/tasks/{id}");
    assert_eq!(messages(&ann, &id.to_string()).await, ["Attempt 1 begins.", "It has failed: The source is gone."]);
    let theirs = ben.post(&format!("{path}/retry"), &json!({})).await;
    assert_eq!(theirs.status(), StatusCode::NOT_FOUND);
    let again = ann.post(&format!("{path}/retry"), &json!({})).await;
    assert_eq!(again.status(), StatusCode::ACCEPTED);
    let done = until_state(&ann, &node, &id.to_string(), "success").await;
    assert_eq!((&done["attempts"], &done["error"]), (&json!(1), &Value::Null));
    let refused = problem(ann.post(&format!("{path}/retry"), &json!({})).await).await;
    assert_eq!(refused["code"], "task.not_failed");
    let page = ann.json(&format!("{path}/log?limit=2")).await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = ann.json(&format!("{path}/log?limit=2&cursor={cursor}")).await;
    assert_eq!((&rest["items"][0]["n"], &rest["items"][0]["attempt"]), (&json!(3), &json!(0)), "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_processes_end_with_is_parked_and_one_that_waits_for_nothing_is_not() {
    let mut node = TestNode::start().await;
    let mut ann = node.register("ann").await;
    let scope = as_platform(&node, &ann);
    let app = node.node.app();
    let mut tx = app.store.begin(&scope).await.unwrap();
    let new = |kind: &str| NewTask { kind: kind.into(), payload: json!({"ms": 600_000}), ..NewTask::default() };
    let made = tx.create_tasks(vec![new("wait"), new("wait")]).await.unwrap();
    let (poison, good) = (made[0].id, made[1].id);
    // As four processes left it that ended while it ran.
    let epoch = app.store.directory().tenant_ref(scope.tenant()).await.unwrap().unwrap().owner.epoch;
    for lost in 0..3 {
        tx.claim_tasks(epoch + lost, &Room::new(1, 5)).await.unwrap();
        tx.requeue_orphans(epoch + lost + 1, 3).await.unwrap();
    }
    tx.claim_tasks(epoch - 1, &Room::new(1, 5)).await.unwrap();
    tx.save().await.unwrap();
    // A start finds the fourth.
    node = node.restart().await;
    ann = node.sign_in(&ann.email, &ann.tenant).await;
    let parked = until_state(&ann, &node, &poison.to_string(), "failed").await;
    assert_eq!((&parked["error"]["code"], &parked["losses"]), (&json!("task.poison"), &json!(4)), "{parked}");
    assert!(parked["error"]["remedy"].as_str().unwrap().contains("retry"));
    // Going down in order is nothing that is held against a task.
    for _ in 0..5 {
        until_state(&ann, &node, &good.to_string(), "in_progress").await;
        node = node.restart().await;
        ann = node.sign_in(&ann.email, &ann.tenant).await;
    }
    let runs = until_state(&ann, &node, &good.to_string(), "in_progress").await;
    assert_eq!((&runs["losses"], &runs["attempts"]), (&json!(0), &json!(1)), "{runs}");
    ann.post(&format!("/api/v1/tasks/{poison}/retry"), &json!({})).await;
    let again = until_state(&ann, &node, &poison.to_string(), "in_progress").await;
    assert_eq!(again["losses"], 0);
    assert!(call_off(&ann, &node, &poison.to_string()).await < STOPPED_WITHIN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_of_a_source_that_says_nothing_is_called_off_in_time() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    // A server that takes connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://u:p@{}/x", silent.local_addr().unwrap());
    let held = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((socket, _)) = silent.accept().await {
            open.push(socket);
        }
    });
    let id = ann.connect("silent", "postgres", json!({"url": url})).await;
    let asked = ann.post(&format!("/api/v1/aam/connections/{id}/sync"), &json!({})).await;
    let task = asked.json::<Value>().await.unwrap()["task_id"].as_str().unwrap().to_owned();
    let took = call_off(&ann, &node, &task).await;
    assert!(took < STOPPED_WITHIN, "{took:?}");
    assert!(messages(&ann, &task).await.iter().any(|line| line == "It was called off."));
    held.abort();
}
