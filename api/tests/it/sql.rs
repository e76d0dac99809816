//! Queries in SQL, each in a real process of its own: answered, refused, stopped, and nobody else's.

use std::time::Duration;

use autonomos_actors::testkit::escapes::{ESCAPES, WRITTEN};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

/// Runs until it is stopped, and hardly uses memory.
const ENDLESS: &str =
    "SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c WHERE a.range + b.range + c.range = -1";

/// A node whose workers are the binary; the test itself is none.
async fn node(more: &str) -> TestNode {
    TestNode::configured(&format!("[sql]\nprogram = {:?}\n{more}", env!("CARGO_BIN_EXE_autonomos"))).await
}

async fn with_accounts(node: &TestNode, name: &str, rows: usize) -> Person {
    let who = node.register(name).await;
    let lines = (0..rows).map(|n| format!("{name}{n},Company {n} of {name},Energy\n"));
    who.upload("crm/1.csv", "Id,Name,Industry\n".to_owned() + &lines.collect::<String>()).await;
    let id = who.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    who.sync(node, &id).await;
    who.folded(node).await;
    who
}

async fn ask(who: &Person, sql: &str) -> reqwest::Response {
    who.post("/api/v1/dcl/sql", &json!({"sql": sql})).await
}

async fn rows(who: &Person, sql: &str) -> Value {
    let answer = ask(who, sql).await;
    assert_eq!(answer.status(), StatusCode::OK, "{sql}");
    answer.json::<Value>().await.unwrap()["rows"].take()
}

async fn refused(who: &Person, sql: &str) -> Value {
    let answer = ask(who, sql).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{sql}");
    let said = problem(answer).await;
    assert_eq!(said["errors"][0]["pointer"], "/sql", "{said}");
    said
}

/// The workers of a node: those whose folder is in its own.
fn workers(node: &TestNode) -> Vec<String> {
    let within = std::fs::canonicalize(node.data_dir()).unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let theirs =
        processes.filter(|p| std::fs::read_link(p.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(&within)));
    theirs.map(|process| process.file_name().to_string_lossy().into_owned()).collect()
}

fn own_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_answered_at_a_position_for_whoever_may_look() {
    let node = node("").await;
    let ana = with_accounts(&node, "ana", 3).await;
    let vic = node.join(&ana, "vic", "viewer").await;
    let answer = ask(&vic, "SELECT name, count(*) OVER () AS n FROM accounts ORDER BY name LIMIT 2").await;
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["columns"], json!([{"name": "name", "type": "string"}, {"name": "n", "type": "integer"}]));
    assert_eq!(answer["rows"], json!([["Company 0 of ana", 3], ["Company 1 of ana", 3]]));
    let state = ana.json("/api/v1/dcl/state").await;
    assert_eq!((&answer["position"], &answer["truncated"]), (&state["position"], &json!(false)), "{answer}");
    let unknown = ana.post("/api/v1/dcl/sql", &json!({"sql": "SELECT 1", "tenant_id": "x"})).await;
    assert_eq!(unknown.status(), StatusCode::BAD_REQUEST);
    let many = ana.post("/api/v1/dcl/sql", &json!({"sql": "SELECT * FROM range(9)", "limit": 5})).await;
    let many: Value = many.json().await.unwrap();
    assert_eq!((many["rows"].as_array().unwrap().len(), &many["truncated"]), (5, &json!(true)));
    let said = refused(&ana, "SELECT name,\n nmae FROM accounts").await;
    assert!(said["detail"].as_str().unwrap().starts_with("line 2, column 2: "), "{said}");
    assert!(said["remedy"].as_str().unwrap().contains("name"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_escape_is_refused() {
    let node = node("running = 4\n").await;
    let ana = with_accounts(&node, "ana", 3).await;
    for sql in ESCAPES {
        let said = refused(&ana, sql).await;
        let code = said["code"].as_str().unwrap();
        assert!(["query.wrong", "query.not_allowed", "query.no_view"].contains(&code), "{sql}: {said}");
        let text = said.to_string();
        assert!(!text.contains("root:") && !text.contains(&*node.data_dir().to_string_lossy()), "{sql}: {said}");
    }
    assert!(!std::path::Path::new(WRITTEN).exists());
    assert_eq!(rows(&ana, "SELECT count(*) FROM accounts").await, json!([[3]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_much_ends_its_own_process_and_nothing_else() {
    let node = node("seconds = 2\n").await;
    let ana = with_accounts(&node, "ana", 3).await;
    let before = own_kib();
    for (sql, codes) in [
        (ENDLESS, &["query.timeout"][..]),
        ("SELECT list_sum(range(200000000))", &["query.memory", "query.crashed"]),
        ("SELECT length(repeat('x', 1000000000))", &["query.memory", "query.crashed"]),
        (
            "SELECT count(DISTINCT hash(range)) FROM range(1000000000)",
            &["query.memory", "query.timeout", "query.crashed"],
        ),
        (
            "SELECT a.range FROM range(30000000) a ORDER BY hash(a.range) OFFSET 29999999",
            &["query.memory", "query.timeout"],
        ),
        (
            "WITH RECURSIVE t(x) AS (SELECT 'xx' UNION ALL SELECT x || x FROM t) SELECT max(length(x)) FROM t",
            &["query.memory", "query.timeout", "query.crashed"],
        ),
    ] {
        let began = node.node.app().ambient.elapsed();
        let said = refused(&ana, sql).await;
        let took = node.node.app().ambient.elapsed().saturating_sub(began);
        println!("{took:?} {} {sql}", said["code"]);
        assert!(codes.contains(&said["code"].as_str().unwrap()), "{sql}: {said}");
        assert!(took < Duration::from_millis(2500), "{sql}: {took:?}");
        assert!(workers(&node).is_empty(), "{sql}: its process is still there");
    }
    let grown = own_kib().saturating_sub(before) >> 10;
    println!("this process has grown by {grown} MiB");
    assert!(grown < 512, "{grown} MiB");
    assert_eq!(rows(&ana, "SELECT count(*) FROM accounts").await, json!([[3]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_is_told_as_that_and_one_nobody_waits_for_is_ended() {
    let node = node("seconds = 60\n").await;
    let ana = with_accounts(&node, "ana", 3).await;
    let running = async || {
        loop {
            if let Some(worker) = workers(&node).pop() {
                return worker;
            }
            tokio::task::yield_now().await;
        }
    };
    let kill = async {
        let pid = running().await;
        std::process::Command::new("kill").args(["-ABRT", &pid]).status().unwrap();
    };
    let (said, ()) = tokio::join!(refused(&ana, ENDLESS), kill);
    assert_eq!(said["code"], "query.crashed");
    assert_eq!(rows(&ana, "SELECT count(*) FROM accounts").await, json!([[3]]));

    tokio::select! {
        _ = ask(&ana, ENDLESS) => panic!("it does not end"),
        _ = running() => {}
    }
    let gone = async {
        while !workers(&node).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("it goes with whoever asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_ask_at_once_and_each_sees_its_own() {
    let node = node("").await;
    let (ana, ben) = (with_accounts(&node, "ana", 20).await, with_accounts(&node, "ben", 30).await);
    let names = "SELECT count(*), count(*) FILTER (WHERE name LIKE '% of ana'), min(source_key) FROM accounts";
    for _ in 0..3 {
        let (of_ana, of_ben) = tokio::join!(rows(&ana, names), rows(&ben, names));
        assert_eq!((of_ana, of_ben), (json!([[20, 20, "ana0"]]), json!([[30, 0, "ben0"]])));
    }
    let missing = node.register("cid").await;
    assert_eq!(rows(&missing, names).await, json!([[0, 0, null]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_tenant_has_so_many_at_once_and_another_still_has_its_own() {
    let node = node("seconds = 4\nrunning = 1\nrunning_of_node = 2\nwait_seconds = 1\n").await;
    let (ana, ben) = (with_accounts(&node, "ana", 1).await, with_accounts(&node, "ben", 1).await);
    let long = tokio::spawn({
        let ana = ana.clone();
        async move { refused(&ana, ENDLESS).await["code"].clone() }
    });
    while workers(&node).is_empty() {
        tokio::task::yield_now().await;
    }
    let busy = ask(&ana, "SELECT 1").await;
    assert_eq!((busy.status(), busy.headers().contains_key("retry-after")), (StatusCode::TOO_MANY_REQUESTS, true));
    assert_eq!(problem(busy).await["code"], "query.busy");
    assert_eq!(rows(&ben, "SELECT count(*) FROM accounts").await, json!([[1]]));
    assert_eq!(long.await.unwrap(), "query.timeout");
    assert_eq!(rows(&ana, "SELECT count(*) FROM accounts").await, json!([[1]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_leaves_the_file_locked_for_everybody_else() {
    let node = node("").await;
    let ana = with_accounts(&node, "ana", 1).await;
    let worker = |file: &std::path::Path| {
        let mut worker = std::process::Command::new(env!("CARGO_BIN_EXE_autonomos"));
        worker.args(["sql-worker", "--memory-mb", "64", "--seconds", "5", "--snapshot"]).arg(file);
        let said = worker.stdin(std::process::Stdio::null()).output().unwrap();
        String::from_utf8_lossy(&said.stderr).into_owned()
    };
    let live = node.data_dir().join("views").join(format!("registry_{}.duckdb", ana.tenant));
    let said = worker(&live);
    assert!(said.contains("lock"), "the live file is not for others: {said}");
    assert_eq!(rows(&ana, "SELECT count(*) FROM accounts").await, json!([[1]]));
    let said = worker(&live);
    assert!(said.contains("lock"), "and a copy of it did not let go of the lock: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_are_saved_run_edited_at_a_version_and_deleted() {
    let node = node("").await;
    let ana = with_accounts(&node, "ana", 7).await;
    let vic = node.join(&ana, "vic", "viewer").await;
    let save = async |question: Value| {
        let answer = ana.post("/api/v1/dcl/questions", &question).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "{question}");
        answer.json::<Value>().await.unwrap()
    };
    let sql = save(json!({"name": "all", "sql": "SELECT count(*) AS n FROM accounts"})).await;
    let structured = json!({"view": "accounts", "group_by": ["industry"], "measures": ["count"]});
    let grouped = save(json!({"name": "by industry", "structured": structured})).await;
    assert_eq!((&grouped["structured"], &grouped["sql"]), (&structured, &Value::Null));
    let path = |question: &Value| format!("/api/v1/dcl/questions/{}", question["id"].as_str().unwrap());
    let run = async |question: &Value| {
        let answer = vic.post(&format!("{}/run", path(question)), &json!({})).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json::<Value>().await.unwrap()
    };
    assert_eq!(run(&sql).await["rows"], json!([[7]]));
    assert_eq!(run(&grouped).await["rows"], json!([["Energy", 7]]));
    let asked = ana.post("/api/v1/dcl/query", &structured).await.json::<Value>().await.unwrap();
    assert_eq!(asked["rows"], json!([["Energy", 7]]));
    let listed = vic.json("/api/v1/dcl/questions").await;
    assert_eq!(
        listed["items"].as_array().unwrap().iter().map(|q| &q["name"]).collect::<Vec<_>>(),
        ["by industry", "all"]
    );

    let edit = async |version: &str, change: Value| {
        ana.request(Method::PATCH, &path(&sql)).header("if-match", version).json(&change).send().await.unwrap()
    };
    let edited = edit("1", json!({"sql": "SELECT 1 AS one"})).await.json::<Value>().await.unwrap();
    assert_eq!((&edited["version"], &edited["name"]), (&json!(2), &json!("all")));
    assert_eq!(edit("1", json!({"name": "late"})).await.status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(edit("2", json!({"name": "by industry"})).await.status(), StatusCode::CONFLICT);
    assert_eq!(run(&sql).await["columns"][0]["name"], "one");
    for (question, field) in [
        (json!({"name": "x"}), "/sql"),
        (json!({"name": "x", "sql": "SELECT 1", "structured": structured}), "/sql"),
        (json!({"name": "x", "sql": " "}), "/sql"),
        (json!({"name": " ", "sql": "SELECT 1"}), "/name"),
        (json!({"name": "x", "structured": {"view": "accounts", "mesures": []}}), "/structured/mesures"),
    ] {
        let answer = ana.post("/api/v1/dcl/questions", &question).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{question}");
        assert_eq!(problem(answer).await["errors"][0]["pointer"], field, "{question}");
    }
    let gone = ana.request(Method::DELETE, &path(&sql)).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert_eq!(vic.get(&path(&sql)).await.status(), StatusCode::NOT_FOUND);
}
