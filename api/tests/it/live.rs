//! Server-sent events: order, resume, reset, and nothing of anybody else.

use std::time::Duration;

use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::ids::TraceId;
use autonomos_runtime::{Actor, Scope};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

pub fn publish(node: &TestNode, who: &Person, topic: Topic, data: Value) {
    let app = node.node.app();
    let scope = Scope::new(who.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
    app.bus.publish(&scope, Fact::new(topic, data));
}

/// Reads until so many events with data came; gives `(id, event, data)` of each.
pub async fn read(stream: &mut Response, count: usize) -> Vec<(Option<u64>, String, Value)> {
    read_on(stream, &mut String::new(), count).await
}

/// The same, where more may follow: what came behind them waits in `text`.
pub async fn read_on(stream: &mut Response, text: &mut String, count: usize) -> Vec<(Option<u64>, String, Value)> {
    let mut seen = Vec::new();
    loop {
        while seen.len() < count
            && let Some(end) = text.find("\n\n")
        {
            let block: String = text.drain(..end + 2).collect();
            let field = |name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(|v| v.trim().to_owned());
            if let Some(data) = field("data:") {
                let id = field("id:").map(|id| id.parse().unwrap());
                seen.push((id, field("event:").unwrap_or_default(), serde_json::from_str(&data).unwrap()));
            }
        }
        if seen.len() >= count {
            return seen;
        }
        let chunk = tokio::time::timeout(Duration::from_secs(10), stream.chunk()).await.expect("events come").unwrap();
        text.push_str(&String::from_utf8_lossy(&chunk.expect("the stream goes on")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_in_order_and_resume_where_they_were_left() {
    let node = TestNode::start().await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    let mut stream = ann.get("/api/v1/events/stream").await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    stream.chunk().await.unwrap();
    publish(&node, &ben, Topic::TaskState, json!({"canary": "ben"}));
    for n in 0..5 {
        publish(&node, &ann, Topic::TaskState, json!({"n": n}));
    }
    let seen = read(&mut stream, 5).await;
    let numbers: Vec<_> = seen.iter().map(|(_, _, data)| data["data"]["n"].as_i64().unwrap()).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4]);
    let ids: Vec<_> = seen.iter().map(|(id, ..)| id.unwrap()).collect();
    assert!(ids.windows(2).all(|w| w[1] == w[0] + 1), "{ids:?}");
    drop(stream);

    let mut again =
        ann.request(Method::GET, "/api/v1/events/stream").header("last-event-id", ids[2]).send().await.unwrap();
    let rest = read(&mut again, 2).await;
    assert_eq!(rest.iter().map(|(id, ..)| id.unwrap()).collect::<Vec<_>>(), ids[3..]);

    let mut strange = ann.get("/api/v1/events/stream?after=999999999999999999").await;
    let first = read(&mut strange, 1).await;
    assert_eq!(first[0].1, "reset");
    assert!(first[0].2["floor"].is_u64());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_shows_only_its_topics() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let mut stream = ann.get("/api/v1/events/stream?topics=reviews,flow.dcl").await;
    stream.chunk().await.unwrap();
    publish(&node, &ann, Topic::TaskState, json!({}));
    publish(&node, &ann, Topic::AamFetched, json!({}));
    publish(&node, &ann, Topic::DclStored, json!({}));
    publish(&node, &ann, Topic::ReviewCreated, json!({}));
    let topics: Vec<_> =
        read(&mut stream, 2).await.into_iter().map(|(_, _, data)| data["topic"].as_str().unwrap().to_owned()).collect();
    assert_eq!(topics, ["flow.dcl.stored", "review.created"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_opens_one_stream_once() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let bare = node.request(Method::GET, "/api/v1/events/stream").send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);
    let ticket: Value = ann
        .request(Method::POST, "/api/v1/auth/tickets")
        .header("origin", "http://here")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(ticket["expires_in"], 30);
    let path = format!("/api/v1/events/stream?ticket={}", ticket["ticket"].as_str().unwrap());
    let open = |origin: &'static str| node.request(Method::GET, &path).header("origin", origin).send();
    let first = open("http://here").await.unwrap();
    assert_eq!(first.status(), StatusCode::OK);
    assert_eq!(open("http://here").await.unwrap().status(), StatusCode::UNAUTHORIZED);

    let ticket: Value = ann
        .request(Method::POST, "/api/v1/auth/tickets")
        .header("origin", "http://here")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let path = format!("/api/v1/events/stream?ticket={}", ticket["ticket"].as_str().unwrap());
    let elsewhere = node.request(Method::GET, &path).header("origin", "http://evil").send().await.unwrap();
    assert_eq!(elsewhere.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_session() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let mut stream = ann.get("/api/v1/events/stream").await;
    stream.chunk().await.unwrap();
    ann.request(Method::POST, "/api/v1/auth/logout").send().await.unwrap();
    let last = read(&mut stream, 1).await;
    assert_eq!((last[0].1.as_str(), last[0].2["reason"].as_str()), ("bye", Some("revoked")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_leaves_no_gap_and_no_double() {
    let mut node = TestNode::start().await;
    let mut ann = node.register("ann").await;
    let mut stream = ann.get("/api/v1/events/stream?topics=mapping_progress").await;
    stream.chunk().await.unwrap();
    (0..20).for_each(|n| publish(&node, &ann, Topic::MappingProgressed, json!({"n": n})));
    let mut seen = read(&mut stream, 10).await;
    drop(stream);
    for life in 1..3 {
        // Told to nobody before the process goes, and more after it is back.
        (0..5).for_each(|n| publish(&node, &ann, Topic::MappingProgressed, json!({"n": life * 20 + n})));
        node = node.restart().await;
        ann = node.sign_in(&ann.email, &ann.tenant).await;
        (5..20).for_each(|n| publish(&node, &ann, Topic::MappingProgressed, json!({"n": life * 20 + n})));
        let last = seen.last().unwrap().0.unwrap();
        let asked = ann.request(Method::GET, "/api/v1/events/stream?topics=mapping_progress");
        let mut again = asked.header("last-event-id", last).send().await.unwrap();
        seen.extend(read(&mut again, 20).await);
    }
    let numbers: Vec<_> = seen.iter().map(|(.., data)| data["data"]["n"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (0..50).collect::<Vec<_>>());

    // All topics: the numbers themselves have neither gap nor double over both restarts.
    let first = seen[0].0.unwrap();
    let snapshot: Value = ann.json("/api/v1/flow-monitor").await;
    assert!(snapshot["floor"].as_u64().unwrap() <= first, "{snapshot}");
    let head = snapshot["seq"].as_u64().unwrap();
    let mut whole = ann.get(&format!("/api/v1/events/stream?after={}", first - 1)).await;
    let ids: Vec<_> = read(&mut whole, (head + 1 - first) as usize).await.iter().map(|(id, ..)| id.unwrap()).collect();
    assert_eq!(ids, (first..=head).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_shows_each_layer_and_where_the_stream_goes_on() {
    let node = TestNode::start().await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    publish(&node, &ann, Topic::AgentCompleted, json!({"n": "agent"}));
    for n in 0..50 {
        publish(&node, &ann, Topic::AamFetched, json!({"n": n}));
    }
    publish(&node, &ben, Topic::DclStored, json!({"canary": "ben"}));
    let flow = ann.json("/api/v1/flow-monitor?limit_per_layer=3").await;
    let numbers = |layer: &str| -> Vec<Value> {
        flow[layer].as_array().unwrap().iter().map(|e| e["data"]["n"].clone()).collect()
    };
    assert_eq!(numbers("aam_events"), [47, 48, 49]);
    assert_eq!(numbers("agent_events"), ["agent"], "a loud layer does not drown the others");
    assert_eq!((numbers("dcl_events").len(), &flow["total_count"]), (0, &json!(4)));
    assert_eq!(flow["tenant_id"], ann.tenant.as_str());
    let mut stream = ann.get(&format!("/api/v1/events/stream?after={}", flow["seq"])).await;
    publish(&node, &ann, Topic::DclStored, json!({"n": "next"}));
    let next = read(&mut stream, 1).await;
    assert_eq!(next[0].0, flow["seq"].as_u64().map(|seq| seq + 1));
    for query in ["limit_per_layer=0", "limit_per_layer=501", "tenant_id=default"] {
        assert_eq!(
            ann.get(&format!("/api/v1/flow-monitor?{query}")).await.status(),
            StatusCode::BAD_REQUEST,
            "{query}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_is_none_is_refused_and_a_slow_reader_is_told_what_it_missed() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let refused = problem(ann.get("/api/v1/events/stream?topics=flow,tsks").await).await;
    assert_eq!((&refused["code"], &refused["errors"][0]["pointer"]), (&json!("live.unknown_topic"), &json!("topics")));

    let before = ann.json("/api/v1/flow-monitor").await["seq"].as_u64().unwrap();
    let mut stream = ann.get(&format!("/api/v1/events/stream?after={before}")).await;
    // More than is kept, at once: whoever reads slower than that cannot get them all.
    let most = node.node.app().config.bus.events as u64;
    (0..most * 3).for_each(|n| publish(&node, &ann, Topic::MappingProgressed, json!({"n": n})));
    publish(&node, &ann, Topic::SourcesConnected, json!({"last": true}));
    let (mut at, mut missed, mut text) = (before, 0, String::new());
    loop {
        let (id, event, data) = read_on(&mut stream, &mut text, 1).await.remove(0);
        if event == "missed" {
            assert_eq!(data["from"].as_u64().unwrap(), at + 1);
            at = data["to"].as_u64().unwrap();
            missed += data["count"].as_u64().unwrap();
            assert_eq!(data["count"].as_u64().unwrap(), at - (data["from"].as_u64().unwrap() - 1));
            continue;
        }
        assert_eq!(id, Some(at + 1), "what is not delivered is told, and nothing twice");
        at += 1;
        if event == "sources_connected" {
            break;
        }
    }
    assert!(missed > 0, "the ring was overrun");
}
