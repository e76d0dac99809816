//! What is told outside: callbacks as Standard Webhooks has them, checked the way its receivers check, and alerts to Slack;
//! over crashes, refusals and rotations.

use std::time::Duration;

use autonomos_runtime::ids::TraceId;
use autonomos_runtime::store::{NewReview, NewTask, Room, TaskOutcome};
use autonomos_runtime::{Actor, Ambient, Scope};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::{Person, TestNode, problem};
use crate::receiver::{Receiver, Sent};

/// A node that may call this machine.
async fn node() -> (TestNode, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, "[outside]\nallow = [\"127.0.0.1\"]\nalert_seconds = 1\n").unwrap();
    (TestNode::with(|args| args.config = Some(path)).await, folder)
}

async fn noop(who: &Person, callback_url: &str) -> String {
    let answer = who.post("/api/v1/tasks", &json!({"kind": "noop", "callback_url": callback_url})).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

async fn secrets(who: &Person) -> Vec<String> {
    let all = who.json("/api/v1/webhooks/secrets").await;
    all["items"].as_array().unwrap().iter().map(|one| one["secret"].as_str().unwrap().to_owned()).collect()
}

/// As whoever receives a message checks it, at a moment: the window of time, then any of the signatures over the raw bytes.
fn checks(secret: &str, id: &str, timestamp: &str, body: &[u8], signatures: &str, now: i64) -> bool {
    let Ok(sent) = timestamp.parse::<i64>() else { return false };
    if (now - sent).abs() > 300 {
        return false;
    }
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    signatures.split(' ').filter_map(|one| one.strip_prefix("v1,")).any(|one| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        STANDARD.decode(one).is_ok_and(|bytes| mac.verify_slice(&bytes).is_ok())
    })
}

fn is_signed(sent: &Sent, secret: &str) -> bool {
    let [id, timestamp, signatures] =
        ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| sent.header(name));
    checks(secret, id, timestamp, &sent.body, signatures, Ambient::system().now().timestamp())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_is_signed_and_nothing_of_it_can_be_changed() {
    let ((node, _folder), receiver) = (node().await, Receiver::start().await);
    let (ann, ben) = (node.register("ann").await, node.register("ben").await);
    let task = noop(&ann, &receiver.url("/hook?token=hidden-canary")).await;
    let sent = receiver.until(1).await.remove(0);
    assert_eq!(sent.path, "/hook?token=hidden-canary");
    let message = sent.json();
    assert_eq!((&message["type"], &message["data"]["id"]), (&json!("task.success"), &json!(task)), "{message}");
    assert!(message["timestamp"].is_string() && sent.body.len() < 20_000);
    let secret = secrets(&ann).await.remove(0);
    assert!(is_signed(&sent, &secret));
    assert!(!is_signed(&sent, &secrets(&ben).await[0]), "each tenant signs with its own");

    let (id, at, signature) =
        (sent.header("webhook-id"), sent.header("webhook-timestamp"), sent.header("webhook-signature"));
    let now: i64 = at.parse().unwrap();
    assert!(checks(&secret, id, at, &sent.body, signature, now));
    for (what, good) in [
        ("another id", checks(&secret, "msg_other", at, &sent.body, signature, now)),
        ("another time", checks(&secret, id, &(now + 1).to_string(), &sent.body, signature, now)),
        ("written anew", checks(&secret, id, at, format!("{message:#}").as_bytes(), signature, now)),
        ("sent once more, later", checks(&secret, id, at, &sent.body, signature, now + 301)),
        ("a made up signature", checks(&secret, id, at, &sent.body, "v1,AAAA v1,", now)),
    ] {
        assert!(!good, "{what}");
    }
    assert!(!node.holds(b"hidden-canary"), "an address is sealed at rest");
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    assert!(!node.holds(secret.as_bytes()) && !node.holds(&key), "and so is a secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_secrets_sign_while_one_gives_way_to_the_next() {
    let ((node, _folder), receiver) = (node().await, Receiver::start().await);
    let ann = node.register("ann").await;
    let old = secrets(&ann).await.remove(0);
    let rotated = ann.post("/api/v1/webhooks/secrets/rotate", &json!({"overlap_hours": 1})).await;
    assert_eq!(rotated.status(), StatusCode::OK);
    let both = secrets(&ann).await;
    assert!(both.len() == 2 && both[1] == old && both[0] != old);
    noop(&ann, &receiver.url("/")).await;
    let sent = receiver.until(1).await.remove(0);
    assert!(both.iter().all(|secret| is_signed(&sent, secret)));
    // Without an overlap the old ones cease at once.
    ann.post("/api/v1/webhooks/secrets/rotate", &json!({"overlap_hours": 0})).await;
    let new = secrets(&ann).await;
    assert!(new.len() == 1 && !both.contains(&new[0]));
    noop(&ann, &receiver.url("/")).await;
    let sent = receiver.until(2).await.remove(1);
    assert!(is_signed(&sent, &new[0]) && both.iter().all(|secret| !is_signed(&sent, secret)));
    let refused = ann.post("/api/v1/webhooks/secrets/rotate", &json!({"overlap_hours": 10_000})).await;
    assert_eq!(problem(refused).await["errors"][0]["pointer"], "/overlap_hours");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_leads_inside_is_refused_when_a_task_is_asked_for() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    for bad in [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://u:p@example.org/",
        "nonsense",
    ] {
        let answer = ann.post("/api/v1/tasks", &json!({"kind": "noop", "callback_url": bad})).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{bad}");
        let said = problem(answer).await;
        assert_eq!(
            (&said["code"], &said["errors"][0]["pointer"]),
            (&json!("outside.address"), &json!("/callback_url"))
        );
        assert!(said["remedy"].is_string() || said["errors"][0]["detail"].is_string(), "{said}");
        let slack = ann.request(Method::PUT, "/api/v1/admin/alerts").json(&json!({"slack_url": bad})).send().await;
        assert_eq!(problem(slack.unwrap()).await["errors"][0]["pointer"], "/slack_url", "{bad}");
    }
    assert!(ann.json("/api/v1/tasks").await["items"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_survives_and_is_sent_again_under_its_id() {
    let ((node, _folder), receiver) = (node().await, Receiver::start().await);
    let ann = node.register("ann").await;
    receiver.reply(503, Some(("retry-after", "3600".into())));
    let task = noop(&ann, &receiver.url("/")).await;
    let first = receiver.until(1).await.remove(0);
    // The other side wants to be left alone for an hour; meanwhile the node goes down and comes back.
    let list = format!("/api/v1/webhooks/deliveries?subject=task/{task}");
    let noted = ann.until(&node, || async {
        let all = ann.json(&list).await;
        (all["items"][0]["attempts"] == 1).then(|| all["items"][0].clone())
    });
    let noted = noted.await;
    assert_eq!((&noted["state"], &noted["log"][0]["status"]), (&json!("waiting"), &json!(503)), "{noted}");
    assert_eq!(noted["webhook_id"], first.header("webhook-id"));
    let next: chrono::DateTime<chrono::Utc> = noted["next_at"].as_str().unwrap().parse().unwrap();
    assert!(next > node.node.app().ambient.now() + Duration::from_mins(50));

    let node = node.restart().await;
    let ann = node.sign_in(&ann.email, &ann.tenant).await;
    let id = noted["id"].as_str().unwrap();
    let replayed = ann.request(Method::POST, &format!("/api/v1/webhooks/deliveries/{id}/replay")).send().await.unwrap();
    assert_eq!(replayed.status(), StatusCode::ACCEPTED);
    let second = receiver.until(2).await.remove(1);
    assert_eq!(second.header("webhook-id"), first.header("webhook-id"));
    assert_eq!(second.body, first.body);
    let taken = ann.until(&node, || async {
        let one = ann.json(&format!("/api/v1/webhooks/deliveries/{id}")).await;
        (one["state"] == "delivered").then_some(one)
    });
    assert_eq!(taken.await["log"].as_array().unwrap().len(), 2);
    assert_eq!(ann.json("/api/v1/webhooks/deliveries?state=waiting").await["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_followed_elsewhere_and_who_is_gone_is_left_alone() {
    let ((node, _folder), receiver) = (node().await, Receiver::start().await);
    let ann = node.register("ann").await;
    receiver.reply(307, Some(("location", receiver.url("/elsewhere"))));
    noop(&ann, &receiver.url("/here")).await;
    receiver.until(1).await;
    receiver.reply(410, None);
    let gone = noop(&ann, &receiver.url("/gone")).await;
    let given_up = ann.until(&node, || async {
        let all = ann.json(&format!("/api/v1/webhooks/deliveries?subject=task/{gone}")).await;
        (all["items"][0]["state"] == "failed").then(|| all["items"][0].clone())
    });
    assert_eq!(given_up.await["attempts"], 1);
    assert!(receiver.sent().iter().all(|sent| sent.path != "/elsewhere"));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_told_by_slack_together_and_once() {
    let ((node, _folder), receiver) = (node().await, Receiver::start().await);
    let ann = node.register("ann").await;
    let app = node.node.app();
    let scope = Scope::new(ann.tenant.parse().unwrap(), Actor::System("test"), TraceId::new(&app.ambient));
    let happen = |n: u32| {
        let scope = scope.clone();
        async move {
            let mut tx = app.store.begin(&scope).await.unwrap();
            let new = NewReview {
                kind: format!("drift<{n}>"),
                subject: json!({}),
                proposal: json!({}),
                evidence: json!({}),
                ..NewReview::default()
            };
            tx.create_review(new).await.unwrap();
            tx.save().await.unwrap();
        }
    };
    happen(0).await;
    let asked = json!({"slack_url": receiver.url("/services/T0/secret-canary"), "kinds": ["failed", "review"]});
    let set = ann.request(Method::PUT, "/api/v1/admin/alerts").json(&asked).send().await.unwrap();
    assert_eq!(set.status(), StatusCode::OK);
    let shown = ann.json("/api/v1/admin/alerts").await;
    assert_eq!((&shown["slack_url"], &shown["kinds"]), (&json!("***"), &json!(["failed", "review"])));
    let tried = ann.request(Method::POST, "/api/v1/admin/alerts/test").send().await.unwrap();
    assert_eq!(tried.json::<Value>().await.unwrap(), json!({"delivered": true, "status": 200, "answer": "ok"}));
    receiver.until(1).await;

    // Two questions and a task that fails, then anything that makes the tenant's parts look.
    happen(1).await;
    happen(2).await;
    let mut tx = app.store.begin(&scope).await.unwrap();
    let epoch = app.store.directory().tenant_ref(scope.tenant()).await.unwrap().unwrap().owner.epoch;
    let id = tx.create_task(NewTask { kind: "sync".into(), ..NewTask::default() }).await.unwrap().id;
    tx.claim_tasks(epoch, &Room::new(1, 5)).await.unwrap();
    let why = json!({"code": "x.y", "message": "The source is away."});
    tx.finish_tasks(epoch, vec![(id, TaskOutcome::Failed(why))]).await.unwrap();
    tx.save().await.unwrap();
    ann.post("/api/v1/tasks", &json!({"kind": "noop"})).await;
    let text = receiver.until(2).await[1].json()["text"].as_str().unwrap().to_owned();
    assert_eq!(text.lines().count(), 3, "together: {text}");
    assert!(text.contains("*drift&lt;1&gt;*") && text.contains("The source is away."), "{text}");
    assert!(!text.contains("drift&lt;0"), "what was before is not told: {text}");

    // What comes up next is told next, and nothing twice.
    happen(3).await;
    ann.post("/api/v1/tasks", &json!({"kind": "noop"})).await;
    let text = receiver.until(3).await[2].json()["text"].as_str().unwrap().to_owned();
    assert!(text.lines().count() == 1 && text.contains("drift&lt;3&gt;"), "{text}");
    assert!(receiver.sent().iter().all(|sent| sent.path == "/services/T0/secret-canary"));
    assert!(!node.holds(b"secret-canary"), "the address is sealed at rest");
    let none = ann.request(Method::PUT, "/api/v1/admin/alerts").json(&json!({"slack_url": null})).send().await.unwrap();
    assert_eq!(none.json::<Value>().await.unwrap()["slack_url"], Value::Null);
    let tried = ann.request(Method::POST, "/api/v1/admin/alerts/test").send().await.unwrap();
    assert_eq!(problem(tried).await["code"], "alert.no_address");
}
