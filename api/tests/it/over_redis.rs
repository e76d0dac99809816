//! Nodes with a Redis: what one does is seen on all, and nobody but the watchers notices when it is gone.

use std::time::Duration;

use autonomos_cluster::redis::bus::Health;
use autonomos_cluster::testkit::redis::Server;
use autonomos_runtime::bus::Topic;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode};
use crate::live::{publish, read};

fn with_redis(redis: &Server) -> String {
    format!("[bus]\nredis_url = \"{}\"\npatience_ms = 300\n", redis.url())
}

async fn until(node: &TestNode, health: Health) {
    let mut told = node.node.app().redis.clone().unwrap();
    let within = Duration::from_secs(10);
    tokio::time::timeout(within, told.wait_for(|now| *now == health)).await.expect("in time").unwrap();
}

async fn readiness(node: &TestNode) -> (StatusCode, Value) {
    let answer = node.request(Method::GET, "/readyz").send().await.unwrap();
    (answer.status(), answer.json::<Value>().await.unwrap()["degraded"].clone())
}

async fn task(who: &Person) {
    let made = who.post("/api/v1/tasks", &json!({"kind": "noop", "payload": {}})).await;
    assert_eq!(made.status(), StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_on_one_node_is_seen_on_the_other_under_the_same_number() {
    let settings = TestNode::postgres().await + &with_redis(Server::shared());
    let (one, other) = (TestNode::configured(&settings).await, TestNode::configured(&settings).await);
    let ann = one.register("ann").await;
    let there = other.sign_in(&ann.email, &ann.tenant).await;
    let (mut here, mut there) = (ann.get("/api/v1/events/stream").await, there.get("/api/v1/events/stream").await);
    here.chunk().await.unwrap();
    there.chunk().await.unwrap();
    for n in 0..10 {
        publish(if n % 2 == 0 { &one } else { &other }, &ann, Topic::SourcesConnected, json!({"n": n}));
    }
    let (here, there) = (read(&mut here, 10).await, read(&mut there, 10).await);
    assert_eq!(here, there);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_goes_on_over_a_restart_of_its_node() {
    let node = TestNode::configured(&with_redis(Server::shared())).await;
    let ann = node.register("ann").await;
    let mut stream = ann.get("/api/v1/events/stream").await;
    stream.chunk().await.unwrap();
    for n in 0..5 {
        publish(&node, &ann, Topic::SourcesConnected, json!({"n": n}));
    }
    let seen = read(&mut stream, 5).await;
    drop(stream);
    let node = node.restart().await;
    let ann = node.sign_in(&ann.email, &ann.tenant).await;
    publish(&node, &ann, Topic::SourcesConnected, json!({"n": 5}));
    let after = seen[2].0.unwrap();
    let again = ann.request(Method::GET, "/api/v1/events/stream").header("last-event-id", after);
    let rest = read(&mut again.send().await.unwrap(), 3).await;
    let numbers: Vec<_> = rest.iter().map(|(id, _, data)| (id.unwrap(), data["data"]["n"].as_u64().unwrap())).collect();
    assert_eq!(numbers, [(after + 1, 3), (after + 2, 4), (after + 3, 5)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_work_goes_on_and_watchers_are_told() {
    let redis = Server::start();
    let node = TestNode::configured(&with_redis(&redis)).await;
    let ann = node.register("ann").await;
    assert_eq!(readiness(&node).await, (StatusCode::OK, json!([])));
    let mut stream = ann.get("/api/v1/events/stream?topics=sources_connected,stream.gap").await;
    stream.chunk().await.unwrap();
    publish(&node, &ann, Topic::SourcesConnected, json!({"n": 0}));
    let before = read(&mut stream, 1).await;

    let connects_before = connects(&node).await;
    redis.kill();
    until(&node, Health::Away).await;
    assert_eq!(readiness(&node).await, (StatusCode::OK, json!(["redis"])));
    task(&ann).await;
    publish(&node, &ann, Topic::SourcesConnected, json!({"n": 1}));
    let away = read(&mut stream, 2).await;
    assert_eq!((&*away[0].1, &away[0].2["data"]["reason"]), ("stream.gap", &json!("redis_away")));
    assert_eq!(away[1].2["data"]["n"], 1);
    assert!(away[0].0 > before[0].0, "numbers go on");

    redis.start_again();
    until(&node, Health::Up).await;
    assert_eq!(readiness(&node).await, (StatusCode::OK, json!([])));
    publish(&node, &ann, Topic::SourcesConnected, json!({"n": 2}));
    let back = read(&mut stream, 1).await;
    assert_eq!(back[0].2["data"]["n"], 2, "{back:?}");
    assert!(connects(&node).await > connects_before, "it connected again");
}

/// How often Redis was connected to. Nodes of one process share their metrics.
async fn connects(node: &TestNode) -> u64 {
    let metrics = node.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    let line = metrics.lines().find_map(|line| line.strip_prefix("autonomos_redis_connects_total "));
    line.unwrap_or_else(|| panic!("{metrics}")).parse().unwrap()
}

/// What is left of a person's budget on their node, and the whole of it; the question takes one.
async fn left(who: &Person) -> (u32, u32) {
    let answer = who.get("/api/v1/tasks?limit=1").await;
    let said = |name: &str, key: &str| {
        let text = answer.headers()[name].to_str().unwrap().to_owned();
        let at = text.split(&format!(";{key}=")).nth(1).unwrap().split(';').next().unwrap().to_owned();
        at.parse::<u32>().unwrap()
    };
    (said("ratelimit", "r"), said("ratelimit-policy", "q"))
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_spend_one_budget_and_have_a_part_each_while_redis_is_away() {
    let redis = Server::start();
    let settings = TestNode::postgres().await + &with_redis(&redis);
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("a.toml");
    std::fs::write(&config, settings).unwrap();
    let node = async |name: &str| {
        TestNode::with(|args| {
            args.config = Some(config.clone());
            args.node_id = name.to_owned();
            args.rate_limit_per_minute = Some(600);
        })
        .await
    };
    let (one, other) = (node("one").await, node("other").await);
    let ann = one.register("ann").await;
    let there = other.sign_in(&ann.email, &ann.tenant).await;
    for _ in 0..200 {
        left(&ann).await;
    }
    // What one node took is known on the other within a few turns; each look takes one, and ten a second come back.
    until_left(&there, |left, whole| whole == 600 && left < 600 - 150).await;
    redis.kill();
    until_left(&there, |_, whole| whole == 300).await;
    until_left(&ann, |_, whole| whole == 300).await;
}

/// Looks, one look after the other, until it is so.
async fn until_left(who: &Person, so: impl Fn(u32, u32) -> bool) {
    let within = tokio::time::timeout(Duration::from_secs(20), async {
        while let (left, whole) = left(who).await
            && !so(left, whole)
        {}
    });
    within.await.expect("in time");
}
