//! The console's addresses: pages for browsers, answers for programs, and nothing that opens a door. Holds with the console
//! built in and without.

use reqwest::{Method, StatusCode, header};
use serde_json::Value;

use crate::harness::{TestNode, problem};

const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_the_console_at_any_of_its_pages() {
    let node = TestNode::start().await;
    for page in ["/", "/connect", "/connect/01920000-0000-7000-8000-000000000000", "/no-such-page"] {
        let answer = node.request(Method::GET, page).header(header::ACCEPT, BROWSER).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{page}");
        let headers = answer.headers();
        assert!(headers["content-type"].to_str().unwrap().starts_with("text/html"), "{page}");
        assert_eq!(headers["cache-control"], "no-cache", "{page}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{page}: {policy}");
        assert!(answer.text().await.unwrap().contains("AutonomOS"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_told_that_there_is_nothing() {
    let node = TestNode::start().await;
    for path in ["/connect", "/api/v1/nothing", "/healthz/", "//healthz", "/docs/x"] {
        let answer = node.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    // A browser that asks the API is still somebody who has to sign in.
    for path in ["/api/v1/auth/me", "/%61pi/v1/auth/me", "//api/v1/auth/me", "/./api/v1/auth/me"] {
        let answer = node.request(Method::GET, path).header(header::ACCEPT, BROWSER).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    for path in ["/assets/none.js", "/assets/..%2f..%2fCargo.toml", "/assets/a/b.js"] {
        let answer = node.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(problem(answer).await["code"], "route.not_found", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_type_of_source_says_its_settings() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let types: Value = ann.get("/api/v1/aam/connector-types").await.json().await.unwrap();
    let kinds: Vec<&str> = types["items"].as_array().unwrap().iter().filter_map(|t| t["type"].as_str()).collect();
    assert_eq!(kinds, ["file", "postgres", "demo"]);
    assert_eq!(types["items"][1]["spec"]["properties"]["url"]["writeOnly"], true);
    assert_eq!(types["items"][0]["spec"]["required"][0], "path");
}
