//! Clients that are slow, greedy or malformed, over raw sockets: each gets the answer it has earned in the time it has, and
//! the node goes on serving everybody else.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Person, TestNode};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A node whose patience is a second.
async fn impatient(more: &str) -> (TestNode, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let text = format!("[http]\nheader_seconds = 1\nbody_seconds = 1\nwrite_seconds = 1\n{more}");
    std::fs::write(&path, text).unwrap();
    (TestNode::with(|args| args.config = Some(path)).await, folder)
}

async fn open(node: &TestNode) -> TcpStream {
    TcpStream::connect(node.node.address()).await.unwrap()
}

/// Everything until the other side ends it.
async fn rest(socket: &mut TcpStream) -> String {
    let mut rest = Vec::new();
    let read = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut rest)).await.expect("it is ended");
    // Cut off while there was something unread is an end as well.
    read.ok();
    String::from_utf8_lossy(&rest).into_owned()
}

fn head(who: &Person, method: &str, path: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n{more}\r\n", who.token)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let (node, _config) = impatient("").await;
    for began in ["", "G", "GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let mut socket = open(&node).await;
        socket.write_all(began.as_bytes()).await.unwrap();
        let said = rest(&mut socket).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{began}: {said}");
    }
    // A byte at a time is no better.
    let mut socket = open(&node).await;
    let dripping = async {
        let mut pause = tokio::time::interval(Duration::from_millis(50));
        while socket.write_all(b"x").await.is_ok() {
            pause.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, dripping).await.expect("it is ended");
    // A connection that did what it wanted and then says nothing goes as well.
    let mut socket = open(&node).await;
    socket.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    assert!(rest(&mut socket).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_has_an_end() {
    let (node, _config) = impatient("header_kb = 8\n").await;
    let long = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "x".repeat(20_000));
    let many = format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{}\r\n", "x-a: b\r\n".repeat(200));
    let path = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(20_000));
    for (what, sent) in [("a long header", long), ("many headers", many), ("a long path", path)] {
        let mut socket = open(&node).await;
        socket.write_all(sent.as_bytes()).await.ok();
        let said = rest(&mut socket).await;
        let refused = ["431", "414", "400"].iter().any(|status| said.starts_with(&format!("HTTP/1.1 {status}")));
        assert!(said.is_empty() || refused, "{what}: {said}");
        assert!(!said.contains("200 OK"), "{what}");
    }
    assert_eq!(node.request(Method::GET, "/healthz").send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_is_a_408() {
    let (node, _config) = impatient("").await;
    let ann = node.register("ann").await;
    let json = "content-type: application/json\r\n";
    for (what, request) in [
        ("a JSON body", head(&ann, "POST", "/api/v1/tasks", &format!("{json}content-length: 100\r\n"))),
        (
            "a body to be kept",
            head(&ann, "POST", "/api/v1/tasks", &format!("{json}content-length: 100\r\nidempotency-key: k\r\n")),
        ),
        ("a body in pieces", head(&ann, "POST", "/api/v1/tasks", &format!("{json}transfer-encoding: chunked\r\n"))),
        ("an upload", head(&ann, "PUT", "/api/v1/files/slow.csv", "content-length: 1000000\r\n")),
    ] {
        let mut socket = open(&node).await;
        socket.write_all(request.as_bytes()).await.unwrap();
        socket.write_all(b"5\r\n{\"ki").await.unwrap();
        let said = rest(&mut socket).await;
        assert!(said.starts_with("HTTP/1.1 408"), "{what}: {said}");
        assert!(said.contains("request.slow_body"), "{what}: {said}");
    }
    // A byte now and then is no movement; nothing is left of it.
    let mut socket = open(&node).await;
    socket
        .write_all(head(&ann, "PUT", "/api/v1/files/drip.csv", "content-length: 1000000\r\n").as_bytes())
        .await
        .unwrap();
    let dripping = async {
        let mut pause = tokio::time::interval(Duration::from_millis(50));
        while socket.write_all(b"x").await.is_ok() {
            pause.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, dripping).await.expect("it is ended");
    assert_eq!(ann.get("/api/v1/files/drip.csv").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(ann.get("/api/v1/files/slow.csv").await.status(), StatusCode::NOT_FOUND);
    // One that moves takes as long as it takes.
    let mut socket = open(&node).await;
    let piece = vec![b'x'; 128 << 10];
    let length = piece.len() * 20;
    let request =
        head(&ann, "PUT", "/api/v1/files/steady.csv", &format!("content-length: {length}\r\nconnection: close\r\n"));
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut pause = tokio::time::interval(Duration::from_millis(100));
    for _ in 0..20 {
        socket.write_all(&piece).await.unwrap();
        pause.tick().await;
    }
    assert!(rest(&mut socket).await.starts_with("HTTP/1.1 201"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_nothing_is_cut_off() {
    let (node, _config) = impatient("").await;
    let ann = node.register("ann").await;
    ann.upload("big.csv", "x".repeat(32 << 20)).await;
    let mut socket = open(&node).await;
    socket.write_all(head(&ann, "GET", "/api/v1/files/big.csv", "").as_bytes()).await.unwrap();
    let mut some = [0; 1024];
    socket.read_exact(&mut some).await.unwrap();
    assert!(some.starts_with(b"HTTP/1.1 200"));
    // It shows when nothing is taken from us any more; what is left then is what the kernel held, and not the file.
    let mut pause = tokio::time::interval(Duration::from_millis(50));
    let cut = async {
        while socket.write_all(b"x").await.is_ok() {
            pause.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, cut).await.expect("it is cut");
    let mut left = Vec::new();
    let read = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut left)).await.expect("it is cut");
    assert!(read.is_err() || left.len() < 32 << 20, "{} bytes came", left.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn when_all_places_are_taken_the_next_one_waits() {
    let (node, _config) = impatient("connections = 3\n").await;
    // Taken and held by people who say nothing, for a second each.
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(open(&node).await);
    }
    let mut waits = open(&node).await;
    waits.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(rest(&mut waits).await.starts_with("HTTP/1.1 200"), "served when a place is free");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_refused() {
    let (node, _config) = impatient("").await;
    let ann = node.register("ann").await;
    let both =
        head(&ann, "POST", "/api/v1/tasks", "content-length: 4\r\ntransfer-encoding: chunked\r\nconnection: close\r\n");
    for (what, sent) in [
        ("noise", "\x16\x03\x01\x02\x00\x01\r\n\r\n".to_owned()),
        ("no method", " / HTTP/1.1\r\nhost: x\r\n\r\n".to_owned()),
        ("two lengths", head(&ann, "POST", "/api/v1/tasks", "content-length: 4\r\ncontent-length: 5\r\n") + "{}xx"),
        ("no length", head(&ann, "POST", "/api/v1/tasks", "content-length: many\r\n")),
        ("a space in a header's name", "GET /healthz HTTP/1.1\r\nhost : x\r\n\r\n".to_owned()),
        ("another version", "GET /healthz HTTP/9.9\r\nhost: x\r\n\r\n".to_owned()),
        ("a length and pieces", both + "0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"),
    ] {
        let mut socket = open(&node).await;
        socket.write_all(sent.as_bytes()).await.unwrap();
        let said = rest(&mut socket).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{what}: {said}");
        assert!(!said.contains("HTTP/1.1 200"), "{what}: a second request was hidden in the first");
    }
    let deep = format!("{{\"kind\": \"noop\", \"payload\": {}1{}}}", "[".repeat(200), "]".repeat(200));
    let answer = ann.request(Method::POST, "/api/v1/tasks").header("content-type", "application/json").body(deep);
    assert_eq!(answer.send().await.unwrap().status(), StatusCode::BAD_REQUEST, "nested deeper than anybody means");
}
