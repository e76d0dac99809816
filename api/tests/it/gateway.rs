//! What holds for every path.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

#[tokio::test(flavor = "multi_thread")]
async fn health_and_pages_need_no_token_and_tell_little() {
    let node = TestNode::start().await;
    for path in ["/healthz", "/readyz", "/metrics", "/", "/app.js", "/app.css", "/docs", "/docs.js", "/openapi.json"] {
        let answer = node.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let headers = answer.headers().clone();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(!headers.contains_key("access-control-allow-origin"), "{path}");
        assert!(!headers.contains_key("server"), "{path}");
        let text = answer.text().await.unwrap();
        assert!(!text.contains("<script>") && !text.contains(" style="), "{path} has something inline");
        assert!(!text.contains("https://") || path == "/openapi.json", "{path} names another host");
    }
    let metrics = node.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("autonomos_http_requests_total"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_path_but_the_public_ones_wants_a_token() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let document: Value = node.request(Method::GET, "/openapi.json").send().await.unwrap().json().await.unwrap();
    let mut seen = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            if operation["security"].is_null() {
                continue;
            }
            let path = path
                .replace("{id}", "01920000-0000-7000-8000-000000000000")
                .replace("{view}", "accounts")
                .replace("{path}", "a.csv");
            for spelled in [
                path.clone(),
                format!("/{path}"),
                format!("{path}/"),
                path.replacen("/api", "/./api", 1),
                path.replacen("/api", "/%61pi", 1),
            ] {
                let answer = node.request(method.clone(), &spelled).send().await.unwrap();
                let handshake = spelled == "/ws/flow-monitor" && answer.status() == StatusCode::BAD_REQUEST;
                assert!(
                    handshake || answer.status() == StatusCode::UNAUTHORIZED,
                    "{method} {spelled}: {}",
                    answer.status()
                );
            }
            seen += 1;
        }
    }
    assert!(seen > 45, "{seen}");
    let answer = ann.get("/api/v1/nothing/here").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(problem(answer).await["code"], "route.not_found");
    let answer = ann.request(Method::DELETE, "/api/v1/auth/me").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(problem(answer).await["code"], "request.method");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_have_an_end_a_type_and_a_depth() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let big = "x".repeat((1 << 20) + 1);
    let answer = ann.post("/api/v1/tasks", &json!({"kind": "noop", "payload": big})).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(problem(answer).await["code"], "request.too_large");

    let post = || ann.request(Method::POST, "/api/v1/tasks");
    let answer = post().header("content-type", "text/plain").body("{}").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let deep = format!("{{\"kind\": {}", "[".repeat(200_000));
    let answer = post().header("content-type", "application/json").body(deep).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let answer = post().header("content-type", "application/json").body(vec![0xff, 0xfe, 0x00]).send().await.unwrap();
    assert_eq!(problem(answer).await["code"], "request.malformed");
    let answer = ann.post("/api/v1/tasks", &json!({"kind": "noop", "tenant_id": "other"})).await;
    let body = problem(answer).await;
    assert_eq!(
        (body["code"].as_str(), body["errors"][0]["pointer"].as_str()),
        (Some("request.unknown_field"), Some("/tenant_id"))
    );
    assert!(body["remedy"].is_string());
    let answer = ann.get("/api/v1/tasks?tenant_id=x").await;
    assert_eq!(problem(answer).await["errors"][0]["pointer"], "tenant_id");
    let answer = ann.get("/api/v1/tasks?cursor=%25%25").await;
    assert_eq!(problem(answer).await["code"], "page.cursor");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callers_trace_goes_through() {
    let node = TestNode::start().await;
    let answer = node
        .request(Method::GET, "/api/v1/auth/me")
        .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        .send()
        .await
        .unwrap();
    assert_eq!(problem(answer).await["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
}

#[tokio::test(flavor = "multi_thread")]
async fn floods_are_told_when_to_come_back() {
    let node = TestNode::with(|args| args.rate_limit_per_minute = Some(5)).await;
    let (ann, ben) = (node.founder("ann").await, node.founder("ben").await);
    let first = ann.get("/api/v1/auth/me").await;
    assert_eq!(first.headers()["ratelimit-policy"], "\"session\";q=5;w=60");
    assert_eq!(first.headers()["ratelimit"], "\"session\";r=4;t=12");
    let mut last = first;
    for _ in 0..5 {
        last = ann.request(Method::GET, "/api/v1/auth/me").header("x-forwarded-for", "9.9.9.9").send().await.unwrap();
    }
    assert_eq!(last.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!((1..=12).contains(&last.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap()));
    assert!(last.headers()["ratelimit"].to_str().unwrap().contains("r=0"));
    assert_eq!(problem(last).await["retryable"], true);
    assert_eq!(ann.get("/api/v1/events/stream").await.status(), StatusCode::OK, "streams have a budget of their own");
    assert_eq!(ben.get("/api/v1/auth/me").await.status(), StatusCode::OK, "and so has everybody else");

    let costly = ben.get("/api/v1/audit/verify").await;
    assert_eq!(costly.headers()["ratelimit-policy"], "\"session\";q=5;w=60, \"costly\";q=60;w=60");
    // Whoever tries tokens spends what their address has; two sign-ins of founders came from it as well.
    let guess = || node.request(Method::GET, "/api/v1/auth/me").bearer_auth("guess").send();
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(guess().await.unwrap().status());
    }
    assert_eq!(answers.first(), Some(&StatusCode::UNAUTHORIZED), "{answers:?}");
    assert_eq!(answers.last(), Some(&StatusCode::TOO_MANY_REQUESTS), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_goes_down_in_order() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let mut stream = ann.get("/api/v1/events/stream").await;
    stream.chunk().await.unwrap();
    let address = node.node.address();
    node.node.stop().await.unwrap();
    let mut rest = String::new();
    while let Ok(Some(chunk)) = stream.chunk().await {
        rest.push_str(&String::from_utf8_lossy(&chunk));
    }
    assert!(rest.contains("event: bye"), "{rest}");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_sent_again_with_its_key_is_answered_and_not_done() {
    let node = TestNode::start().await;
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    let post = |who: &Person, key: &str, kind: &str| {
        who.request(Method::POST, "/api/v1/tasks").header("idempotency-key", key).json(&json!({"kind": kind})).send()
    };
    let first: Value = post(&ann, "k1", "noop").await.unwrap().json().await.unwrap();
    let again = post(&ann, "k1", "noop").await.unwrap();
    assert_eq!(
        (again.status(), &again.headers()["idempotency-replayed"]),
        (StatusCode::CREATED, &"true".parse().unwrap())
    );
    assert_eq!(again.json::<Value>().await.unwrap()["id"], first["id"]);
    let other = ann
        .request(Method::POST, "/api/v1/tasks")
        .header("idempotency-key", "k1")
        .json(&json!({"kind": "noop", "max_attempts": 2}));
    let other = other.send().await.unwrap();
    assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem(other).await["code"], "idempotency.mismatch");
    let theirs: Value = post(&ben, "k1", "noop").await.unwrap().json().await.unwrap();
    assert_ne!(theirs["id"], first["id"], "keys are the tenant's own");
    assert_eq!(post(&ann, "k2", "nonsense").await.unwrap().status(), StatusCode::BAD_REQUEST);
    assert_eq!(post(&ann, "k2", "noop").await.unwrap().status(), StatusCode::CREATED, "a refused request keeps no key");
    assert_eq!(post(&ann, &"x".repeat(201), "noop").await.unwrap().status(), StatusCode::BAD_REQUEST);
}

/// Every documented operation as an address that can be asked, with absent ids.
async fn operations(who: &Person) -> Vec<(Method, String, Value)> {
    let document: Value = who.get("/openapi.json").await.json().await.unwrap();
    let mut all = Vec::new();
    for (template, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            let path = template.replace("{view}", "accounts").replace("{path}", "a.csv");
            all.push((method, path.replace("{id}", "01920000-0000-7000-8000-000000000000"), operation.clone()));
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_nobody_takes_is_refused_everywhere() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let mut asked = 0;
    for (method, path, operation) in operations(&ann).await {
        let takes = operation["requestBody"]["content"].get("application/json").is_some();
        if !takes || path.starts_with("/api/v1/operator/") {
            continue;
        }
        let request = ann.request(method.clone(), &path).header("if-match", "1").json(&json!({"tenant_id": "other"}));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{method} {path}");
        let said = problem(answer).await;
        assert_eq!(
            (&said["code"], &said["errors"][0]["pointer"]),
            (&json!("request.unknown_field"), &json!("/tenant_id")),
            "{method} {path}: {said}"
        );
        asked += 1;
    }
    assert!(asked > 20, "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_for_another_sites_script() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let mut asked = 0;
    for (method, path, _) in operations(&ann).await {
        if method != Method::GET || path.starts_with("/ws/") {
            continue;
        }
        for method in [Method::GET, Method::OPTIONS] {
            let request = ann.request(method.clone(), &path).header("origin", "https://evil.example");
            let answer = request.header("access-control-request-method", "GET").send().await.unwrap();
            let headers = answer.headers();
            for name in headers.keys() {
                assert!(!name.as_str().starts_with("access-control-"), "{method} {path}: {name}");
            }
            assert_eq!(headers["x-content-type-options"], "nosniff", "{method} {path}");
            assert_eq!(headers["x-frame-options"], "DENY", "{method} {path}");
            let policy = headers["content-security-policy"].to_str().unwrap();
            assert!(
                policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"),
                "{path}: {policy}"
            );
            let kept = headers["cache-control"].to_str().unwrap();
            assert!(kept.contains("no-store") || kept.contains("no-cache"), "{method} {path}: {kept}");
            asked += 1;
        }
    }
    assert!(asked > 60, "{asked}");
}
