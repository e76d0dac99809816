//! Nodes of a cluster over one PostgreSQL: any of them answers any request; what one owned that was killed, or told to go,
//! goes on elsewhere, with everything that was answered.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use autonomos_api::boot::Node;
use autonomos_runtime::host::TenantHost as _;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Person, SECRET, TestNode, problem};

/// A lease in these tests, in seconds.
const LEASE: u64 = 2;
/// What a failover may take, of the lease and of everything after it.
const FAILOVER: Duration = Duration::from_secs(20);

/// What the settings of all nodes say: one database, one folder for files.
struct Town {
    settings: String,
    dir: tempfile::TempDir,
}

impl Town {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let files = dir.path().join("files");
        let settings = TestNode::postgres().await
            + &format!(
                "[files]\nurl = \"file://{}\"\n[cluster]\nadvertise = \"http://127.0.0.1:0\"\nlease_seconds = {LEASE}\n",
                files.display()
            );
        Self { settings, dir }
    }

    async fn node(&self, name: &str) -> TestNode {
        TestNode::member(&self.settings, name).await
    }

    /// One that is a process of its own, so that it can be killed.
    async fn process(&self, name: &str) -> Process {
        let config = self.dir.path().join(format!("{name}.toml"));
        std::fs::write(&config, &self.settings).unwrap();
        Process::start(&config, &self.dir.path().join(name), name).await
    }
}

struct Process {
    child: Child,
    base: String,
    client: Client,
}

impl Process {
    async fn start(config: &Path, data: &PathBuf, name: &str) -> Self {
        // Free a moment ago, and nobody else is told of it.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(env!("CARGO_BIN_EXE_autonomos"))
            .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--node-id", name, "--config"])
            .arg(config)
            .arg("--data-dir")
            .arg(data)
            .env("AUTONOMOS_SECRET_KEY", SECRET)
            .env("AUTONOMOS_RATE_LIMIT_PER_MINUTE", "0")
            .env_remove("LD_LIBRARY_PATH")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (base, client) = (format!("http://127.0.0.1:{port}"), Client::new());
        let process = Self { child, base, client };
        let ready = || async {
            let answer = process.client.get(format!("{}/readyz", process.base)).send().await;
            answer.is_ok_and(|answer| answer.status() == StatusCode::OK).then_some(())
        };
        until(ready).await;
        process
    }

    fn signal(&self, which: &str) {
        let done = Command::new("kill").args([which, &self.child.id().to_string()]).status().unwrap();
        assert!(done.success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Looks until there is something, at most so long as a failover may take.
async fn until<T, F: Future<Output = Option<T>>>(look: impl Fn() -> F) -> T {
    tokio::time::timeout(FAILOVER, looking(look)).await.expect("it comes about in time")
}

async fn looking<T, F: Future<Output = Option<T>>>(look: impl Fn() -> F) -> T {
    let mut pace = tokio::time::interval(Duration::from_millis(50));
    loop {
        pace.tick().await;
        if let Some(found) = look().await {
            return found;
        }
    }
}

async fn registered(base: &str, name: &str) -> Person {
    let client = Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
    let email = format!("{name}@example.org");
    let body = json!({"email": email, "password": PASSWORD, "name": name, "tenant_name": format!("{name}'s")});
    let answer = client.post(format!("{base}/api/v1/auth/register")).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let made: Value = answer.json().await.unwrap();
    let tenant = made["tenant"]["id"].as_str().unwrap().to_owned();
    signed_in(base, &email, &tenant).await
}

async fn signed_in(base: &str, email: &str, tenant: &str) -> Person {
    let client = Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
    let body = json!({"email": email, "password": PASSWORD});
    let answer = client.post(format!("{base}/api/v1/auth/login")).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let grant: Value = answer.json().await.unwrap();
    let text = |name: &str| grant[name].as_str().unwrap().to_owned();
    Person {
        base: base.to_owned(),
        client,
        email: email.to_owned(),
        token: text("access_token"),
        refresh: text("refresh_token"),
        tenant: tenant.to_owned(),
    }
}

/// The same person, who comes to another node with the same token.
fn at(who: &Person, base: &str) -> Person {
    Person { base: base.to_owned(), ..who.clone() }
}

/// One task more, done: who answered for it is sure of it. Trying again is the caller's, with a key.
async fn works(who: &Person, key: &str) -> Option<String> {
    let asked = who.request(Method::POST, "/api/v1/tasks").header("idempotency-key", key);
    let answer = asked.json(&json!({"kind": "noop", "payload": {}})).send().await.ok()?;
    let status = answer.status();
    // 409: the first try with this key still runs, or was cut off with its node.
    assert!([201, 409, 503].contains(&status.as_u16()), "{status}: {}", answer.text().await.unwrap_or_default());
    if status != StatusCode::CREATED {
        return None;
    }
    let made: Value = answer.json().await.ok()?;
    Some(made["id"].as_str()?.to_owned())
}

async fn tasks(who: &Person) -> Option<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    let mut path = "/api/v1/tasks?limit=1000".to_owned();
    loop {
        let answer = who.request(Method::GET, &path).send().await.ok()?;
        if answer.status() != StatusCode::OK {
            return None;
        }
        let page: Value = answer.json().await.ok()?;
        all.extend(page["items"].as_array()?.iter().filter_map(|task| task["id"].as_str().map(str::to_owned)));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/tasks?limit=1000&cursor={cursor}"),
            None => return Some(all),
        }
    }
}

/// Rows of the view, when all of them are there.
async fn rows(who: &Person, expected: usize) {
    let last = parking_lot::Mutex::new(String::new());
    let looks = looking(|| async {
        let answer = who.request(Method::GET, "/api/v1/dcl/views/accounts?limit=1").send().await.ok()?;
        let (status, text) = (answer.status(), answer.text().await.ok()?);
        let page: Value = serde_json::from_str(&text).ok()?;
        *last.lock() = format!("{status} {}", text.chars().take(600).collect::<String>());
        (status == StatusCode::OK && page["total"] == expected).then_some(())
    });
    let seen = tokio::time::timeout(FAILOVER, looks).await;
    assert!(seen.is_ok(), "{expected} rows are not seen at {}, but {}", who.base, last.lock());
}

fn accounts(from: usize, to: usize) -> String {
    let lines = (from..to).map(|n| format!("A{n:05},Company {n},Energy,{n}.50\n"));
    std::iter::once("Id,Name,Industry,AnnualRevenue\n".to_owned()).chain(lines).collect()
}

fn owner_of(nodes: &[&TestNode], tenant: &str) -> Option<usize> {
    let id = tenant.parse().unwrap();
    nodes.iter().position(|node| node.node.app().platform.host().running().contains(&id))
}

#[tokio::test(flavor = "multi_thread")]
async fn any_node_answers_any_request() {
    let town = Town::new().await;
    let (a, b, c) = (town.node("a").await, town.node("b").await, town.node("c").await);
    let ann = a.register("ann").await;
    let (at_b, at_c) = (b.sign_in(&ann.email, &ann.tenant).await, at(&ann, &c.url("")));
    at_b.upload("crm/accounts.csv", accounts(0, 500)).await;
    let id = at_c.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    let asked = at_b.post(&format!("/api/v1/aam/connections/{id}/sync"), &json!({})).await;
    assert_eq!(asked.status(), StatusCode::ACCEPTED);
    for who in [&ann, &at_b, &at_c] {
        rows(who, 500).await;
    }
    assert_eq!(owner_of(&[&a, &b, &c], &ann.tenant), Some(0), "where it was made, and nowhere else");
    // The trace, the answer and its refusals are those of the owner.
    let absent = problem(at_b.get("/api/v1/tasks/01920000-0000-7000-8000-000000000000").await).await;
    assert_eq!(absent["status"], 404);
    let stale = at_c.request(Method::PATCH, &format!("/api/v1/aam/connections/{id}")).header("if-match", "999");
    assert_eq!(stale.json(&json!({"name": "x"})).send().await.unwrap().status(), StatusCode::PRECONDITION_FAILED);
    let large = at_b.post("/api/v1/tasks", &json!({"kind": "noop", "payload": {"x": "y".repeat(2 << 20)}})).await;
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    // Another tenant's people are strangers wherever they come to.
    let ben = c.register("ben").await;
    for base in [a.url(""), b.url("")] {
        let stranger = at(&ben, &base);
        assert_eq!(stranger.get(&format!("/api/v1/aam/connections/{id}")).await.status(), StatusCode::NOT_FOUND);
    }
    // Anybody tells who is there and where the tenant is.
    for who in [&ann, &at_b, &at_c] {
        let cluster: Value = who.get("/api/v1/admin/cluster").await.json().await.unwrap();
        let nodes = cluster["nodes"].as_array().unwrap();
        let of = |name: &str| nodes.iter().find(|node| node["id"] == name).unwrap();
        assert!(nodes.len() == 3 && nodes.iter().all(|node| node["state"] == "ready"), "{cluster}");
        assert_eq!(nodes.iter().filter(|node| node["here"] == true).count(), 1);
        assert_eq!((&of("a")["lease"]["owns"], &of("b")["lease"]["owns"]), (&json!(1), &json!(0)), "{cluster}");
        assert_eq!(nodes.iter().filter(|node| node["lease"]["places"] == true).count(), 1);
        assert_eq!(of("b")["lease"]["address"].as_str().unwrap(), b.url(""));
        let place = &cluster["tenants"][0];
        assert_eq!((&place["node"], &place["epoch"], &place["moves"][0]["epoch"]), (&json!("a"), &json!(1), &json!(1)));
        assert_eq!(place["lag"].as_u64(), (who.base == ann.base).then_some(0), "{place}");
    }
    let metrics = at_b.get("/metrics").await.text().await.unwrap();
    for name in ["autonomos_lease_beats_total", "autonomos_cluster_tenants", "autonomos_http_relayed_total"] {
        assert!(metrics.contains(name), "{name}");
    }
    // The same key is the same request, whichever node it comes to.
    let first = works(&at_b, "once").await.unwrap();
    assert_eq!(works(&at_c, "once").await.unwrap(), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_a_node_says_that_a_request_was_passed_on() {
    let town = Town::new().await;
    let (a, b) = (town.node("a").await, town.node("b").await);
    let ann = a.register("ann").await;
    for said in ["1", "x", "1 61 0 62 0 0 0 streamed 0 0 0"] {
        for base in [a.url(""), b.url("")] {
            let asked = at(&ann, &base).request(Method::GET, "/api/v1/tasks").header("x-autonomos-hop", said);
            let refused = problem(asked.send().await.unwrap()).await;
            assert_eq!((&refused["status"], &refused["code"]), (&json!(401), &json!("hop.refused")));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_node_answered_for_goes_on_elsewhere() {
    let town = Town::new().await;
    let a = town.process("a").await;
    let (b, c) = (town.node("b").await, town.node("c").await);
    let ann = registered(&a.base, "ann").await;
    let (at_b, at_c) = (at(&ann, &b.url("")), at(&ann, &c.url("")));
    at_b.upload("crm/accounts_1.csv", accounts(0, 300)).await;
    let id = ann.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    let sync = format!("/api/v1/aam/connections/{id}/sync");
    assert_eq!(at_c.post(&sync, &json!({})).await.status(), StatusCode::ACCEPTED);
    rows(&at_b, 300).await;
    let mut done = BTreeSet::new();
    for n in 0..20 {
        done.insert(works(&at_b, &format!("before {n}")).await.unwrap());
    }
    a.signal("-KILL");
    // While nobody owns it, people are told to come again; then they are served as before.
    let after = until(|| works(&at_b, "after")).await;
    done.insert(after);
    // Another node may have been told later, and says so.
    until(|| async {
        let put = at_c.request(Method::PUT, "/api/v1/files/crm/accounts_2.csv").body(accounts(300, 400));
        let status = put.send().await.unwrap().status();
        assert!([StatusCode::CREATED, StatusCode::SERVICE_UNAVAILABLE].contains(&status), "{status}");
        (status == StatusCode::CREATED).then_some(())
    })
    .await;
    assert_eq!(at_c.post(&sync, &json!({})).await.status(), StatusCode::ACCEPTED);
    rows(&at_c, 400).await;
    let left = until(|| tasks(&at_c)).await;
    assert!(done.is_subset(&left), "{:?} are lost", done.difference(&left));
    assert!(owner_of(&[&b, &c], &ann.tenant).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_wakes_too_late_serves_nobody() {
    let town = Town::new().await;
    let mut a = town.process("a").await;
    let b = town.node("b").await;
    let ann = registered(&a.base, "ann").await;
    works(&ann, "before").await.unwrap();
    a.signal("-STOP");
    let at_b = at(&ann, &b.url(""));
    until(|| works(&at_b, "after")).await;
    a.signal("-CONT");
    // It was declared dead: it ends, and says so by its exit code.
    let ended = tokio::task::spawn_blocking(move || (a.child.wait().unwrap(), a)).await.unwrap().0;
    assert_eq!(ended.code(), Some(1));
    assert_eq!(owner_of(&[&b], &ann.tenant), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_goes_hands_over_and_nobody_is_refused() {
    let town = Town::new().await;
    let (a, b) = (town.node("a").await, town.node("b").await);
    let ann = a.register("ann").await;
    let at_b = at(&ann, &b.url(""));
    at_b.upload("crm/accounts_1.csv", accounts(0, 300)).await;
    let id = ann.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    assert_eq!(
        ann.post(&format!("/api/v1/aam/connections/{id}/sync"), &json!({})).await.status(),
        StatusCode::ACCEPTED
    );
    rows(&ann, 300).await;
    let (mut done, mut refused) = (BTreeSet::new(), 0);
    let goes = tokio::spawn(a.stop());
    let mut n = 0;
    while !goes.is_finished() {
        match works(&at_b, &format!("n {n}")).await {
            Some(id) => {
                done.insert(id);
                n += 1;
            }
            None => refused += 1,
        }
    }
    goes.await.unwrap();
    done.insert(works(&at_b, "last").await.unwrap());
    let left = tasks(&at_b).await.unwrap();
    assert!(done.is_subset(&left), "{:?} are lost", done.difference(&left));
    assert!(done.len() > 1 && refused <= 3, "{} done, {refused} refused", done.len());
    rows(&at_b, 300).await;
    assert_eq!(owner_of(&[&b], &ann.tenant), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_in_use_is_refused_at_the_start() {
    let town = Town::new().await;
    let a = town.node("a").await;
    let dir = tempfile::tempdir().unwrap();
    let args = a.args(|args| args.data_dir = dir.path().join("data"));
    let refused = Node::start(&args, SECRET).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), ("cluster.name_taken", Some("cluster.node_id")));
    let config = dir.path().join("node.toml");
    for (settings, field) in [
        ("[cluster]\nadvertise = \"http://127.0.0.1:0\"\n".to_owned(), "store.database_url"),
        (format!("{}[cluster]\nadvertise = \"http://127.0.0.1:0\"\n", TestNode::postgres().await), "files.url"),
        (town.settings.replace("http://127", "127"), "cluster.advertise"),
        (town.settings.replace("lease_seconds = 2", "lease_seconds = 0"), "cluster.lease_seconds"),
    ] {
        std::fs::write(&config, settings).unwrap();
        let args = a.args(|args| {
            args.config = Some(config.clone());
            args.data_dir = dir.path().join("data");
            args.node_id = "z".into();
        });
        let refused = Node::start(&args, SECRET).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some(field), "{}", refused.chain());
        assert!(refused.remedy.is_some());
    }
}

/// What the doctor says of a node to be, a line a finding.
async fn doctor(settings: &str, name: &str, dir: &Path) -> (bool, String) {
    let config = dir.join("doctor.toml");
    std::fs::write(&config, settings).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_autonomos"));
    command.args(["doctor", "--listen", "127.0.0.1:0", "--node-id", name, "--config"]).arg(&config);
    command.arg("--data-dir").arg(dir.join("doctor")).env("AUTONOMOS_SECRET_KEY", SECRET).env_remove("LD_LIBRARY_PATH");
    let said = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    (said.status.success(), String::from_utf8(said.stdout).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_looks_at_what_nodes_share() {
    let town = Town::new().await;
    let _a = town.node("a").await;
    let redis = autonomos_cluster::testkit::redis::Server::shared().url();
    let all = format!("{}[bus]\nredis_url = \"{redis}\"\n", town.settings);
    let dir = tempfile::tempdir().unwrap();
    let (well, said) = doctor(&all, "z", dir.path()).await;
    assert!(well, "{said}");
    for what in ["cluster settings", "shared files", "redis", "database", "clock", "node a"] {
        assert!(said.contains(&format!("ok    {what}: ")), "{what}: {said}");
    }
    let (well, said) = doctor(&all, "a", dir.path()).await;
    assert!(!well && said.contains("FAIL  node a: another process runs by this name"), "{said}");
    let (well, said) = doctor(&town.settings, "z", dir.path()).await;
    assert!(!well && said.contains("FAIL  redis: ") && said.contains("REDIS_URL"), "{said}");
    let away = all.replace("/autonomos_app@127.0.0.1:", "/autonomos_app@127.0.0.1:1");
    let (well, said) = doctor(&away.replace("owner_url", "# owner_url"), "z", dir.path()).await;
    assert!(!well && said.contains("FAIL  database: "), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_node_keeps_anything_of_a_tenant_that_is_gone() {
    let town = Town::new().await;
    let (a, b) = (town.node("a").await, town.node("b").await);
    let ann = a.register("ann").await;
    ann.upload("crm/accounts_1.csv", accounts(0, 50)).await;
    let id = ann.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
    assert_eq!(
        ann.post(&format!("/api/v1/aam/connections/{id}/sync"), &json!({})).await.status(),
        StatusCode::ACCEPTED
    );
    rows(&ann, 50).await;
    // It moves, and its views stay behind: it may come back.
    let a = a.restart().await;
    let at_b = at(&ann, &b.url(""));
    rows(&at_b, 50).await;
    let views =
        |node: &TestNode| node.data_dir().join("views").join(format!("registry_{}.duckdb", ann.tenant)).exists();
    assert!(views(&a) && views(&b));
    let tenant = at_b.json("/api/v1/admin/tenant").await;
    let gone = at_b
        .request(Method::DELETE, "/api/v1/admin/tenant")
        .header("if-match", tenant["version"].to_string())
        .json(&json!({"name": tenant["name"]}));
    let status = gone.send().await.unwrap().status();
    assert!(status.is_success(), "{status}");
    until(|| async { (!views(&a) && !views(&b)).then_some(()) }).await;
}
