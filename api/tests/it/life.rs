//! A tenant's life: made, limited, suspended, resumed, written out, and gone without a trace, whatever crashes meanwhile.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use autonomos_actors::tenant::erasure::Step;
use autonomos_api::auth::operator;
use autonomos_runtime::host::TenantHost;
use autonomos_runtime::ids::TraceId;
use autonomos_runtime::{Actor, Scope};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Person, SECRET, TestNode, problem};
use crate::isolation::belongings;

/// In names, data and secrets of a tenant that goes.
const MARK: &str = "canary5d1e";
const PATIENCE: Duration = Duration::from_mins(1);

fn operating(node: &TestNode, method: Method, path: &str) -> RequestBuilder {
    let token = operator::issue(&node.node.app().ambient, SECRET).unwrap();
    node.request(method, &format!("/api/v1/operator/{path}")).bearer_auth(token)
}

fn scope_of(node: &TestNode, who: &Person) -> Scope {
    Scope::new(who.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&node.node.app().ambient))
}

async fn said(request: RequestBuilder, status: StatusCode) -> Value {
    let answer = request.send().await.unwrap();
    let (is, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(is, status, "{text}");
    serde_json::from_str(&text).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_tenant_runs_nothing_and_its_people_may_look() {
    let node = TestNode::start().await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    let vic = node.join(&ann, "vic", "viewer").await;
    ann.upload("crm/accounts.csv", "Id,Name\n1,Acme\n").await;
    let connection = ann.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    ann.sync(&node, &connection).await;
    let sync = format!("/api/v1/aam/connections/{connection}/sync");

    let tenant = said(ann.request(Method::POST, "/api/v1/admin/tenant/suspend"), StatusCode::OK).await;
    assert_eq!((&tenant["state"], &tenant["held"]), (&json!("suspended"), &json!(false)));
    let host = node.node.app().platform.host();
    assert!(!host.running().contains(&ann.tenant.parse().unwrap()), "its tree is stopped");
    for (who, path) in [(&ann, &*sync), (&ann, "/api/v1/tasks"), (&ann, "/api/v1/dcl/rebuild")] {
        let refused = problem(who.post(path, &json!({"kind": "noop"})).await).await;
        assert_eq!((&refused["status"], &refused["code"]), (&json!(403), &json!("tenant.suspended")), "{path}");
        assert!(refused["remedy"].as_str().unwrap().contains("/api/v1/admin/tenant/resume"), "{refused}");
    }
    for who in [&ann, &vic] {
        assert_eq!(who.get("/api/v1/dcl/views/accounts").await.status(), StatusCode::OK, "looking is allowed");
        assert_eq!(who.get("/api/v1/auth/me").await.status(), StatusCode::OK);
    }
    assert!(!host.running().contains(&ann.tenant.parse().unwrap()), "and looking starts nothing");
    assert_eq!(ben.post("/api/v1/tasks", &json!({"kind": "noop"})).await.status(), StatusCode::CREATED);
    let refused = vic.request(Method::POST, "/api/v1/admin/tenant/resume").send().await.unwrap();
    assert_eq!(problem(refused).await["code"], "auth.role");

    // A restart does not wake it.
    let node = node.restart().await;
    let ann = node.sign_in(&ann.email, &ann.tenant).await;
    assert!(!node.node.app().platform.host().running().contains(&ann.tenant.parse().unwrap()));
    said(ann.request(Method::POST, "/api/v1/admin/tenant/resume"), StatusCode::OK).await;
    assert_eq!(ann.post(&sync, &json!({})).await.status(), StatusCode::ACCEPTED);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_operator_suspends_only_the_operator_resumes() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let at = |verb: &str| format!("tenants/{}{verb}", ann.tenant);
    let tenant = said(operating(&node, Method::POST, &at("/suspend")), StatusCode::OK).await;
    assert_eq!((&tenant["state"], &tenant["held"]), (&json!("suspended"), &json!(true)));
    let refused = ann.request(Method::POST, "/api/v1/admin/tenant/resume").send().await.unwrap();
    assert_eq!(problem(refused).await["code"], "tenant.held");
    // An admin who suspends as well does not make it theirs.
    said(ann.request(Method::POST, "/api/v1/admin/tenant/suspend"), StatusCode::OK).await;
    let refused = ann.request(Method::POST, "/api/v1/admin/tenant/resume").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let tenant = said(operating(&node, Method::POST, &at("/resume")), StatusCode::OK).await;
    assert_eq!((&tenant["state"], &tenant["held"]), (&json!("active"), &json!(false)));
    assert_eq!(ann.post("/api/v1/tasks", &json!({"kind": "noop"})).await.status(), StatusCode::CREATED);
    let log = ann.json("/api/v1/audit?action=tenant.").await;
    let told: Vec<(&str, bool)> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["action"].as_str().unwrap(), e["actor"] == "system:operator"))
        .collect();
    assert_eq!(told.get(..3).unwrap(), [("tenant.resume", true), ("tenant.suspend", false), ("tenant.suspend", true)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_routes_open_to_nobody_else() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let made: Value =
        ann.post("/api/v1/api-keys", &json!({"name": "all", "scopes": ["admin"]})).await.json().await.unwrap();
    let key = made["key"].as_str().unwrap().to_owned();
    let other = operator::issue(&node.node.app().ambient, "another secret that is long enough").unwrap();
    let document: Value = ann.get("/openapi.json").await.json().await.unwrap();
    let mut asked = 0;
    let mut paths: Vec<(String, Vec<String>)> = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        if path.starts_with("/api/v1/operator/") {
            paths.push((path.clone(), item.as_object().unwrap().keys().cloned().collect()));
        }
    }
    paths.push(("/api/v1/operator/nothing".into(), vec!["get".into()]));
    for (path, methods) in &paths {
        for method in methods {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let path = path.replace("{id}", &ann.tenant);
            for credential in [None, Some(&ann.token), Some(&key), Some(&other)] {
                let mut request = node.request(method.clone(), &path).header("if-match", "1").json(&json!({}));
                if let Some(credential) = credential {
                    request = request.bearer_auth(credential);
                }
                assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED, "{method} {path}");
                asked += 1;
            }
        }
    }
    assert!(asked >= 40, "{asked}");
    // And theirs opens nothing of a tenant.
    let token = operator::issue(&node.node.app().ambient, SECRET).unwrap();
    for path in ["/api/v1/auth/me", "/api/v1/tasks", "/api/v1/admin/tenant"] {
        let answer = node.request(Method::GET, path).bearer_auth(&token).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    for id in ["nonsense", "01920000-0000-7000-8000-000000000000"] {
        for (method, verb) in [(Method::GET, ""), (Method::POST, "/suspend"), (Method::POST, "/export")] {
            let answer = operating(&node, method, &format!("tenants/{id}{verb}")).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{id}{verb}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_told_and_hold() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let at = format!("tenants/{}", ann.tenant);
    let limits = json!({"connections": 1, "users": 2, "rows": 3, "file_bytes": 40});
    let refused = ann.request(Method::PATCH, "/api/v1/admin/tenant").json(&json!({"limits": limits})).send();
    assert_eq!(problem(refused.await.unwrap()).await["code"], "tenant.limits");
    let bad = operating(&node, Method::PATCH, &at).json(&json!({"limits": {"rows": "many"}})).send().await.unwrap();
    assert_eq!(problem(bad).await["errors"][0]["pointer"], "/limits");
    let tenant = said(operating(&node, Method::PATCH, &at).json(&json!({"limits": limits})), StatusCode::OK).await;
    assert_eq!(tenant["limits"], limits);

    ann.upload("crm/accounts.csv", "Id,Name\n1,Acme\n2,Blue\n").await;
    let answer = ann.request(Method::PUT, "/api/v1/files/crm/more.csv").body("Id,Name\n3,Cobalt Inc.\n").send().await;
    let refused = problem(answer.unwrap()).await;
    assert_eq!((&refused["status"], &refused["code"]), (&json!(413), &json!("files.quota")));
    let connection = ann.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    let two = json!({"name": "two", "type": "file", "config": {"path": "x/*.csv"}});
    let refused = problem(ann.post("/api/v1/aam/connections", &two).await).await;
    assert_eq!((&refused["status"], &refused["code"]), (&json!(413), &json!("limit.connections")));
    node.join(&ann, "ben", "viewer").await;
    let asked = json!({"email": "cat@example.org", "role": "viewer"});
    let made: Value = ann.post("/api/v1/auth/invitations", &asked).await.json().await.unwrap();
    let cat =
        json!({"email": "cat@example.org", "password": PASSWORD, "name": "Cat", "invitation": made["invitation"]});
    assert_eq!(problem(node.post("/api/v1/auth/register", &cat).await).await["code"], "limit.users");

    ann.sync(&node, &connection).await;
    assert_eq!(ann.request(Method::DELETE, "/api/v1/files/crm/accounts.csv").send().await.unwrap().status(), 204);
    ann.upload("crm/more.csv", "Id,Name\n3,Co\n4,Di\n").await;
    let asked: Value =
        ann.post(&format!("/api/v1/aam/connections/{connection}/sync"), &json!({})).await.json().await.unwrap();
    let task = asked["task_id"].as_str().unwrap();
    let ended = ann.until(&node, || async {
        let task = ann.json(&format!("/api/v1/tasks/{task}")).await;
        (task["state"] == "failed" || task["state"] == "success" || task["state"] == "retry_wait").then_some(task)
    });
    let ended = ended.await;
    assert!(ended["error"].to_string().contains("limit.rows"), "{ended}");
    let usage = said(operating(&node, Method::GET, &at), StatusCode::OK).await["usage"].clone();
    assert_eq!((&usage["rows"], &usage["connections"], &usage["users"]), (&json!(2), &json!(1), &json!(2)));
}

/// Members of an archive by name.
fn members(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = tar::Archive::new(bytes);
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        (entry.path().unwrap().display().to_string(), text)
    });
    entries.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_a_tenant_is_written_out() {
    let node = TestNode::start().await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    let olga = node.join(&ann, "olga", "operator").await;
    ann.upload("crm/accounts.csv", "Id,Name,Industry\n1,Acme,Energy\n2,Blue,Media\n").await;
    let connection = ann.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    ann.sync(&node, &connection).await;
    ann.connect("db", "postgres", json!({"url": format!("postgres://u:{MARK}@127.0.0.1:1/x")})).await;
    belongings(&node, &ben, "theirs").await;

    let asked = said(ann.request(Method::POST, "/api/v1/admin/tenant/export"), StatusCode::ACCEPTED).await;
    let task = asked["task_id"].as_str().unwrap();
    let done = ann.until(&node, || async {
        let task = ann.json(&format!("/api/v1/tasks/{task}")).await;
        assert_ne!(task["state"], "failed", "{task}");
        (task["state"] == "success").then_some(task)
    });
    let done = done.await;
    let path = done["result"]["path"].as_str().unwrap();
    let answer = ann.get(path).await;
    assert_eq!(
        (answer.status(), &answer.headers()["content-type"]),
        (StatusCode::OK, &"application/x-tar".parse().unwrap())
    );
    let bytes = answer.bytes().await.unwrap();
    assert_eq!(done["result"]["size"], bytes.len());
    let members = members(&bytes);
    for (name, part) in [
        ("tenant.jsonl", "ann's"),
        ("connections.jsonl", "crm/*.csv"),
        ("mappings.jsonl", "account"),
        ("users/000001.jsonl", "olga@example.org"),
        ("files/000001.jsonl", "crm/accounts.csv"),
        ("audit/000001.jsonl", "connection.create"),
        ("tasks/000001.jsonl", "sync"),
    ] {
        assert!(members.get(name).is_some_and(|text| text.contains(part)), "{name}: {:?}", members.get(name));
    }
    let log: String =
        members.iter().filter(|(name, _)| name.starts_with("log/")).map(|(_, text)| text.as_str()).collect();
    assert!(log.contains("Acme") && log.contains("Blue"), "{log}");
    let all: String = members.values().map(String::as_str).collect();
    for absent in [MARK, "theirs", &ben.tenant, "$argon2", "$sealed"] {
        assert!(!all.contains(absent), "{absent}");
    }
    // Only its own admins have it.
    assert_eq!(ben.get(path).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(olga.get(path).await.status(), StatusCode::FORBIDDEN);
}

/// A tenant with marks in every noun, uploaded, folded, exported and sealed, and where its marks can be found.
async fn marked(node: &TestNode) -> Person {
    let gone = node.register(MARK).await;
    gone.upload(
        &format!("{MARK}/accounts.csv"),
        format!("Id,Name,Industry\n1,{MARK} one,Energy\n2,{MARK} two,Media\n{},\n", "x".repeat(10)),
    )
    .await;
    let config = json!({"path": format!("{MARK}/*.csv"), "system": "salesforce"});
    let connection = gone.connect(&format!("{MARK} crm"), "file", config).await;
    gone.sync(node, &connection).await;
    gone.folded(node).await;
    belongings(node, &gone, MARK).await;
    let config = json!({"url": format!("postgres://u:{MARK}@127.0.0.1:1/x")});
    gone.connect(&format!("{MARK} db"), "postgres", config).await;
    let asked = said(gone.request(Method::POST, "/api/v1/admin/tenant/export"), StatusCode::ACCEPTED).await;
    let task = asked["task_id"].as_str().unwrap();
    gone.until(node, || async {
        (gone.json(&format!("/api/v1/tasks/{task}")).await["state"] == "success").then_some(())
    })
    .await;
    gone
}

/// Files beneath a folder that have these bytes.
fn having(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let (mut folders, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.display().to_string();
            if name.as_bytes().windows(bytes.len()).any(|window| window == bytes) {
                found.push(name.clone());
            }
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes) {
                found.push(name);
            }
        }
    }
    found
}

async fn until_gone(node: &TestNode, tenant: &str) {
    let gone = async {
        loop {
            let all = said(operating(node, Method::GET, "erasures"), StatusCode::OK).await;
            let end = all["items"].as_array().unwrap().iter().find(|end| end["tenant_id"] == tenant).cloned();
            if end.is_some_and(|end| end["finished_at"].is_string()) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("it is erased in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_tenant_leaves_nothing_behind() {
    let node = TestNode::start().await;
    let (stays, gone) = (node.register("stays").await, marked(&node).await);
    belongings(&node, &stays, "kept").await;
    let (tenant, view) = (gone.tenant.clone(), "/api/v1/admin/tenant");
    let shown = gone.json(view).await;
    let version = shown["version"].to_string();
    let delete = |name: &str, version: Option<&str>| {
        let request = gone.request(Method::DELETE, view).json(&json!({"name": name}));
        version
            .map_or_else(|| request.try_clone().unwrap(), |v| request.try_clone().unwrap().header("if-match", v))
            .send()
    };
    let name = shown["name"].as_str().unwrap();
    assert_eq!(delete(name, None).await.unwrap().status(), StatusCode::PRECONDITION_REQUIRED);
    assert_eq!(problem(delete("another", Some(&version)).await.unwrap()).await["code"], "tenant.name_mismatch");
    assert_eq!(delete(name, Some("99")).await.unwrap().status(), StatusCode::PRECONDITION_FAILED);
    let found = having(node.data_dir(), MARK.as_bytes());
    for part in ["autonomos.sqlite", "/views/", "/files/", "/exports/"] {
        assert!(found.iter().any(|path| path.contains(part)), "{part} would show a mark that stays: {found:?}");
    }

    let mut stream = gone.get("/api/v1/events/stream").await;
    stream.chunk().await.unwrap();
    assert_eq!(delete(name, Some(&version)).await.unwrap().status(), StatusCode::ACCEPTED);
    assert_eq!(gone.get("/api/v1/auth/me").await.status(), StatusCode::UNAUTHORIZED, "nobody is let in");
    let ended = async { while let Ok(Some(_)) = stream.chunk().await {} };
    tokio::time::timeout(PATIENCE, ended).await.expect("its streams end");
    until_gone(&node, &tenant).await;
    let login = json!({"email": gone.email, "password": PASSWORD});
    assert_eq!(node.post("/api/v1/auth/login", &login).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(having(node.data_dir(), MARK.as_bytes()), [""; 0], "not while it runs");
    assert_eq!(having(node.data_dir(), tenant.as_bytes()), [""; 0], "no file is named after it");
    let node = node.restart().await;
    assert_eq!(having(node.data_dir(), MARK.as_bytes()), [""; 0], "nor after");
    let stays = node.sign_in(&stays.email, &stays.tenant).await;
    assert_eq!(stays.json("/api/v1/aam/connections").await["items"][0]["name"], "kept", "its neighbour has everything");
    // The address is free again.
    node.register(MARK).await;
}

/// A crash after any step: the next start goes on to the end.
#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_goes_on_after_a_crash_at_every_step() {
    for taken in 0..=Step::ALL.len() {
        let node = TestNode::start().await;
        let gone = marked(&node).await;
        let scope = scope_of(&node, &gone);
        let app = node.node.app();
        // Begun by hand, so that this process takes no more steps than it is told.
        let mut tx = app.store.begin(&scope).await.unwrap();
        tx.begin_erasure(None).await.unwrap();
        tx.save().await.unwrap();
        assert!(app.platform.host().parts().vault.of(&scope.as_system("late")).await.is_ok(), "in memory, still");
        app.platform.host().parts().vault.forget(&scope);
        let shut = app.platform.host().parts().vault.of(&scope).await.unwrap_err();
        assert_eq!(shut.code, "tenant.deleting", "the key is gone before anything else is");
        for step in Step::ALL.iter().take(taken) {
            step.take(app.platform.host(), &scope).await.unwrap();
        }
        if Step::ALL.get(..taken).is_some_and(|steps| steps.contains(&Step::Files)) {
            // Taken twice is as good as once.
            Step::Files.take(app.platform.host(), &scope).await.unwrap();
        }
        let node = node.restart().await;
        until_gone(&node, &gone.tenant).await;
        assert_eq!(having(node.data_dir(), MARK.as_bytes()), [""; 0], "after {taken} steps");
        let named: Vec<String> = having(node.data_dir(), gone.tenant.as_bytes());
        assert!(named.iter().all(|path| !path.contains(&gone.tenant)), "after {taken} steps: {named:?}");
    }
}

fn autonomos(node: &TestNode, args: &[&str]) -> (bool, Value, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_autonomos"))
        .arg("tenant")
        .args(args)
        .args(["--server", &node.url("")])
        .env("AUTONOMOS_SECRET_KEY", SECRET)
        .output()
        .unwrap();
    let said = serde_json::from_slice(&done.stdout).unwrap_or_default();
    (done.status.success(), said, String::from_utf8(done.stderr).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_keeps_tenants() {
    let node = TestNode::with(|args| args.open_registration = Some(false)).await;
    let (fine, made, _) = autonomos(&node, &["create", "Acme", "--admin", "ann@example.org"]);
    assert!(fine);
    let id = made["id"].as_str().unwrap().to_owned();
    let ann =
        json!({"email": "ann@example.org", "password": PASSWORD, "name": "Ann", "invitation": made["invitation"]});
    let answer = node.post("/api/v1/auth/register", &ann).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(answer.json::<Value>().await.unwrap()["user"]["role"], "admin");
    let ann = node.sign_in("ann@example.org", &id).await;
    let log = ann.json("/api/v1/audit?action=tenant.create").await;
    assert_eq!((&log["items"][0]["actor"], &log["items"][0]["seq"]), (&json!("system:operator"), &json!(1)));

    let (_, listed, _) = autonomos(&node, &["list"]);
    assert_eq!(listed["items"][0]["id"], id.as_str());
    let (_, limited, _) = autonomos(&node, &["limits", &id, "--connections", "2"]);
    assert_eq!(limited["limits"]["connections"], 2);
    assert_eq!(autonomos(&node, &["suspend", &id]).1["state"], "suspended");
    assert_eq!(autonomos(&node, &["resume", &id]).1["state"], "active");
    assert!(autonomos(&node, &["export", &id]).1["task_id"].is_string());
    let (fine, _, why) = autonomos(&node, &["delete", &id, "--confirm", "Acne"]);
    assert!(!fine && why.contains("Type its name"), "{why}");
    assert!(autonomos(&node, &["delete", &id, "--confirm", "Acme"]).0);
    until_gone(&node, &id).await;
    assert_eq!(autonomos(&node, &["list"]).1["items"], json!([]));
    assert!(autonomos(&node, &["erasures"]).1["items"][0]["finished_at"].is_string());
    let done = Command::new(env!("CARGO_BIN_EXE_autonomos"))
        .args(["tenant", "list", "--server", &node.url(""), "--data-dir", "/nowhere"])
        .env_remove("AUTONOMOS_SECRET_KEY")
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(2), "without the secret nobody operates");
}
