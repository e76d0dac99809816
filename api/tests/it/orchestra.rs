//! Runs through all layers: the demo for real, a run of a tenant's own sources, one at a time, and what may be found.

use std::time::Duration;

use autonomos_runtime::ids::TraceId;
use autonomos_runtime::store::NewTask;
use autonomos_runtime::{Actor, Scope};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

async fn ended(who: &Person, node: &TestNode, path: &str) -> Value {
    who.until(node, || async {
        let run = who.json(path).await;
        let run = if run["run"].is_object() { run["run"].clone() } else { run };
        (run["state"] != "running").then_some(run)
    })
    .await
}

fn stage<'a>(run: &'a Value, name: &str) -> &'a Value {
    run["stages"].as_array().unwrap().iter().find(|s| s["stage"] == name).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_goes_through_all_layers_survives_a_restart_and_goes_again() {
    let node = TestNode::start().await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    let status = "/api/v1/demo/pipeline/status";
    assert_eq!(ann.json(status).await["state"], "idle");
    let scan: Value = ann.post("/api/v1/aoa/demo-scan", &json!({})).await.json().await.unwrap();
    assert_eq!(scan["connected"], 0);
    assert!(scan["total_assets"].as_u64().unwrap() > 4, "{scan}");

    let started = ann.post("/api/v1/demo/pipeline/end-to-end?source_type=crm", &json!({})).await;
    assert_eq!(started.status(), StatusCode::ACCEPTED);
    let started: Value = started.json().await.unwrap();
    let names: Vec<_> = started["stages"].as_array().unwrap().iter().map(|s| s["stage"].as_str().unwrap()).collect();
    assert_eq!(names, ["AOD_DISCOVERY", "AAM_ONBOARDING", "DCL_INTELLIGENCE", "AGENT_EXECUTION"]);
    let done = ended(&ann, &node, status).await;
    assert_eq!(done["state"], "success", "{done}");
    let rows = stage(&done, "AAM_ONBOARDING")["data"]["rows"].as_i64().unwrap();
    let accounts = ann.json("/api/v1/dcl/views/accounts?limit=1").await;
    assert!(rows > 0 && accounts["total"].as_i64().unwrap() > 0, "{done}");
    let looked = &stage(&done, "AGENT_EXECUTION")["data"]["agents"];
    let revops = looked.as_array().unwrap().iter().find(|a| a["agent"] == "revops").unwrap();
    assert!(
        revops["run"]["position"].as_i64() >= stage(&done, "DCL_INTELLIGENCE")["data"]["wanted"].as_i64(),
        "{done}"
    );
    assert_eq!(ben.json(status).await["state"], "idle", "nothing of it is anybody else's");
    let unknown = problem(ann.post("/api/v1/demo/pipeline/end-to-end?source_type=sap", &json!({})).await).await;
    assert_eq!(unknown["code"], "demo.unknown_source");

    let node = node.restart().await;
    let ann = node.sign_in(&ann.email, &ann.tenant).await;
    let kept = ended(&ann, &node, status).await;
    assert_eq!((&kept["state"], &kept["started_at"]), (&json!("success"), &done["started_at"]));
    let scan: Value = ann.post("/api/v1/aoa/demo-scan", &json!({})).await.json().await.unwrap();
    assert!(scan["connected"].as_u64().unwrap() > 0);
    let again = ann.post("/api/v1/demo/pipeline/end-to-end?source_type=crm", &json!({})).await;
    assert_eq!(again.status(), StatusCode::ACCEPTED, "it may be started again once it has ended");
    ended(&ann, &node, status).await;
    assert_eq!(ann.json("/api/v1/aam/connections").await["items"].as_array().unwrap().len(), 1, "and doubles nothing");
    let reset: Value = ann.post("/api/v1/demo/pipeline/reset", &json!({})).await.json().await.unwrap();
    assert_eq!(reset["state"], "idle");
    assert_eq!(ann.json("/api/v1/aam/connections").await["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_reads_what_is_named_and_there_is_one_at_a_time() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let none = problem(ann.post("/api/v1/aoa/run", &json!({})).await).await;
    assert_eq!(none["code"], "aoa.no_sources");
    ann.upload("crm/accounts.csv", "Id,Name,Industry\n1,Acme,Energy\n2,Blue,Media\n").await;
    let id = ann.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    for (query, code) in [("sources=nobody", "aoa.unknown_source"), ("agents=nobody", "agent.unknown")] {
        assert_eq!(problem(ann.post(&format!("/api/v1/aoa/run?{query}"), &json!({})).await).await["code"], code);
    }
    let run = ann.post("/api/v1/aoa/run?sources=crm&agents=revops", &json!({})).await;
    assert_eq!(run.status(), StatusCode::ACCEPTED);
    let done = ended(&ann, &node, "/api/v1/aoa/state").await;
    assert_eq!(done["state"], "success", "{done}");
    assert_eq!(stage(&done, "AAM_ONBOARDING")["data"]["rows"], 2);
    let state = ann.json("/api/v1/aoa/state").await;
    assert_eq!((&state["running_limit"], &state["sources"][0]["name"]), (&json!(5), &json!("crm")));

    // One whose task waits: another is refused until it is reset, which calls the task off.
    let app = node.node.app();
    let scope = Scope::new(ann.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
    let mut tx = app.store.begin(&scope).await.unwrap();
    let later = Some(app.ambient.now() + Duration::from_hours(1));
    let task = tx.create_task(NewTask { kind: "noop".into(), run_at: later, ..NewTask::default() }).await.unwrap().id;
    let source = json!({"connection": id, "name": "crm", "task": task, "streams": []});
    let row = json!({"at": app.ambient.now(), "sources": [source], "agents": []});
    tx.put_setting("aoa.run", Some(row)).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(ann.json("/api/v1/aoa/state").await["state"], "running");
    let refused = ann.post("/api/v1/aoa/run", &json!({})).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(problem(refused).await["code"], "aoa.running");
    let reset: Value = ann.post("/api/v1/aoa/reset", &json!({})).await.json().await.unwrap();
    ann.ended(&node, reset["task_id"].as_str().unwrap()).await;
    assert_eq!(ann.json(&format!("/api/v1/tasks/{task}")).await["state"], "cancelled");
    assert_eq!(ann.json("/api/v1/aoa/state").await["state"], "idle");

    let off = json!({"flag_name": "USE_AAM_AS_SOURCE", "enabled": false});
    ann.request(Method::POST, "/api/v1/admin/feature-flags/toggle").json(&off).send().await.unwrap();
    assert_eq!(problem(ann.post("/api/v1/aoa/run", &json!({})).await).await["code"], "flag.off");
    assert_eq!(ann.json("/api/v1/aoa/state").await["run"]["aam_enabled"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_looked_for_is_found_in_what_is_there() {
    let node = TestNode::start().await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    ann.upload("crm/accounts.csv", "Id,Name,Industry\n1,Acme,Energy\n").await;
    ann.upload("left/invoices.csv", "Nr,Amount\n1,5\n").await;
    let id = ann.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    ann.sync(&node, &id).await;
    let look = async |who: &Person, query: &str| -> Value {
        who.post("/api/v1/aoa/discover", &json!({"nlp_query": query})).await.json().await.unwrap()
    };
    let found = look(&ann, "accounts in salesforce").await;
    assert_eq!(
        (&found["entities"][0]["connection_id"], &found["entities"][0]["state"]),
        (&json!(id), &json!("CONNECTED"))
    );
    assert_eq!(found["entities"][0]["confidence_score"], 1.0);
    let agents: Vec<_> = found["agent_recommendations"].as_array().unwrap().iter().map(|a| &a["agent_id"]).collect();
    assert_eq!(agents, ["revops"]);
    let found = look(&ann, "invoices").await;
    assert_eq!(found["entities"][0]["state"], "READY_FOR_CONNECT", "{found}");
    assert_eq!(look(&ben, "accounts").await["total_entities_found"], 0);
    for (body, field) in [
        (json!({"nlp_query": "show me the"}), "/nlp_query"),
        (json!({"nlp_query": "accounts", "max_results": 0}), "/max_results"),
        (json!({"nlp_query": "accounts", "min_confidence": 2}), "/min_confidence"),
    ] {
        let refused = problem(ann.post("/api/v1/aoa/discover", &body).await).await;
        assert_eq!(refused["errors"][0]["pointer"], field, "{refused}");
    }
}
