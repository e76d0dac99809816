//! What one tenant has is in nothing another one gets: marks in every noun of the one, searched in every answer of the
//! other, in its stream and its socket, in the metrics, and, as far as they are secret, in every line of the log. The
//! routes come from the document. That the marks can be found at all is shown by asking their owner.

use std::io::Write;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use autonomos_runtime::bus::Topic;
use futures::StreamExt;
use parking_lot::Mutex;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tracing_subscriber::fmt::MakeWriter;

use crate::harness::{Person, TestNode};
use crate::isolation::{ABSENT, belongings, body};

/// In names and data.
const MARK: &str = "canary7f3a";
/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);
/// In what is sealed.
const SECRET: &str = "canarysecret91b2";

/// Every line of the log of this process.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn log() -> &'static Lines {
    static LINES: OnceLock<Lines> = OnceLock::new();
    LINES.get_or_init(|| {
        let lines = Lines::default();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(lines.clone())
            .with_ansi(false)
            .with_env_filter("debug,hyper=info,reqwest=info,tungstenite=info")
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("nobody else listens in this process");
        lines
    })
}

/// Every documented route that `who` can ask, with absent ids and without doing anything.
async fn every_answer(who: &Person) -> Vec<(String, String)> {
    let document: Value = who.get("/openapi.json").await.json().await.unwrap();
    let mut answers = Vec::new();
    for (template, item) in document["paths"].as_object().unwrap() {
        let live = ["/api/v1/events/stream", "/ws/flow-monitor"].contains(&template.as_str());
        for method in item.as_object().unwrap().keys().filter(|_| !live) {
            let Ok(verb) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            // What has no id and changes something has nothing of anybody's to show.
            if verb != Method::GET && !template.contains("{id}") {
                continue;
            }
            let views = ["accounts", "contacts", "opportunities"];
            let paths: Vec<String> = if template.contains("{view}") {
                views.iter().map(|view| template.replace("{view}", view)).collect()
            } else {
                let agents = template.contains("/agents/{id}");
                let id = if agents { "revops" } else { ABSENT };
                vec![template.replace("{id}", id).replace("{path}", &format!("{MARK}/accounts.csv"))]
            };
            for path in paths {
                let mut request = who.request(verb.clone(), &path).header("if-match", "1");
                if let Some(body) = body(template, &verb) {
                    request = request.json(&body);
                }
                answers.push((format!("{verb} {path}"), request.send().await.unwrap().text().await.unwrap()));
            }
        }
    }
    // Answers that name what was asked for say what the asker knows already.
    for (what, text) in &mut answers {
        let path = what.split_once(' ').unwrap().1;
        *text = text.replace(path, "").replace(&format!("{MARK}/accounts.csv"), "");
    }
    answers
}

fn marked<'a>(answers: &'a [(String, String)], marks: &[&str]) -> Vec<&'a str> {
    answers.iter().filter(|(_, text)| marks.iter().any(|m| text.contains(m))).map(|(what, _)| what.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_of_one_tenant_are_in_nothing_of_the_other() {
    let lines = log();
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let ben = node.register(MARK).await;
    ben.upload(&format!("{MARK}/accounts.csv"), format!("Id,Name,Industry\n1,{MARK},Energy\n2,{MARK} two,Media\n"))
        .await;
    let connection = ben
        .connect(&format!("{MARK} crm"), "file", json!({"path": format!("{MARK}/*.csv"), "system": "salesforce"}))
        .await;
    ben.sync(&node, &connection).await;
    ben.folded(&node).await;
    let ids = belongings(&node, &ben, MARK).await;
    let config = json!({"url": format!("postgres://u:{SECRET}@127.0.0.1:1/x")});
    let broken = ben.connect(&format!("{MARK} db"), "postgres", config.clone()).await;
    for path in ["check", "sync"] {
        ben.post(&format!("/api/v1/aam/connections/{broken}/{path}"), &json!({})).await;
    }
    ben.post("/api/v1/aam/connections/check", &json!({"type": "postgres", "config": config})).await;

    let mut stream = ann.get("/api/v1/events/stream").await;
    stream.chunk().await.unwrap();
    let mut request = format!("ws://{}/ws/flow-monitor", node.node.address()).into_client_request().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {}", ann.token).parse().unwrap());
    let mut socket = tokio_tungstenite::connect_async(request).await.unwrap().0;
    // Both watch from now on: they have said hello.
    let hello = tokio::time::timeout(PATIENCE, socket.next()).await.expect("the socket says hello");
    assert!(hello.unwrap().unwrap().to_string().contains("hello"));
    crate::live::publish(&node, &ben, Topic::TaskState, json!({"mark": MARK}));
    crate::live::publish(&node, &ann, Topic::TaskState, json!({"mine": true}));

    let secret: Vec<&str> = ids.iter().map(|(_, id)| id.as_str()).collect();
    let marks: Vec<&str> = [MARK, SECRET, &ben.tenant, &connection, &broken].into_iter().chain(secret).collect();
    let theirs = every_answer(&ben).await;
    let found = marked(&theirs, &[MARK]);
    for path in ["aam/connections", "reviews", "drifts", "findings", "audit", "users", "api-keys"] {
        let path = format!("GET /api/v1/{path}");
        assert!(found.contains(&path.as_str()), "{path} would show the mark if it leaked: {found:?}");
    }
    assert!(found.contains(&"GET /api/v1/dcl/views/accounts"), "{found:?}");
    assert_eq!(marked(&theirs, &[SECRET]), [""; 0], "a secret is not shown to its owner either");

    let answers = every_answer(&ann).await;
    assert!(answers.len() > 50, "{}", answers.len());
    assert_eq!(marked(&answers, &marks), [""; 0]);

    let (mut seen, mut said) = (String::new(), String::new());
    let watched = async {
        while !seen.contains("mine") {
            seen.push_str(&String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap()));
        }
        while !said.contains("mine") {
            said.push_str(&socket.next().await.unwrap().unwrap().to_string());
        }
    };
    tokio::time::timeout(PATIENCE, watched).await.expect("own events come");
    let metrics = node.request(Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(metrics.status(), StatusCode::OK);
    let metrics = metrics.text().await.unwrap();
    for (what, text) in [("the stream", &seen), ("the socket", &said), ("the metrics", &metrics)] {
        for mark in &marks {
            assert!(!text.contains(mark), "{what} has {mark}");
        }
    }
    let log = String::from_utf8_lossy(&lines.0.lock()).into_owned();
    assert!(log.contains("request"), "the log is heard: {} bytes", log.len());
    let keys = ["aos_", "aor_", "aot_", "aoi_", "eyJ"];
    for (at, line) in log.lines().enumerate() {
        assert!(!line.contains(SECRET), "line {at} of the log has a secret: {line}");
        // What is logged by default; for whoever debugs a refusal, the path that was asked is said.
        let by_default = !line.contains("DEBUG");
        assert!(!by_default || !line.contains(MARK), "line {at} of the log has a tenant's data: {line}");
        assert!(!keys.iter().any(|key| line.contains(key)), "line {at} of the log has a credential: {line}");
    }
}
