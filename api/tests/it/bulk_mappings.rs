//! Mapping jobs: of what is described, of what is connected, called off, over a restart.

use autonomos_runtime::ids::TraceId;
use autonomos_runtime::store::Room;
use autonomos_runtime::{Actor, Scope};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

async fn ask(who: &Person, body: &Value) -> Value {
    let answer = who.post("/api/v1/bulk-mappings", body).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED, "{body}");
    answer.json().await.unwrap()
}

async fn ended(who: &Person, node: &TestNode, id: &str) -> Value {
    let path = format!("/api/v1/bulk-mappings/{id}");
    who.until(node, || async {
        let one = who.json(&path).await;
        one["finished_at"].is_string().then_some(one)
    })
    .await
}

fn object(n: usize) -> Value {
    let fields = ["Id", "Name", "Industry", "AnnualRevenue"].map(|name| json!({"name": name}));
    json!({"source": format!("s{n}"), "system": "salesforce", "object": "Account", "fields": fields})
}

#[tokio::test(flavor = "multi_thread")]
async fn many_objects_are_mapped_and_say_the_same_as_one() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let objects: Vec<Value> = (0..300).map(object).collect();
    let job = ask(&ann, &json!({"objects": objects})).await;
    assert_eq!((&job["objects"], &job["fields"]), (&json!(300), &json!(1200)));
    let id = job["id"].as_str().unwrap();
    let done = ended(&ann, &node, id).await;
    assert_eq!((&done["state"], &done["objects_done"]), (&json!("success"), &json!(300)), "{done}");
    assert_eq!(done["fields_done"], 1200);
    assert!(done["mapped"].as_i64().unwrap() >= 600, "{done}");
    let first = ann.json(&format!("/api/v1/bulk-mappings/{id}/results?limit=200")).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = ann.json(&format!("/api/v1/bulk-mappings/{id}/results?limit=200&cursor={cursor}")).await;
    assert_eq!((first["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()), (200, 100));
    assert_eq!(rest["items"][99]["source"], "s299");
    let mut alone = object(0);
    alone.as_object_mut().unwrap().remove("source");
    let alone: Value = ann.post("/api/v1/mappings/propose", &alone).await.json().await.unwrap();
    for (one, many) in alone["items"].as_array().unwrap().iter().zip(first["items"][0]["proposals"].as_array().unwrap())
    {
        assert_eq!((&one["field"], &one["canonical_field"]), (&many["field"], &many["canonical_field"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_connected_is_mapped_as_it_was_seen() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let refused = ann.post("/api/v1/bulk-mappings", &json!({})).await;
    assert_eq!(problem(refused).await["code"], "bulk.nothing");
    ann.upload("crm/accounts.csv", "Id,Name,Industry\n1,Acme,Energy\n").await;
    let crm = ann.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    ann.sync(&node, &crm).await;
    for (asked, code) in [
        (json!({"connections": ["nowhere"]}), "connection.unknown"),
        (json!({"connections": ["crm"], "objects": []}), "bulk.both"),
        (json!({"objects": []}), "bulk.object"),
        (json!({"objects": [{"object": "x", "fields": []}]}), "bulk.object"),
    ] {
        let said = problem(ann.post("/api/v1/bulk-mappings", &asked).await).await;
        assert_eq!(said["code"], code, "{asked}: {said}");
    }
    let job = ask(&ann, &json!({"connections": ["crm"]})).await;
    let done = ended(&ann, &node, job["id"].as_str().unwrap()).await;
    assert_eq!((&done["state"], &done["fields_done"]), (&json!("success"), &json!(3)), "{done}");
    // A schedule may do the same.
    let new = json!({"name": "map", "trigger": {"cron": "0 0 1 1 *"}, "task": {"kind": "bulk_mapping"}});
    let made: Value = ann.post("/api/v1/schedules", &new).await.json().await.unwrap();
    let run = ann.request(Method::POST, &format!("/api/v1/schedules/{}/run", made["id"].as_str().unwrap()));
    let run: Value = run.send().await.unwrap().json().await.unwrap();
    let done = ended(&ann, &node, run["task_id"].as_str().unwrap()).await;
    assert_eq!((&done["state"], &done["objects"]), (&json!("success"), &json!(1)), "{done}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_called_off_and_one_that_was_cut_goes_on() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let app = node.node.app();
    let scope = Scope::new(ann.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
    // As a node leaves a job that it died in the middle of: under way, some of it done.
    let mut tx = app.store.begin(&scope).await.unwrap();
    let new = autonomos_runtime::store::NewTask { kind: "bulk_mapping".into(), ..Default::default() };
    let id = tx.create_task(new).await.unwrap().id;
    let objects = (0..100).map(|n| autonomos_runtime::store::NewBulkObject {
        source: format!("s{n}"),
        system: None,
        object: "accounts".into(),
        fields: json!([{"name": "name", "data_type": null, "samples": []}]),
        field_count: 1,
    });
    tx.add_bulk_objects(id, objects.collect()).await.unwrap();
    let epoch = app.store.directory().tenant_ref(scope.tenant()).await.unwrap().unwrap().owner.epoch;
    tx.claim_tasks(epoch, &Room::new(1, 5)).await.unwrap();
    let done = autonomos_runtime::store::BulkDone { place: 3, proposals: json!(["kept"]), mapped: 0 };
    tx.finish_bulk_objects(id, vec![done]).await.unwrap();
    tx.save().await.unwrap();
    let node = node.restart().await;
    let ann = node.sign_in(&ann.email, &ann.tenant).await;
    let done = ended(&ann, &node, &id.to_string()).await;
    assert_eq!((&done["state"], &done["objects_done"]), (&json!("success"), &json!(100)), "{done}");
    let results = ann.json(&format!("/api/v1/bulk-mappings/{id}/results")).await;
    assert_eq!(results["items"][3]["proposals"], json!(["kept"]), "what was done stays done");

    let objects: Vec<Value> = (0..6000).map(object).collect();
    let job = ask(&ann, &json!({"objects": objects})).await;
    let path = format!("/api/v1/bulk-mappings/{}", job["id"].as_str().unwrap());
    let off = ann.request(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(off.status(), StatusCode::OK);
    let done = ended(&ann, &node, job["id"].as_str().unwrap()).await;
    assert_eq!(done["state"], "cancelled", "{done}");
    assert_eq!(problem(ann.request(Method::DELETE, &path).send().await.unwrap()).await["code"], "task.ended");
}
