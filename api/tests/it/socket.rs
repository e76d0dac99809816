//! The WebSocket, spoken to by another library's client.

use std::time::Duration;

use autonomos_runtime::bus::Topic;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::harness::TestNode;
use crate::live::publish;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(node: &TestNode, query: &str, headers: &[(&'static str, String)]) -> Result<Socket, Error> {
    let url = format!("ws://{}/ws/flow-monitor{query}", node.node.address());
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    Ok(connect_async(request).await?.0)
}

async fn next(socket: &mut Socket) -> Message {
    tokio::time::timeout(Duration::from_secs(10), socket.next()).await.expect("something comes").unwrap().unwrap()
}

async fn json_of(socket: &mut Socket) -> Value {
    loop {
        if let Message::Text(text) = next(socket).await {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

async fn say(socket: &mut Socket, value: Value) {
    socket.send(Message::text(value.to_string())).await.unwrap();
}

async fn code_of(socket: &mut Socket) -> u16 {
    loop {
        if let Message::Close(frame) = next(socket).await {
            return frame.unwrap().code.into();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_is_opened_by_header_or_first_message_and_shows_events() {
    let node = TestNode::start().await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    let mut by_header = connect(&node, "", &[("authorization", format!("Bearer {}", ann.token))]).await.unwrap();
    let mut by_message = connect(&node, "", &[]).await.unwrap();
    say(&mut by_message, json!({"token": ann.token})).await;
    for socket in [&mut by_header, &mut by_message] {
        assert_eq!(json_of(socket).await["type"], "hello");
    }
    publish(&node, &ben, Topic::TaskState, json!({"canary": "ben"}));
    for n in 0..3 {
        publish(&node, &ann, Topic::TaskState, json!({"n": n}));
    }
    for socket in [&mut by_header, &mut by_message] {
        for n in 0..3 {
            assert_eq!(json_of(socket).await["data"]["n"], n);
        }
    }

    say(&mut by_header, json!({"filter": ["reviews"]})).await;
    say(&mut by_header, json!({"nonsense": true})).await;
    assert_eq!(json_of(&mut by_header).await["type"], "error");
    publish(&node, &ann, Topic::TaskState, json!({"n": 3}));
    publish(&node, &ann, Topic::ReviewCreated, json!({}));
    let seen = json_of(&mut by_header).await;
    assert_eq!(seen["topic"], "review.created");
    say(&mut by_header, json!({"filter": [], "resume": seen["seq"].as_u64().unwrap() - 2})).await;
    assert_eq!(json_of(&mut by_header).await["data"]["n"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_foreign_pages_are_sent_away() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let mut stranger = connect(&node, "", &[]).await.unwrap();
    say(&mut stranger, json!({"token": "nonsense"})).await;
    assert_eq!(code_of(&mut stranger).await, 4401);

    let header = ("authorization", format!("Bearer {}", ann.token));
    let foreign = connect(&node, "", &[header.clone(), ("origin", "http://evil.example".into())]).await;
    assert!(matches!(foreign, Err(Error::Http(answer)) if answer.status() == 403));
    let own = connect(&node, "", &[header, ("origin", format!("http://{}", node.node.address()))]).await;
    assert!(own.is_ok());
    let ticket = connect(&node, "?ticket=aot_nonsense", &[]).await;
    assert!(matches!(ticket, Err(Error::Http(answer)) if answer.status() == 401));
}

#[tokio::test(flavor = "multi_thread")]
async fn large_frames_binary_and_chatter_end_a_socket() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let header = ("authorization", format!("Bearer {}", ann.token));
    for (message, code) in [(Message::text("x".repeat((64 << 10) + 1)), 1009), (Message::binary(vec![0_u8; 8]), 1003)] {
        let mut socket = connect(&node, "", std::slice::from_ref(&header)).await.unwrap();
        socket.send(message).await.unwrap();
        assert_eq!(code_of(&mut socket).await, code);
    }
    let mut socket = connect(&node, "", &[header]).await.unwrap();
    for _ in 0..60 {
        if socket.send(Message::text("{}")).await.is_err() {
            break;
        }
    }
    assert_eq!(code_of(&mut socket).await, 1008);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_tells_sockets_to_come_back() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let mut socket = connect(&node, "", &[("authorization", format!("Bearer {}", ann.token))]).await.unwrap();
    assert_eq!(json_of(&mut socket).await["type"], "hello");
    node.node.stop().await.unwrap();
    assert_eq!(code_of(&mut socket).await, 1012);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_ends_with_its_session() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let mut socket = connect(&node, "", &[("authorization", format!("Bearer {}", ann.token))]).await.unwrap();
    assert_eq!(json_of(&mut socket).await["type"], "hello");
    ann.request(reqwest::Method::POST, "/api/v1/auth/logout").send().await.unwrap();
    assert_eq!(code_of(&mut socket).await, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_resumes_over_a_restart_without_gap_or_double() {
    let mut node = TestNode::start().await;
    let mut ann = node.register("ann").await;
    let mut seen: Vec<(u64, Value)> = Vec::new();
    for life in 0..3 {
        let after = seen.last().map(|(last, _)| format!("?after={last}")).unwrap_or_default();
        let header = ("authorization", format!("Bearer {}", ann.token));
        let mut socket = connect(&node, &after, &[header]).await.unwrap();
        assert_eq!(json_of(&mut socket).await["type"], "hello");
        (0..20).for_each(|n| publish(&node, &ann, Topic::MappingProgressed, json!({"n": life * 20 + n})));
        let upto = if life == 2 { 60 } else { life * 20 + 10 };
        while seen.iter().filter(|(_, topic)| topic == "mapping_progress").count() < upto {
            let event = json_of(&mut socket).await;
            assert!(event["type"].is_null(), "neither reset nor missed: {event}");
            if event["topic"] == "mapping_progress" {
                let told = seen.iter().filter(|(_, topic)| topic == "mapping_progress").count();
                assert_eq!(event["data"]["n"], told, "in order, each once");
            }
            seen.push((event["seq"].as_u64().unwrap(), event["topic"].clone()));
        }
        node = node.restart().await;
        ann = node.sign_in(&ann.email, &ann.tenant).await;
    }
    assert!(seen.windows(2).all(|two| two[1].0 == two[0].0 + 1), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_of_nothing_is_named_and_the_socket_goes_on() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let mut socket = connect(&node, "", &[("authorization", format!("Bearer {}", ann.token))]).await.unwrap();
    assert_eq!(json_of(&mut socket).await["type"], "hello");
    say(&mut socket, json!({"filter": ["tsks"]})).await;
    assert_eq!(json_of(&mut socket).await["code"], "live.unknown_topic");
    publish(&node, &ann, Topic::TaskState, json!({"n": 1}));
    assert_eq!(json_of(&mut socket).await["data"]["n"], 1);
}
