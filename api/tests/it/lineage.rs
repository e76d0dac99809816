//! What feeds what and why, through the front door: the graph by neighbourhood, the grid, the tree, what a change touches, and
//! why one value of a golden record is what it is, down to the batch and what the source had sent.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};
use crate::receiver::{Receiver, Sent};

const FIRST: &str = "Id,Name,Phone,Website,Industry,AnnualRevenue,BillingStreet,BillingCity,BillingPostalCode,LastModifiedDate\n\
    001A,Acme Logistics Inc,+1 212 555 0147,https://www.acme.example.com,Energy,1200.50,12 Main St,Boston,02139,2026-01-01T00:00:00Z\n\
    001B,Blue Foods Ltd,+1 415 555 0101,https://blue.example.com,Media,,1 Oak Ave,Lyon,69001,2026-01-02T00:00:00Z\n";
const SECOND: &str = "Id,Name,Phone,Website,Industry,BillingStreet,BillingCity,BillingPostalCode,LastModifiedDate\n\
    A-1,ACME Logistics,(212) 555-0147,acme.example.com,,12 Main Street,Boston,02139,2026-02-01T00:00:00Z\n";

/// Two systems with accounts, one of which both know.
async fn two_systems(node: &TestNode) -> (Person, [String; 2]) {
    let ana = node.register("ana").await;
    ana.upload("sf/accounts.csv", FIRST).await;
    ana.upload("other/accounts.csv", SECOND).await;
    let mut ids = Vec::new();
    for (name, path) in [("first", "sf/*.csv"), ("second", "other/*.csv")] {
        let id = ana.connect(name, "file", json!({"path": path, "system": "salesforce", "entity": "account"})).await;
        ana.sync(node, &id).await;
        ids.push(id);
    }
    ana.unified(node, 2).await;
    ana.folded(node).await;
    (ana, ids.try_into().unwrap())
}

fn ids(nodes: &Value) -> Vec<&str> {
    nodes.as_array().unwrap().iter().map(|n| n["id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_graph_is_asked_by_neighbourhood() {
    let node = TestNode::start().await;
    let empty = node.register("eve").await.json("/api/v1/dcl/graph").await;
    assert_eq!((empty["truncated"].as_bool(), empty["counts"]["source_parent"].as_i64()), (Some(false), Some(1)));
    let (ana, [first, _]) = two_systems(&node).await;

    let whole = ana.json("/api/v1/dcl/graph").await;
    assert_eq!(whole["counts"]["connection"], 2, "{whole}");
    assert_eq!(whole["counts"]["field"], Value::Null, "fields are asked for");
    let account = whole["nodes"].as_array().unwrap().iter().find(|n| n["id"] == "dcl_account").unwrap();
    assert_eq!((&account["layer"], &account["rows"], &account["view"]), (&json!("L2"), &json!(3), &json!("accounts")));
    let connection = format!("conn_{first}");
    let hangs = |e: &&Value| e["source"] == "sys_aam_sources" && e["target"] == connection.as_str();
    let edge = whole["edges"].as_array().unwrap().iter().find(hangs).unwrap();
    assert_eq!((&edge["edgeType"], &edge["rows"]), (&json!("hierarchy"), &json!(2)));
    let feeds = |e: &&Value| e["edgeType"] == "dataflow" && e["target"] == "dcl_account" && e["rows"] == 2;
    let edge = whole["edges"].as_array().unwrap().iter().find(feeds).unwrap();
    assert!(edge["fields"].as_i64().unwrap() >= 9, "{edge}");

    // Around a field: what else feeds the entity is not of it.
    let path = "/api/v1/lineage/neighbourhood?node=fld_account.annual_revenue&direction=up";
    let around = ana.json(path).await;
    let nodes = ids(&around["nodes"]);
    assert_eq!(nodes.iter().filter(|id| id.starts_with("col_")).count(), 1, "{nodes:?}");
    assert!(nodes.contains(&connection.as_str()) && nodes.contains(&"dcl_account"), "{nodes:?}");
    assert_eq!(around["nodes"][0]["distance"], 0);
    let cut = ana.json("/api/v1/dcl/graph?node=dcl_account&limit=2&depth=3").await;
    assert_eq!((cut["nodes"].as_array().unwrap().len(), &cut["truncated"]), (2, &json!(true)));
    assert!(cut["counts"]["source"].as_i64().unwrap() == 2, "what is left out is counted: {cut}");

    for (path, code, field) in [
        ("/api/v1/dcl/graph?node=dcl_nothing", "lineage.unknown_node", "node"),
        ("/api/v1/dcl/graph?limit=0", "lineage.bad_limit", "limit"),
        ("/api/v1/dcl/graph?depth=99", "lineage.bad_depth", "depth"),
        ("/api/v1/lineage/neighbourhood", "request.missing_parameter", "node"),
        ("/api/v1/lineage/grid?filter[nmae]=eq:x", "lineage.unknown_key", "filter[nmae]"),
        ("/api/v1/lineage/search?q=x&type=y", "lineage.unknown_type", "type"),
        ("/api/v1/dcl/preview?node=agent_revops", "lineage.no_rows", "node"),
    ] {
        let said = problem(ana.get(path).await).await;
        assert_eq!((&said["code"], &said["errors"][0]["pointer"]), (&json!(code), &json!(field)), "{said}");
    }
    // Another tenant has no such node, whatever it is called.
    let bob = node.register("bob").await;
    assert_eq!(bob.get(&format!("/api/v1/dcl/graph?node={connection}")).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_lines_trees_and_what_a_change_touches() {
    let node = TestNode::start().await;
    let (ana, [first, _]) = two_systems(&node).await;
    let grid = ana.json("/api/v1/lineage/grid?q=annual&filter[source]=eq:first").await;
    assert_eq!(grid["total"], 1, "{grid}");
    let line = &grid["items"][0];
    assert_eq!(
        (&line["column"], &line["field"], &line["view"]),
        (&json!("AnnualRevenue"), &json!("annual_revenue"), &json!("accounts"))
    );
    assert_eq!((&line["rows"], &line["connection_id"]), (&json!(2), &json!(first)));
    let all = ana.json("/api/v1/lineage/grid?sort=-column&limit=5").await;
    let next = all["next_cursor"].as_str().unwrap();
    let rest = ana.json(&format!("/api/v1/lineage/grid?sort=-column&limit=1000&cursor={next}")).await;
    let count = |page: &Value| page["items"].as_array().unwrap().len() as i64;
    assert_eq!(count(&all) + count(&rest), all["total"].as_i64().unwrap());

    let column = line["node"].as_str().unwrap();
    let tree = ana.json(&format!("/api/v1/lineage/tree?node={column}&direction=down")).await;
    assert_eq!(tree["items"][0]["children"][0]["node"]["id"], "fld_account.annual_revenue", "{tree}");
    let tree = ana.json("/api/v1/lineage/tree?direction=up&depth=1").await;
    assert!(
        ids(&json!(tree["items"].as_array().unwrap().iter().map(|b| b["node"].clone()).collect::<Vec<_>>()))
            .contains(&"agent_revops")
    );

    let impact = ana.json(&format!("/api/v1/lineage/impact?node={column}")).await;
    assert_eq!(ids(&impact["fields"]), ["fld_account.annual_revenue"], "{impact}");
    assert_eq!(ids(&impact["views"]), ["dcl_account"]);
    let source = ana.json(&format!("/api/v1/lineage/impact?node=conn_{first}")).await;
    let agents = source["agents"].as_array().unwrap();
    assert!(
        agents.iter().any(|a| a["node"]["id"] == "agent_revops" && !a["checks"].as_array().unwrap().is_empty()),
        "{source}"
    );

    let found = ana.json("/api/v1/lineage/search?q=annual_revenue").await;
    assert_eq!(ids(&found["items"])[0], "fld_account.annual_revenue");
    let near = ana.json("/api/v1/lineage/search?q=anual_revenu").await;
    assert_eq!((&near["nearest"], ids(&near["items"])[0]), (&json!(true), "fld_account.annual_revenue"));
    let preview = ana.json("/api/v1/dcl/preview?node=dcl_account&limit=2").await;
    assert_eq!((preview["rows"].as_array().unwrap().len(), &preview["total"]), (2, &json!(3)));
    let stream = ana.json("/api/v1/lineage/search?q=first&type=source").await;
    let preview = ana.json(&format!("/api/v1/dcl/preview?node={}", ids(&stream["items"])[0])).await;
    assert_eq!(preview["total"], 2, "{preview}");
}

#[tokio::test(flavor = "multi_thread")]
async fn why_one_value_is_what_it_is() {
    let node = TestNode::start().await;
    let (ana, [first, second]) = two_systems(&node).await;
    let entity = ana.entity_of("001A").await;
    assert_eq!(ana.entity_of("A-1").await, entity);
    let why = |field: &str| format!("/api/v1/lineage/records/accounts/{entity}?field={field}");

    // The later record gives the name; the earlier one gives what only it has.
    let told = ana.json(&why("name")).await;
    let value = &told["values"][0];
    assert_eq!(
        (&told["kind"], &value["value"], &value["record"]["key"]),
        (&json!("golden"), &json!("ACME Logistics"), &json!("A-1"))
    );
    assert_eq!((&value["record"]["connection_id"], &value["record"]["connection"]), (&json!(second), &json!("second")));
    assert_eq!(value["survivorship"]["rule"], "latest_change", "{value}");
    assert_eq!(value["survivorship"]["candidates"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&value["original"]["value"], &value["rule"]["source_path"]),
        (&json!("ACME Logistics"), &json!("Name"))
    );

    let told = ana.json(&why("annual_revenue")).await;
    let value = &told["values"][0];
    assert_eq!((&value["record"]["key"], &value["survivorship"]["rule"]), (&json!("001A"), &json!("only_value")));
    let rule = &value["rule"];
    assert_eq!(
        (&rule["source_path"], &rule["cast"], &rule["version"]),
        (&json!("AnnualRevenue"), &json!("money"), &json!(1))
    );
    assert!(rule["author"].is_string() && rule["adopted_at"].is_string(), "{rule}");
    assert_eq!((&value["original"]["value"], &value["original"]["form"]), (&json!(1200.5), &json!("cast")));
    let batch = &value["batch"];
    let log = ana.json("/api/v1/dcl/views/accounts?filter[account_id]=eq:001A").await;
    assert_eq!(batch["position"], log["items"][0]["source"]["seq"], "{batch}");
    assert!(batch["at"].is_string() && batch["batch_id"].is_string() && batch["cursor_to"].is_object(), "{batch}");

    // Why the two are one, and by whom that was decided.
    let merge = &told["merge"];
    assert_eq!(merge["members"].as_array().unwrap().len(), 2);
    assert!(merge["pairs"][0]["probability"].as_f64().unwrap() > 0.8, "{merge}");
    assert_eq!(merge["decisions"][0]["by"], "system:platform", "{merge}");
    assert!(merge["decisions"][0]["position"].as_i64().unwrap() > batch["position"].as_i64().unwrap());

    // A record by itself; everything it has a value of.
    let record = ana.record_of("A-1").await;
    let alone = ana.json(&format!("/api/v1/lineage/records/accounts/{record}?alone=true")).await;
    assert_eq!((&alone["kind"], &alone["merge"]), (&json!("record"), &Value::Null));
    let values = alone["values"].as_array().unwrap();
    assert!(values.iter().all(|v| v["record"]["key"] == "A-1" && v["batch"]["position"].is_number()), "{alone}");
    assert!(!values.iter().any(|v| v["field"] == "annual_revenue"));

    // A later batch that does not send the column leaves the value, which still knows where it came from.
    let before = batch["position"].as_i64().unwrap();
    let less = "Id,Name,LastModifiedDate\n001A,Acme Logistics Incorporated,2026-01-05T00:00:00Z\n";
    ana.upload("sf/accounts_2.csv", less).await;
    ana.sync(&node, &first).await;
    ana.folded(&node).await;
    let told = ana.json(&why("annual_revenue")).await;
    let value = &told["values"][0];
    assert_eq!((&value["value"], &value["carried"]), (&json!(1200.5), &json!(true)), "{value}");
    assert_eq!((&value["batch"]["position"], &value["original"]["value"]), (&json!(before), &json!(1200.5)));

    let said = problem(ana.get(&why("nmae")).await).await;
    assert_eq!((&said["code"], &said["errors"][0]["pointer"]), (&json!("lineage.unknown_field"), &json!("field")));
    let said = problem(ana.get(&format!("/api/v1/lineage/records/nothing/{entity}")).await).await;
    assert_eq!(said["code"], "view.unknown");
    let empty = ana.json(&why("parent_account_id")).await;
    let empty = &empty["values"][0];
    assert_eq!((&empty["value"], &empty["record"]), (&Value::Null, &Value::Null), "{empty}");
}

#[tokio::test(flavor = "multi_thread")]
async fn connecting_builds_what_is_missing_and_nothing_twice() {
    let node = TestNode::start().await;
    let ana = node.register("ana").await;
    let said = problem(ana.post("/api/v1/dcl/connect", &json!({"sources": ["nothing"]})).await).await;
    assert_eq!((&said["code"], &said["errors"][0]["pointer"]), (&json!("connection.unknown"), &json!("/sources/0")));
    ana.upload("sf/accounts.csv", FIRST).await;
    let id = ana.connect("first", "file", json!({"path": "sf/*.csv", "system": "salesforce"})).await;
    let connect = async || -> Value {
        let answer = ana.post("/api/v1/dcl/connect", &json!({"sources": ["first"]})).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let said: Value = answer.json().await.unwrap();
        let task = format!("/api/v1/tasks/{}", said["task_id"].as_str().unwrap());
        ana.until(&node, || async { (ana.json(&task).await["state"] == "success").then_some(()) }).await;
        said
    };
    connect().await;
    ana.sync(&node, &id).await;
    ana.folded(&node).await;
    let before = ana.digest(&node).await;
    for _ in 0..2 {
        assert_eq!(connect().await["syncs"], json!([]), "it was read already");
    }
    ana.folded(&node).await;
    assert_eq!(ana.digest(&node).await, before, "what is right is left as it is");
    let metadata = ana.json("/api/v1/dcl/metadata").await;
    assert_eq!(
        (&metadata["overall_data_quality_score"], &metadata["drift_detected"]),
        (&json!(1.0), &json!(false)),
        "{metadata}"
    );
    assert!(metadata["sources"][0]["mapped"].as_i64().unwrap() >= 9, "{metadata}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_tell_stands_in_the_graph() {
    let node = TestNode::start().await;
    let (ana, _) = two_systems(&node).await;
    let namespace = format!("autonomos://local/{}", ana.tenant);
    let event = json!({
        "eventType": "COMPLETE", "eventTime": "2026-05-01T10:00:00Z", "producer": "https://example.com/etl",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "0190f3a4-0000-7000-8000-000000000001"}, "job": {"namespace": "airflow", "name": "nightly"},
        "inputs": [{"namespace": namespace, "name": "accounts"}],
        "outputs": [{"namespace": "postgres://db:5432", "name": "shop.public.report", "facets": {
            "schema": {"fields": [{"name": "city", "type": "text"}]},
            "columnLineage": {"fields": {"city": {"inputFields": [
                {"namespace": namespace, "name": "accounts", "field": "billing_city"}]}}},
        }}],
    });
    let answer = ana.post("/api/v1/lineage/openlineage", &event).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let said: Value = answer.json().await.unwrap();
    assert_eq!((&said["job"], &said["datasets"]), (&json!("job_airflow|nightly"), &json!(2)));
    // Our view is ours by name: what is made of its field is found from our own source's column.
    let grid = ana.json("/api/v1/lineage/grid?q=billing_city&filter[source]=eq:first").await;
    let column = grid["items"][0]["node"].as_str().unwrap();
    let impact = ana.json(&format!("/api/v1/lineage/impact?node={column}")).await;
    let foreign = ana.json("/api/v1/dcl/graph?node=job_airflow%7Cnightly").await;
    let nodes = ids(&foreign["nodes"]);
    assert!(nodes.contains(&"dcl_account") && nodes.contains(&"ds_postgres://db:5432|shop.public.report"), "{nodes:?}");
    assert_eq!(ids(&impact["columns"]), ["dsc_postgres://db:5432|shop.public.report|city"], "{impact}");
    // It is this tenant's alone, and what is no event is named.
    let bob = node.register("bob").await;
    assert_eq!(bob.json("/api/v1/dcl/graph").await["counts"]["job"], Value::Null);
    let said = problem(ana.post("/api/v1/lineage/openlineage", &json!({"eventTime": "x"})).await).await;
    assert_eq!((&said["code"], &said["errors"][0]["pointer"]), (&json!("openlineage.bad_time"), &json!("/eventTime")));
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_told_to_a_file_and_to_a_receiver_that_may_be_away() {
    let folder = tempfile::tempdir().unwrap();
    let (events, config) = (folder.path().join("events"), folder.path().join("config.toml"));
    let receiver = Receiver::start().await;
    // It is away at first, then it does not like one event, and takes the rest.
    receiver.reply(422, None);
    let text = format!(
        "[outside]\nallow = [\"127.0.0.1\"]\n[lineage]\nnamespace = \"autonomos://acme\"\nfolder = {events:?}\nurl = \"{}\"\napi_key = \"k\"\n",
        receiver.url("/api/v1/lineage")
    );
    std::fs::write(&config, text).unwrap();
    let node = TestNode::with(|args| args.config = Some(config)).await;
    let ana = node.register("ana").await;
    ana.upload("sf/accounts.csv", FIRST).await;
    let id = ana.connect("first", "file", json!({"path": "sf/*.csv", "system": "salesforce"})).await;
    ana.sync(&node, &id).await;
    // A start and an end of the sync, and of each fold.
    let jobs = |sent: &[Sent]| -> Vec<String> {
        let said = |e: Value| format!("{} {}", e["job"]["name"].as_str().unwrap(), e["eventType"].as_str().unwrap());
        sent.iter().map(|one| said(one.json())).collect()
    };
    let told = async |word: &str, times: usize| -> Vec<Sent> {
        let mut count = 1;
        loop {
            let sent = receiver.until(count).await;
            if jobs(&sent).iter().filter(|said| *said == word).count() >= times {
                return sent;
            }
            count = sent.len() + 1;
        }
    };
    told("sync.first COMPLETE", 1).await;
    let sent = told("fold COMPLETE", 1).await;
    assert!(sent.iter().all(|one| one.path == "/api/v1/lineage" && one.header("authorization") == "Bearer k"));
    for wanted in ["sync.first START", "fold START", "fold COMPLETE"] {
        assert!(jobs(&sent).iter().any(|said| said == wanted), "{wanted}: {:?}", jobs(&sent));
    }
    let posted: Vec<Value> = sent.iter().map(Sent::json).collect();
    let fold = posted.iter().find(|e| e["job"]["name"] == "fold" && e["eventType"] == "COMPLETE").unwrap();
    let namespace = format!("autonomos://acme/{}", ana.tenant);
    assert_eq!(fold["job"]["namespace"], namespace.as_str());
    assert_eq!((&fold["inputs"][0]["name"], &fold["outputs"][0]["name"]), (&json!("first.sf"), &json!("accounts")));
    let revenue = &fold["outputs"][0]["facets"]["columnLineage"]["fields"]["annual_revenue"]["inputFields"][0];
    assert_eq!((&revenue["name"], &revenue["field"]), (&json!("first.sf"), &json!("AnnualRevenue")), "{fold}");

    // The file has every event, one a line, of this tenant alone.
    let file = events.join(format!("{}.jsonl", ana.tenant));
    let text = std::fs::read_to_string(file).unwrap();
    let written: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(posted.iter().all(|event| written.contains(event)), "{text}");
    // What was told is told once, over a restart as well.
    let node = node.restart().await;
    let ana = node.sign_in(&ana.email, &ana.tenant).await;
    ana.folded(&node).await;
    ana.upload("sf/accounts_2.csv", FIRST.replace("001A", "001Z")).await;
    ana.sync(&node, &id).await;
    let later = told("sync.first COMPLETE", 2).await;
    let ids: std::collections::BTreeSet<(String, String)> =
        later.iter().map(Sent::json).map(|e| (e["run"]["runId"].to_string(), e["eventType"].to_string())).collect();
    assert_eq!(ids.len(), later.len(), "no event twice");
}
