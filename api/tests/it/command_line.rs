//! The binary as a newcomer meets it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{SECRET, TestNode};
use crate::live::read_on;

fn autonomos() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_autonomos"));
    for name in ["AUTONOMOS_SECRET_KEY", "AUTONOMOS_DATA_DIR", "AUTONOMOS_LISTEN", "LD_LIBRARY_PATH"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A child that does not outlive its test.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A node for trying out, what it says being heard to its end: one that is not heard any more dies of saying more.
struct Dev {
    guard: Guard,
    link: String,
    _said: std::io::Lines<BufReader<ChildStdout>>,
}

/// Starts one over a folder and waits for its link.
fn dev(folder: &std::path::Path) -> Dev {
    let mut child = autonomos().args(["dev", "--listen", "127.0.0.1:0", "--data-dir"]).arg(folder).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let guard = Guard(child);
    let mut said = Vec::new();
    let link = loop {
        let line = lines.next().expect("it greets").unwrap();
        said.push(line.clone());
        if let Some(at) = line.find("http://").filter(|_| line.contains("#link=")) {
            break line.get(at..).unwrap().trim().to_owned();
        }
    };
    assert!(said.len() <= 8, "{said:?}");
    Dev { guard, link, _said: lines }
}

/// Signs in by a link, and opens the stream behind a number.
async fn watch(link: &str, after: u64) -> reqwest::Response {
    let (base, token) = link.split_once("/#link=").unwrap();
    let client = reqwest::Client::new();
    let grant = client.post(format!("{base}/api/v1/auth/link")).json(&json!({"token": token})).send().await.unwrap();
    let grant: Value = grant.json().await.unwrap();
    let stream = client.get(format!("{base}/api/v1/events/stream")).header("last-event-id", after);
    stream.bearer_auth(grant["access_token"].as_str().unwrap()).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_goes_on_over_kill_nine_without_gap_or_double() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = dev(dir.path());
    let mut stream = watch(&first.link, 0).await;
    // The demo makes events by itself; it is killed in the middle of them.
    let mut seen = read_on(&mut stream, &mut String::new(), 40).await;
    assert_eq!(seen.remove(0).1, "reset", "nobody has seen the number before the first");
    first.guard.0.kill().unwrap();
    first.guard.0.wait().unwrap();
    let second = dev(dir.path());
    let last = seen.last().unwrap().0.unwrap();
    let (mut stream, mut text) = (watch(&second.link, last).await, String::new());
    loop {
        seen.extend(read_on(&mut stream, &mut text, 1).await);
        if seen.last().unwrap().1 == "stream.gap" {
            break;
        }
    }
    seen.extend(read_on(&mut stream, &mut text, 5).await);
    let ids: Vec<_> = seen.iter().map(|(id, event, _)| id.unwrap_or_else(|| panic!("{event} is no event"))).collect();
    assert!(ids.windows(2).all(|two| two[1] == two[0] + 1), "{ids:?}");
    let gap = seen.iter().find(|(_, event, _)| event == "stream.gap").unwrap();
    assert_eq!(gap.2["data"]["reason"], "crash");
}

#[tokio::test(flavor = "multi_thread")]
async fn dev_prints_a_link_that_signs_in_once_and_goes_down_when_told() {
    let dir = tempfile::tempdir().unwrap();
    let Dev { mut guard, link, _said } = dev(dir.path());
    let (base, token) = link.split_once("/#link=").unwrap();
    let client = reqwest::Client::new();
    let open = || client.post(format!("{base}/api/v1/auth/link")).json(&json!({"token": token})).send();
    let grant = open().await.unwrap();
    assert_eq!(grant.status(), StatusCode::OK);
    let grant: Value = grant.json().await.unwrap();
    let me = client.get(format!("{base}/api/v1/auth/me")).bearer_auth(grant["access_token"].as_str().unwrap());
    assert_eq!(me.send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(open().await.unwrap().status(), StatusCode::UNAUTHORIZED);

    Command::new("kill").arg(guard.0.id().to_string()).status().unwrap();
    let ended = tokio::task::spawn_blocking(move || guard.0.wait().unwrap());
    let status = tokio::time::timeout(Duration::from_secs(30), ended).await.expect("it ends in time").unwrap();
    assert!(status.success(), "{status}");
}

#[test]
fn serve_does_not_start_without_a_secret_key() {
    let dir = tempfile::tempdir().unwrap();
    for key in [None, Some(""), Some("short")] {
        let mut command = autonomos();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(dir.path());
        if let Some(key) = key {
            command.env("AUTONOMOS_SECRET_KEY", key);
        }
        let done = command.output().unwrap();
        assert_eq!(done.status.code(), Some(2), "{key:?}");
        assert!(String::from_utf8_lossy(&done.stderr).contains("AUTONOMOS_SECRET_KEY"), "{done:?}");
    }
}

#[test]
fn dev_does_not_listen_to_the_world() {
    let done = autonomos().args(["dev", "--listen", "0.0.0.0:0"]).output().unwrap();
    assert_eq!(done.status.code(), Some(2));
}

fn propose(what: &str, input: &str) -> Vec<Value> {
    let mut child = autonomos().args(["propose", what]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let mut output = String::new();
    child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
    assert!(child.wait().unwrap().success());
    output.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn propose_answers_every_line_in_order() {
    let input = "{\"id\": 1, \"system\": \"x\", \"object\": \"contacts\", \"field\": \"email\", \"type\": \"string\"}\n\
                 {\"id\": \"b\", \"system\": \"x\", \"object\": \"deals\", \"field\": \"amount\", \"samples\": [\"1\"]}\n\
                 {\"id\": 3, \"system\": \"x\", \"object\": \"contacts\", \"field\": \"zzqx\", \"extra\": 1}\n";
    let answers = propose("mapping", input);
    assert_eq!(answers.iter().map(|a| a["id"].clone()).collect::<Vec<_>>(), [json!(1), json!("b"), json!(3)]);
    assert_eq!(answers[0]["canonical_field"], "email");
    assert!(answers[2]["canonical_field"].is_null());

    let input = "{\"id\": 1, \"object\": \"users\", \"before\": [{\"name\": \"e_mail\", \"type\": \"string\"}], \
                 \"after\": [{\"name\": \"email\", \"type\": \"string\"}]}\n";
    let answers = propose("repair", input);
    assert_eq!(answers[0]["repairs"][0]["kind"], "renamed");
    assert_eq!(answers[0]["repairs"][0]["to"], "email");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_rotated_under_a_running_node_and_nobody_is_signed_out() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let keys = |args: &[&str]| {
        let mut command = autonomos();
        command.arg("keys").args(args).arg("--data-dir").arg(node.data_dir()).env("AUTONOMOS_SECRET_KEY", SECRET);
        let done = command.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    let public = || async { node.request(Method::GET, "/.well-known/jwks.json").send().await.unwrap().json().await };
    let none: Value = public().await.unwrap();
    assert_eq!(none["keys"], json!([]));
    let kid = keys(&["rotate", "--algorithm", "EdDSA"]).split(' ').next().unwrap().to_owned();
    let taken_up = async {
        loop {
            let now: Value = public().await.unwrap();
            if now["keys"][0]["kid"] == kid.as_str() {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), taken_up).await.expect("the node takes the key up");
    assert_eq!(ann.get("/api/v1/auth/me").await.status(), StatusCode::OK, "a token that is out is taken");
    let again = node.sign_in(&ann.email, &ann.tenant).await;
    let header = jsonwebtoken::decode_header(&again.token).unwrap();
    assert_eq!((header.kid.as_deref(), header.alg), (Some(&*kid), jsonwebtoken::Algorithm::EdDSA));
    assert_eq!(again.get("/api/v1/auth/me").await.status(), StatusCode::OK);
    keys(&["rotate"]);
    let listed = keys(&["list"]);
    assert_eq!((listed.lines().count(), listed.matches("signs").count()), (2, 1), "{listed}");

    let node = node.restart().await;
    let me = node.request(Method::GET, "/api/v1/auth/me").bearer_auth(&again.token).send().await.unwrap();
    assert_eq!(me.status(), StatusCode::OK, "after a restart as well");
    let mut stranger = autonomos();
    stranger
        .args(["keys", "list", "--data-dir"])
        .arg(node.data_dir())
        .env("AUTONOMOS_SECRET_KEY", "another secret key");
    assert!(!stranger.output().unwrap().status.success());
}
