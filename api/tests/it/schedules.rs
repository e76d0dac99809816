//! What sets off work by itself: at times, after sources were read, over restarts; and what can never be.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

async fn make(who: &Person, schedule: &Value) -> Value {
    let answer = who.post("/api/v1/schedules", schedule).await;
    assert_eq!(answer.status(), StatusCode::CREATED, "{schedule}");
    answer.json().await.unwrap()
}

/// A schedule as it is once it has been set off.
async fn fired(who: &Person, node: &TestNode, id: &str) -> Value {
    let path = format!("/api/v1/schedules/{id}");
    who.until(node, || async {
        let one = who.json(&path).await;
        one["last_run_at"].is_string().then_some(one)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interval_runs_again_and_again_and_over_a_restart() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let made = make(&ann, &json!({"name": "tick", "trigger": {"every_seconds": 1}, "task": {"kind": "noop"}})).await;
    assert_eq!((&made["missed"], made["next_runs"].as_array().unwrap().len()), (&json!("once"), 5), "{made}");
    let id = made["id"].as_str().unwrap();
    let first = fired(&ann, &node, id).await;
    let task = ann.json(&format!("/api/v1/tasks/{}", first["last_task_id"].as_str().unwrap())).await;
    assert_eq!(task["kind"], "noop");
    let node = node.restart().await;
    let ann = node.sign_in(&ann.email, &ann.tenant).await;
    // A tenant without a source is started for its schedule's sake.
    let path = format!("/api/v1/schedules/{id}");
    let again = ann.until(&node, || async {
        let one = ann.json(&path).await;
        (one["last_run_at"] != first["last_run_at"]).then_some(one)
    });
    assert_ne!(again.await["last_task_id"], first["last_task_id"]);

    let patch = json!({"paused": true});
    let stale = ann.request(Method::PATCH, &path).header("if-match", "7").json(&patch).send().await.unwrap();
    assert_eq!(stale.status(), StatusCode::PRECONDITION_FAILED);
    let paused = ann.request(Method::PATCH, &path).header("if-match", "1").json(&patch).send().await.unwrap();
    let paused: Value = paused.json().await.unwrap();
    assert_eq!(
        (&paused["paused"], &paused["next_run_at"], &paused["next_runs"]),
        (&json!(true), &Value::Null, &json!([]))
    );
    let run = ann.request(Method::POST, &format!("{path}/run")).send().await.unwrap();
    assert_eq!(run.status(), StatusCode::ACCEPTED, "by hand it runs also while it is paused");
    assert_eq!(ann.request(Method::DELETE, &path).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(ann.get(&path).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_never_be_is_refused_by_name() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let noop = json!({"kind": "noop"});
    for (trigger, task, code, pointer) in [
        (json!({"cron": "0 0 30 2 *"}), noop.clone(), "schedule.never", "/trigger/cron"),
        (json!({"cron": "61 * * * *"}), noop.clone(), "schedule.cron", "/trigger/cron"),
        (json!({"cron": "* * * * *", "time_zone": "Mars"}), noop.clone(), "schedule.time_zone", "/trigger/time_zone"),
        (json!({}), noop.clone(), "schedule.trigger", "/trigger"),
        (json!({"cron": "* * * * *", "every_seconds": 3}), noop.clone(), "schedule.trigger", "/trigger"),
        (json!({"after": ["nowhere"]}), noop.clone(), "schedule.after", "/trigger/after/0"),
        (json!({"every_seconds": 60}), json!({"kind": "dance"}), "work.wrong", "/task/kind"),
        (
            json!({"every_seconds": 60}),
            json!({"kind": "sync", "payload": {"connection": "nowhere"}}),
            "work.wrong",
            "/task/payload/connection",
        ),
        (json!({"every_seconds": 60, "evry": 1}), noop.clone(), "request.unknown_field", "/trigger/evry"),
    ] {
        let answer = ann.post("/api/v1/schedules", &json!({"name": "x", "trigger": trigger, "task": task})).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{trigger}");
        let said = problem(answer).await;
        assert_eq!((&said["code"], &said["errors"][0]["pointer"]), (&json!(code), &json!(pointer)), "{trigger}");
    }
    let fine = json!({"name": "x", "trigger": {"cron": "0 6 * * MON", "time_zone": "Europe/Berlin"}, "task": noop});
    make(&ann, &fine).await;
    assert_eq!(problem(ann.post("/api/v1/schedules", &fine).await).await["code"], "schedule.name_taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn work_waits_until_all_its_sources_are_fresh() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    for name in ["one", "two"] {
        ann.upload(&format!("{name}/accounts.csv"), "Id,Name\n1,Acme\n").await;
    }
    let one = ann.connect("one", "file", json!({"path": "one/*.csv", "entity": "account"})).await;
    let two = ann.connect("two", "file", json!({"path": "two/*.csv", "entity": "account"})).await;
    let of_itself = json!({"name": "x", "trigger": {"after": ["one"]},
        "task": {"kind": "sync", "payload": {"connection": "one"}}});
    assert_eq!(problem(ann.post("/api/v1/schedules", &of_itself).await).await["code"], "schedule.of_itself");
    let made = json!({"name": "after both", "trigger": {"after": ["one", "two"]}, "task": {"kind": "noop"}});
    let made = make(&ann, &made).await;
    assert_eq!(made["next_run_at"], Value::Null);
    let id = made["id"].as_str().unwrap();
    ann.sync(&node, &one).await;
    assert_eq!(ann.json(&format!("/api/v1/schedules/{id}")).await["last_run_at"], Value::Null, "one is not both");
    ann.sync(&node, &two).await;
    let first = fired(&ann, &node, id).await;
    // Once for both, and then not before both were read anew.
    ann.sync(&node, &two).await;
    let same = ann.json(&format!("/api/v1/schedules/{id}")).await;
    assert_eq!(same["last_task_id"], first["last_task_id"]);
    ann.sync(&node, &one).await;
    let path = format!("/api/v1/schedules/{id}");
    let again = ann.until(&node, || async {
        let seen = ann.json(&path).await;
        (seen["last_task_id"] != first["last_task_id"]).then_some(seen)
    });
    again.await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_whose_source_went_says_so_and_goes_on() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let gone = ann.connect("gone", "file", json!({"path": "gone/*.csv"})).await;
    let work = json!({"kind": "sync", "payload": {"connection": "gone"}});
    let made = make(&ann, &json!({"name": "x", "trigger": {"every_seconds": 1}, "task": work, "missed": "skip"})).await;
    ann.request(Method::DELETE, &format!("/api/v1/aam/connections/{gone}")).send().await.unwrap();
    let path = format!("/api/v1/schedules/{}", made["id"].as_str().unwrap());
    let said = ann.until(&node, || async {
        let one = ann.json(&path).await;
        one["last_error"].is_string().then_some(one)
    });
    let said = said.await;
    assert!(said["last_error"].as_str().unwrap().contains("gone") && said["next_run_at"].is_string(), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn schedules_are_part_of_the_configuration() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let new = json!({"name": "weekly", "trigger": {"cron": "0 6 * * MON", "time_zone": "Europe/Berlin"},
        "task": {"kind": "rebuild"}, "missed": "skip", "paused": true});
    make(&ann, &new).await;
    let document = ann.get("/api/v1/config/export").await.text().await.unwrap();
    assert!(document.contains("weekly") && document.contains("Europe/Berlin"), "{document}");
    let apply = |who: Person, document: String, dry: bool| async move {
        let path = format!("/api/v1/config/apply?dry_run={dry}");
        who.post(&path, &json!({"document": document})).await
    };
    let nothing: Value = apply(ann.clone(), document.clone(), true).await.json().await.unwrap();
    assert_eq!(nothing["changes"], json!([]), "{nothing}");

    let ben = node.register("ben").await;
    let done: Value = apply(ben.clone(), document.clone(), false).await.json().await.unwrap();
    assert!(done["changes"].as_array().unwrap().iter().any(|c| c["kind"] == "schedule" && c["action"] == "create"));
    let theirs = ben.json("/api/v1/schedules").await;
    for field in ["name", "trigger", "task", "missed", "paused"] {
        assert_eq!(theirs["items"][0][field], ann.json("/api/v1/schedules").await["items"][0][field], "{field}");
    }
    let changed = document.replace("0 6 * * MON", "0 7 * * MON");
    let said: Value = apply(ben.clone(), changed.clone(), true).await.json().await.unwrap();
    assert_eq!(said["changes"][0]["fields"], json!(["trigger"]), "{said}");
    apply(ben.clone(), changed, false).await;
    assert_eq!(ben.json("/api/v1/schedules").await["items"][0]["trigger"]["cron"], "0 7 * * MON");
    let never = document.replace("0 6 * * MON", "0 6 30 2 *");
    let refused = problem(apply(ben, never, true).await).await;
    assert_eq!(
        (&refused["code"], &refused["errors"][0]["pointer"]),
        (&json!("schedule.never"), &json!("/schedules/0/trigger/cron"))
    );
}
