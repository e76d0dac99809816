//! Against real peers: what is connected to, what is not, and by whose word.

use std::collections::VecDeque;
use std::net::IpAddr;

use autonomos_runtime::ids::{TenantId, TraceId};
use autonomos_runtime::{Actor, Kind};
use parking_lot::Mutex;

use super::*;
use crate::testkit::peer::{Peer, Reply};

/// Answers each lookup with the next of these, and goes on with the last.
struct Fickle {
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
}

impl Fickle {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let read = |all: &&[&str]| all.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self { answers: Mutex::new(answers.iter().map(read).collect()) })
    }
}

#[async_trait::async_trait]
impl Lookup for Fickle {
    async fn addresses(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        let mut answers = self.answers.lock();
        let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        next.ok_or_else(|| std::io::Error::other("no such name"))
    }
}

fn scope(n: u32) -> Scope {
    let tenant: TenantId = format!("00000000-0000-0000-0000-{n:012}").parse().unwrap();
    Scope::new(tenant, Actor::System("test"), TraceId::new(&Ambient::system()))
}

fn outside(allow: &[&str], answers: &[&[&str]]) -> Outside {
    let mut config = Config::defaults().unwrap();
    config.outside.allow = allow.iter().map(|net| (*net).to_owned()).collect();
    config.resilience.http.timeout_seconds = 30;
    let lookup: Arc<dyn Lookup> = Fickle::new(answers);
    Outside::new(&config, &lookup, Ambient::system()).unwrap()
}

async fn post(outside: &Outside, url: &str) -> Result<Answer> {
    outside.post(&scope(1), url, &[("webhook-id", "msg_1")], Bytes::from_static(b"{}")).await
}

#[tokio::test]
async fn a_name_is_judged_by_the_address_that_is_connected_to() {
    let peer = Peer::start().await;
    // At first it means a public address; by the time of connecting it means this machine.
    let outside = outside(&[], &[&["93.184.215.14"], &["127.0.0.1"]]);
    let url = format!("https://rebinding.example:{}/", peer.address.port());
    outside.check(&url).await.unwrap();
    let refused = post(&outside, &url).await.unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Invalid, "outside.address"), "{}", refused.chain());
    assert!(refused.message.contains("leads inside"));
    assert!(peer.sent().is_empty());
    // The next time it is refused beforehand.
    assert_eq!(outside.check(&url).await.unwrap_err().code, "outside.address");
}

#[tokio::test]
async fn a_name_that_changes_its_mind_between_two_calls_is_looked_at_each_time() {
    let peer = Peer::start().await;
    let outside = outside(&["127.0.0.1"], &[&["127.0.0.1"], &["127.0.0.2"]]);
    // Closed after its answer, so that the second call connects anew.
    peer.replies([Reply { header: Some(("connection", "close".into())), ..Reply::status(200) }]);
    let url = peer.url("fickle.example", "/hook");
    assert_eq!(post(&outside, &url).await.unwrap().status, 200);
    assert_eq!(post(&outside, &url).await.unwrap_err().code, "outside.address");
    assert_eq!(peer.sent().len(), 1);
}

#[tokio::test]
async fn one_address_inside_among_others_is_enough_to_refuse() {
    let outside = outside(&[], &[&["93.184.215.14", "10.0.0.7"]]);
    assert_eq!(outside.check("https://mixed.example/").await.unwrap_err().code, "outside.address");
    assert_eq!(post(&outside, "https://mixed.example/").await.unwrap_err().code, "outside.address");
}

#[tokio::test]
async fn what_is_allowed_is_called_with_what_was_given() {
    let peer = Peer::start().await;
    let outside = outside(&["127.0.0.0/8"], &[&["127.0.0.1"]]);
    peer.replies([Reply { status: 202, header: Some(("retry-after", "7".into())), body: "x".repeat(5000) }]);
    let answer = post(&outside, &peer.url("hooks.example", "/a?b=c")).await.unwrap();
    assert_eq!((answer.status, answer.retry_after), (202, Some(Duration::from_secs(7))));
    assert_eq!(answer.beginning.len(), KEPT, "an answer has an end");
    let sent = &peer.sent()[0];
    assert_eq!((&*sent.path, sent.headers["webhook-id"].to_str().unwrap()), ("/a?b=c", "msg_1"));
    assert_eq!(sent.headers["host"].to_str().unwrap(), format!("hooks.example:{}", peer.address.port()));
}

#[tokio::test]
async fn nobody_is_followed_elsewhere() {
    let (peer, other) = (Peer::start().await, Peer::start().await);
    let outside = outside(&["127.0.0.0/8"], &[&["127.0.0.1"]]);
    for status in [301, 302, 303, 307, 308] {
        let to = other.url("127.0.0.1", "/inside");
        peer.replies([Reply { header: Some(("location", to)), ..Reply::status(status) }]);
        let answer = post(&outside, &peer.url("127.0.0.1", "/")).await.unwrap();
        assert!(answer.status == status && !answer.is_success());
    }
    assert_eq!((peer.sent().len(), other.sent().len()), (5, 0));
}

#[tokio::test]
async fn one_tenants_dead_peer_is_nobody_elses_trouble() {
    let peer = Peer::start().await;
    let outside = outside(&["127.0.0.1"], &[&["127.0.0.1"]]);
    peer.replies(std::iter::repeat_n(Reply::status(503), 5));
    let url = peer.url("127.0.0.1", "/");
    for _ in 0..5 {
        assert_eq!(post(&outside, &url).await.unwrap().status, 503);
    }
    let refused = post(&outside, &url).await.unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Unavailable, "outside.open"));
    let others = outside.post(&scope(2), &url, &[], Bytes::new()).await.unwrap();
    assert_eq!((others.status, peer.sent().len()), (204, 6));
}

#[tokio::test]
async fn whoever_is_not_there_may_be_there_later() {
    let gone = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let outside = outside(&["127.0.0.1"], &[]);
    let error = post(&outside, &format!("http://{gone}/secret-path")).await.unwrap_err();
    assert_eq!((error.kind, error.code), (Kind::Unavailable, "outside.away"));
    assert!(!error.chain().contains("secret-path"), "an address may hold a secret: {}", error.chain());
    // A name that means nothing now is taken, and found out when it is used.
    outside.check("https://nobody.example/").await.unwrap();
    assert_eq!(post(&outside, "https://nobody.example/").await.unwrap_err().code, "outside.away");
}
