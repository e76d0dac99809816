//! Configuration as code: what is exported of one node and applied to an empty one is the same configuration, by the
//! command line as by the API; nothing secret travels, nothing is half applied, and what is wrong is named by its place.

use std::process::{Command, Stdio};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

/// The binary beside a node, as a person with a key runs it. Gives status, output and what it complained of.
async fn autonomos(who: &Person, verb: &[&str], input: &str, secrets: &[(&str, &str)]) -> (i32, String, String) {
    let made = who.post("/api/v1/api-keys", &json!({"name": "ci", "scopes": ["admin"]})).await;
    let key = made.json::<Value>().await.unwrap()["key"].as_str().unwrap().to_owned();
    let mut command = Command::new(env!("CARGO_BIN_EXE_autonomos"));
    command.args(verb).env_remove("LD_LIBRARY_PATH").env("AUTONOMOS_URL", &who.base).env("AUTONOMOS_API_KEY", key);
    command.envs(secrets.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let input = input.to_owned();
    let ended = tokio::task::spawn_blocking(move || {
        use std::io::Write;
        let mut child = command.spawn().unwrap();
        // One that takes no input may be gone before it was given.
        child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
        child.wait_with_output().unwrap()
    });
    let output = ended.await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A tenant with something of everything.
async fn furnished(node: &TestNode) -> Person {
    let ann = node.register("ann").await;
    ann.upload("crm/accounts.csv", "Id,Name,Industry\n1,Acme,Energy\n2,Blue,Media\n").await;
    let crm = ann.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    ann.sync(node, &crm).await;
    let read = ann.json(&format!("/api/v1/aam/connections/{crm}")).await;
    let rules = json!({
        "stream": read["streams"][0]["name"], "entity": "account", "rules": [
            {"source_path": "Id", "field": "account_id"}, {"source_path": "Name", "field": "name", "transform": "upper"},
        ],
    });
    let path = format!("/api/v1/aam/connections/{crm}");
    let put = ann.request(Method::PUT, &format!("{path}/mappings")).json(&rules).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::OK);
    let policy = json!({"policy": {"renamed": "propose", "every_seconds": 3600}});
    assert_eq!(ann.request(Method::PATCH, &path).json(&policy).send().await.unwrap().status(), StatusCode::OK);
    let url = json!({"url": "postgres://reader:canary-secret@127.0.0.1:1/x"});
    let warehouse = ann.connect("ware house", "postgres", url).await;
    ann.post(&format!("/api/v1/aam/connections/{warehouse}/pause"), &json!({})).await;
    let flag = json!({"flag_name": "ENABLE_AUTO_REPAIR", "enabled": false});
    ann.post("/api/v1/admin/feature-flags/toggle", &flag).await;
    ann.folded(node).await;
    ann
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_applied_to_an_empty_node_is_the_same_configuration() {
    let (here, there) = (TestNode::start().await, TestNode::start().await);
    let ann = furnished(&here).await;
    let ben = there.register("ben").await;

    let (status, exported, said) = autonomos(&ann, &["export"], "", &[]).await;
    assert_eq!(status, 0, "{said}");
    assert!(!exported.contains("canary") && exported.contains("url: ${WARE_HOUSE_URL}"), "{exported}");
    assert!(exported.contains("cursor: ") && exported.contains("transform: upper"), "{exported}");
    let (status, said, _) = autonomos(&ann, &["apply", "--dry-run"], &exported, &[]).await;
    assert_eq!((status, said.as_str()), (0, "nothing to do\n"), "where it comes from");

    let (status, said, _) = autonomos(&ben, &["apply", "--dry-run"], &exported, &[]).await;
    assert_eq!(status, 0);
    for line in [
        "create connection crm: type=file",
        "create mapping crm/",
        "update flag ENABLE_AUTO_REPAIR",
        "secrets that are needed: WARE_HOUSE_URL",
    ] {
        assert!(said.contains(line), "{line} in {said}");
    }
    assert_eq!(ben.json("/api/v1/aam/connections").await["items"], json!([]), "a dry run changes nothing");
    let (status, _, said) = autonomos(&ben, &["apply"], &exported, &[]).await;
    assert_eq!(status, 2);
    assert!(said.contains("WARE_HOUSE_URL"), "{said}");
    assert_eq!(ben.json("/api/v1/aam/connections").await["items"], json!([]), "nothing is half applied");

    let secret = [("WARE_HOUSE_URL", "postgres://reader:canary-two@127.0.0.1:1/x")];
    let (status, said, complaint) = autonomos(&ben, &["apply"], &exported, &secret).await;
    assert_eq!(status, 0, "{complaint}");
    assert!(said.contains("create connection ware house: type=postgres"), "{said}");
    let (_, again, _) = autonomos(&ben, &["export"], "", &[]).await;
    assert_eq!(again, exported);
    for secrets in [&[][..], &secret[..]] {
        let (status, said, _) = autonomos(&ben, &["apply", "--dry-run"], &exported, secrets).await;
        assert_eq!((status, said.as_str()), (0, "nothing to do\n"));
    }
    let other = [("WARE_HOUSE_URL", "postgres://reader:canary-three@127.0.0.1:1/x")];
    let (_, said, _) = autonomos(&ben, &["apply", "--dry-run"], &exported, &other).await;
    assert!(said.starts_with("update connection ware house: config.url\n1 to do"), "{said}");
    assert!(!there.holds(b"canary-two"), "secrets are sealed");
    let audit = ben.get("/api/v1/audit/export").await.text().await.unwrap();
    assert!(audit.contains("config.apply") && audit.contains("connection.create") && audit.contains("mapping.adopt"));
    assert!(!audit.contains("canary"), "and in no entry");

    // It lives: the stream that was applied is read by its rules, from where it was said to stand.
    let connections = ben.json("/api/v1/aam/connections").await;
    let crm = connections["items"].as_array().unwrap().iter().find(|c| c["name"] == "crm").unwrap();
    assert_eq!(crm["policy"], json!({"renamed": "propose", "every_seconds": 3600}));
    let warehouse = connections["items"].as_array().unwrap().iter().find(|c| c["name"] == "ware house").unwrap();
    assert_eq!((&warehouse["state"], &warehouse["config"]["url"]), (&json!("paused"), &json!("***")));
    ben.upload("crm/accounts_2.csv", "Id,Name,Industry\n3,Cobalt,Cars\n").await;
    ben.sync(&there, crm["id"].as_str().unwrap()).await;
    ben.folded(&there).await;
    let rows = ben.json("/api/v1/dcl/views/accounts?filter[account_id]=eq:3").await;
    assert_eq!(rows["items"][0]["name"], "COBALT", "{rows}");
    let applied = ben.json(&format!("/api/v1/aam/connections/{}", crm["id"].as_str().unwrap())).await;
    assert!(
        applied["streams"][0]["fingerprint"].is_string(),
        "its schema is agreed, so that a drift is seen: {applied}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_the_document_is_the_change_that_is_made() {
    let node = TestNode::start().await;
    let ann = furnished(&node).await;
    let exported = ann.get("/api/v1/config/export?cursors=false").await;
    assert_eq!(exported.headers()["content-type"], "application/yaml");
    let document = exported.text().await.unwrap();
    assert!(!document.contains("cursor:"), "{document}");
    let changed = document
        .replace("ENABLE_AUTO_REPAIR: false", "ENABLE_AUTO_REPAIR: true")
        .replace("four_eyes: false", "four_eyes: true")
        .replace("transform: upper", "transform: lower")
        .replace("renamed: propose", "renamed: propagate");
    let body = json!({"document": changed});
    let planned: Value = ann.post("/api/v1/config/apply?dry_run=true", &body).await.json().await.unwrap();
    let applied = ann.post("/api/v1/config/apply", &body).await;
    assert_eq!(applied.status(), StatusCode::OK);
    let applied: Value = applied.json().await.unwrap();
    assert_eq!(applied["changes"], planned["changes"], "what was said is what was done");
    let kinds: Vec<_> = applied["changes"].as_array().unwrap().iter().map(|c| c["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["access_policy", "flag", "connection", "mapping"]);
    ann.until(&node, || async {
        ann.folded(&node).await;
        let rows = ann.json("/api/v1/dcl/views/accounts?filter[account_id]=eq:1").await;
        (rows["items"][0]["name"] == "acme").then_some(())
    })
    .await;
    let again: Value = ann.post("/api/v1/config/apply?dry_run=true", &body).await.json().await.unwrap();
    assert_eq!(again["changes"], json!([]));
    let one = "version: 1\nconnections:\n- {name: new, type: file, config: {path: new/*.csv}}\n";
    let applied: Value = ann.post("/api/v1/config/apply", &json!({"document": one})).await.json().await.unwrap();
    assert_eq!(applied["left_alone"], json!(["crm", "ware house"]), "what is not named stays");
    assert_eq!(ann.json("/api/v1/aam/connections").await["items"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_and_nothing_of_it_is_done() {
    let node = TestNode::start().await;
    let ann = furnished(&node).await;
    let good = "- {name: first, type: file, config: {path: a.csv}}\n";
    for (rest, code, said) in [
        ("- {name: second, type: file, confg: {path: a.csv}}\n", "config.not_understood", "line 4 column"),
        (
            "- {name: second, type: file, config: {path: a.csv, pth: b}}\n",
            "connection.bad_config",
            "/connections/1/config/pth",
        ),
        ("- {name: second, type: file, config: {path: ../a.csv}}\n", "path.invalid", "/connections/1/config/path"),
        ("- {name: second, type: nothing, config: {}}\n", "connection.unknown_type", "/connections/1/type"),
        (
            "- {name: second, type: file, config: {path: a.csv}, policy: {renamd: stop}}\n",
            "connection.bad_policy",
            "/connections/1/policy/renamd",
        ),
        ("- {name: first, type: file, config: {path: b.csv}}\n", "config.wrong", "/connections/1/name"),
        ("- {name: crm, type: postgres, config: {url: x}}\n", "config.other_type", "/connections/1/type"),
        ("- {name: second, type: postgres, config: {url: '${NOT_GIVEN}'}}\n", "config.secrets_missing", "NOT_GIVEN"),
        ("- &a {name: second, type: file, config: *a}\n", "config.not_understood", "line"),
    ] {
        let document = format!("version: 1\nconnections:\n{good}{rest}");
        let refused = ann.post("/api/v1/config/apply", &json!({"document": document})).await;
        assert!(refused.status().is_client_error(), "{rest}");
        let refused = problem(refused).await;
        assert_eq!(refused["code"], code, "{rest}: {refused}");
        assert!(refused.to_string().contains(said), "{rest}: {refused}");
    }
    let names: Vec<_> = ann.json("/api/v1/aam/connections").await["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(!names.contains(&"first".to_owned()), "{names:?}");
    let unknown = ann.post("/api/v1/config/apply", &json!({"document": "version: 1\n", "secret": {}})).await;
    assert_eq!(unknown.status(), StatusCode::BAD_REQUEST);
    let (status, _, said) = autonomos(&ann, &["apply", "/no/such/file.yaml"], "", &[]).await;
    assert_eq!(status, 2);
    assert!(said.contains("/no/such/file.yaml"), "{said}");
}
