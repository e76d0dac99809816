//! Server-sent events: order, resume, reset, and nothing of anybody else.

use std::time::Duration;

use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::ids::TraceId;
use autonomos_runtime::{Actor, Scope};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode};

pub fn publish(node: &TestNode, who: &Person, topic: Topic, data: Value) {
    let app = node.node.app();
    let scope = Scope::new(who.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
    app.bus.publish(&scope, Fact::new(topic, data));
}

/// Reads until so many events with data came; gives `(id, event, data)` of each.
async fn read(stream: &mut Response, count: usize) -> Vec<(Option<u64>, String, Value)> {
    let mut text = String::new();
    let mut seen = Vec::new();
    while seen.len() < count {
        let chunk = tokio::time::timeout(Duration::from_secs(10), stream.chunk()).await.expect("events come").unwrap();
        text.push_str(&String::from_utf8_lossy(&chunk.expect("the stream goes on")));
        while let Some(end) = text.find("\n\n") {
            let block: String = text.drain(..end + 2).collect();
            let field = |name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(|v| v.trim().to_owned());
            if let Some(data) = field("data:") {
                let id = field("id:").map(|id| id.parse().unwrap());
                seen.push((id, field("event:").unwrap_or_default(), serde_json::from_str(&data).unwrap()));
            }
        }
    }
    seen
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
