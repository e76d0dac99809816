//! The bus against a Redis that is killed, emptied, frozen, full, or written into by somebody else. What must hold each
//! time: whoever publishes notices nothing, whoever listens gets a sequence without holes or is told, this node's own
//! events are all there, and within five seconds after Redis is well again all nodes see the same.

use std::time::Duration;

use autonomos_cluster::redis::bus::{self, Health, Makings};
use autonomos_cluster::redis::link::Place;
use autonomos_cluster::redis::seal::Secrets;
use autonomos_cluster::testkit::redis::Server;
use autonomos_runtime::bus::{Delivery, EventBus as _, Fact, Limits, Rings, Subscription, Topic};
use autonomos_runtime::ids::{TenantId, TraceId};
use autonomos_runtime::{Actor, Ambient, Scope};
use tokio::sync::watch;

/// Within which everybody sees the same again.
const BACK: Duration = Duration::from_secs(5);

struct Node {
    name: &'static str,
    bus: Rings,
    health: watch::Receiver<Health>,
    scope: Scope,
    listener: Subscription,
    last: Option<u64>,
    said: u64,
}

/// What was heard, as far as these tests care.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Heard {
    Said(String, u64),
    Gap(String),
    Reset,
}

async fn start(url: &str, name: &'static str, secret: &str, scope: &Scope) -> Node {
    let makings = Makings {
        ambient: Ambient::system(),
        limits: Limits::default(),
        place: Place::of(url, Duration::from_millis(300)).unwrap(),
        node: name.to_owned(),
        secrets: Secrets::new([secret]),
    };
    let (bus, health) = bus::start(makings).await;
    bus.settled(scope).await;
    let listener = bus.subscribe(scope, None);
    Node { name, bus, health, scope: scope.clone(), listener, last: None, said: 0 }
}

fn tenant() -> Scope {
    let ambient = Ambient::system();
    Scope::new(TenantId::new(&ambient), Actor::System("test"), TraceId::new(&ambient))
}

async fn pair(redis: &Server) -> (Node, Node) {
    let scope = tenant();
    let a = start(&redis.url(), "a", "secret", &scope).await;
    let b = start(&redis.url(), "b", "secret", &scope).await;
    (a, b)
}

impl Node {
    fn say(&mut self) {
        self.said += 1;
        let data = serde_json::json!({"by": self.name, "n": self.said});
        self.bus.publish(&self.scope, Fact::new(Topic::SourcesConnected, data));
    }

    async fn until(&self, health: Health) {
        let mut told = self.health.clone();
        let within = Duration::from_secs(10);
        tokio::time::timeout(within, told.wait_for(|now| *now == health)).await.expect("in time").unwrap();
    }

    /// The next thing that is heard. There is no hole that nobody told of.
    async fn next(&mut self) -> Heard {
        let heard = tokio::time::timeout(Duration::from_secs(10), self.listener.next()).await;
        match heard.unwrap_or_else(|_| panic!("{} hears something", self.name)).unwrap() {
            Delivery::Event(event) => {
                assert!(
                    self.last.is_none_or(|last| event.seq == last + 1),
                    "{}: {} after {:?}",
                    self.name,
                    event.seq,
                    self.last
                );
                self.last = Some(event.seq);
                match event.data["by"].as_str() {
                    Some(by) => Heard::Said(by.to_owned(), event.data["n"].as_u64().unwrap()),
                    None => Heard::Gap(event.data["reason"].as_str().unwrap().to_owned()),
                }
            }
            Delivery::Reset { .. } | Delivery::Missed { .. } => {
                self.last = None;
                Heard::Reset
            }
        }
    }

    /// Everything up to what somebody said.
    async fn hear_until(&mut self, by: &str, n: u64) -> Vec<Heard> {
        self.hear_up_to(&Heard::Said(by.to_owned(), n)).await
    }

    /// Everything until both words were heard, or a reset; which.
    async fn hear_words(&mut self, words: [(&str, u64); 2], heard: &mut Vec<Heard>) -> bool {
        let mut missing: Vec<Heard> = words.iter().map(|(by, n)| Heard::Said((*by).to_owned(), *n)).collect();
        while !missing.is_empty() {
            let next = self.next().await;
            missing.retain(|word| *word != next);
            heard.push(next);
            if heard.last() == Some(&Heard::Reset) {
                return true;
            }
        }
        false
    }

    /// Everything up to a word that something may be missing.
    async fn hear_of(&mut self, gap: &str) -> Vec<Heard> {
        self.hear_up_to(&Heard::Gap(gap.to_owned())).await
    }

    async fn hear_up_to(&mut self, last: &Heard) -> Vec<Heard> {
        let mut heard = Vec::new();
        while heard.last() != Some(last) {
            heard.push(self.next().await);
            assert!(heard.len() < 100_000, "{} hears no end of it", self.name);
        }
        heard
    }
}

/// All that a node said is in what was heard; what is not, a reset told of.
fn has_all_of(heard: &[Heard], by: &str, numbers: std::ops::RangeInclusive<u64>) {
    for n in numbers {
        let there = heard.contains(&Heard::Said(by.to_owned(), n));
        assert!(there || heard.contains(&Heard::Reset), "{by} {n} is missing in {heard:?}");
    }
}

/// Redis is well: both hear each other in time, and then the same in the same places. Who is told a reset may have missed
/// what was said before it, so it is said once more.
async fn agree(a: &mut Node, b: &mut Node) -> (Vec<Heard>, Vec<Heard>) {
    a.until(Health::Up).await;
    b.until(Health::Up).await;
    let (mut at_a, mut at_b) = (Vec::new(), Vec::new());
    let both = async {
        loop {
            a.say();
            b.say();
            let words = [("a", a.said), ("b", b.said)];
            let reset_a = a.hear_words(words, &mut at_a).await;
            let reset_b = b.hear_words(words, &mut at_b).await;
            if !reset_a && !reset_b {
                break;
            }
        }
    };
    tokio::time::timeout(BACK, both).await.expect("within five seconds all is as it was");
    assert_eq!(a.last, b.last, "the same place");
    (at_a, at_b)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_under_load_and_empty_when_it_is_back() {
    let redis = Server::start();
    let (mut a, mut b) = pair(&redis).await;
    for _ in 0..500 {
        a.say();
        b.say();
    }
    redis.kill();
    for _ in 0..500 {
        a.say();
        b.say();
    }
    a.until(Health::Away).await;
    b.until(Health::Away).await;
    for node in [&mut a, &mut b] {
        node.say();
        let alone = node.hear_until(node.name, 1001).await;
        assert!(alone.contains(&Heard::Gap("redis_away".to_owned())) && !alone.contains(&Heard::Reset));
        has_all_of(&alone, node.name, 1..=1001);
    }
    redis.start_again();
    agree(&mut a, &mut b).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn emptied_under_load() {
    let redis = Server::start();
    let (mut a, mut b) = pair(&redis).await;
    for _ in 0..200 {
        a.say();
    }
    a.hear_until("a", 200).await;
    for round in 0..5 {
        for _ in 0..100 {
            a.say();
            b.say();
        }
        redis.command::<()>(&["FLUSHALL"]).await;
        let (at_a, at_b) = agree(&mut a, &mut b).await;
        has_all_of(&at_a, "a", a.said - 100..=a.said);
        has_all_of(&at_b, "b", b.said - 100..=b.said);
        assert!(
            round > 0 || at_a.iter().chain(&at_b).any(|heard| matches!(heard, Heard::Gap(_) | Heard::Reset)),
            "{at_a:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn frozen_under_load() {
    let redis = Server::start();
    let (mut a, mut b) = pair(&redis).await;
    agree(&mut a, &mut b).await;
    redis.freeze();
    for _ in 0..100 {
        a.say();
        b.say();
    }
    for node in [&mut a, &mut b] {
        let own = tokio::time::timeout(Duration::from_secs(2), node.hear_until(node.name, 101));
        let own = own.await.expect("its own go on");
        assert!(!own.contains(&Heard::Reset), "{own:?}");
        has_all_of(&own, node.name, 2..=101);
        node.until(Health::Away).await;
    }
    redis.thaw();
    agree(&mut a, &mut b).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_wait_for_a_moment_nobody_notices() {
    let redis = Server::start();
    let (mut a, mut b) = pair(&redis).await;
    redis.command::<()>(&["CLIENT", "PAUSE", "100"]).await;
    a.say();
    b.say();
    let (at_a, at_b) = agree(&mut a, &mut b).await;
    assert!(at_a.iter().chain(&at_b).all(|heard| matches!(heard, Heard::Said(..))), "{at_a:?} {at_b:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn full_it_refuses_and_events_stay_here_until_there_is_room() {
    let redis = Server::start();
    let (mut a, mut b) = pair(&redis).await;
    agree(&mut a, &mut b).await;
    redis.command::<()>(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]).await;
    redis.command::<()>(&["CONFIG", "SET", "maxmemory", "1"]).await;
    a.say();
    // What was on its way comes first, and then why it may not have got there.
    let full = a.hear_of("redis_refuses").await;
    has_all_of(&full, "a", 2..=2);
    a.until(Health::Refuses).await;
    redis.command::<()>(&["CONFIG", "SET", "maxmemory", "0"]).await;
    let (at_a, at_b) = agree(&mut a, &mut b).await;
    has_all_of(&at_b, "a", 2..=3);
    assert!(!at_a.contains(&Heard::Reset) && !at_b.contains(&Heard::Reset), "nobody else spoke: the numbers stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_wrong_password_events_stay_here() {
    let redis = Server::shared();
    let mut a = start(&redis.url_of_a_stranger(), "a", "secret", &tenant()).await;
    assert_eq!(*a.health.borrow(), Health::Away);
    a.say();
    has_all_of(&a.hear_until("a", 1).await, "a", 1..=1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_writes_is_not_believed() {
    let redis = Server::shared();
    let (mut a, mut b) = pair(redis).await;
    agree(&mut a, &mut b).await;
    let tenant = a.scope.tenant();
    let (head, channel) = (format!("live:head:{tenant}"), format!("live:heads:{tenant}"));
    let next = (a.last.unwrap() + 1).to_string();
    let text = r#"{"seq":1,"at":"2026-01-01T00:00:00Z","topic":"sources_connected","trace_id":"00000000000000000000000000000001","data":{"by":"a","n":77}}"#;
    let stream = format!("live:flow:{tenant}");
    let id = format!("{next}-0");
    redis.command::<()>(&["XADD", &stream, &id, "by", "a x", "n", "9", "event", text, "mac", "guessed"]).await;
    redis.command::<()>(&["HSET", &head, "head", &next]).await;
    redis.command::<()>(&["PUBLISH", &channel, &next]).await;
    assert_eq!(a.next().await, Heard::Gap("forged".to_owned()));
    assert_eq!(b.next().await, Heard::Gap("forged".to_owned()));

    // Nor is somebody with another secret, or a message that is said again.
    let mut stranger = start(&redis.url(), "c", "another secret", &a.scope).await;
    stranger.say();
    assert_eq!(a.next().await, Heard::Gap("forged".to_owned()));
    agree(&mut a, &mut b).await;

    // A head that is no number, and a key that is no stream.
    redis.command::<()>(&["HSET", &head, "head", "many"]).await;
    a.say();
    let heard = a.hear_until("a", a.said).await;
    assert!(heard.contains(&Heard::Gap("spoiled".to_owned())), "{heard:?}");
    redis.command::<()>(&["SET", &head, "mine"]).await;
    agree(&mut a, &mut b).await;
}

/// A life of the node that says one thing and ends: in order, or as a process that is killed.
async fn live_once(redis: &'static Server, scope: &Scope, in_order: bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let scope = scope.clone();
    let life = runtime.spawn(async move {
        let mut node = start(&redis.url(), "once", "secret", &scope).await;
        node.say();
        node.hear_until("once", 1).await;
        if in_order {
            node.bus.close().await;
        }
        node
    });
    let node = life.await.unwrap();
    // Nothing of it runs any more when its bus is dropped, so it cannot take its leave.
    runtime.shutdown_background();
    drop(node);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_ends_without_order_is_told_of_and_one_that_ends_in_order_is_not() {
    let redis = Server::shared();
    let (mut a, mut b) = pair(redis).await;
    agree(&mut a, &mut b).await;
    let scope = a.scope.clone();
    live_once(redis, &scope, true).await;
    live_once(redis, &scope, false).await;
    live_once(redis, &scope, true).await;
    let once = Heard::Said("once".to_owned(), 1);
    let crash = Heard::Gap("crash".to_owned());
    for node in [&mut a, &mut b] {
        let mut heard = Vec::new();
        while heard.iter().filter(|heard| **heard == once).count() < 3 {
            heard.push(node.next().await);
        }
        assert_eq!(heard, [once.clone(), once.clone(), crash.clone(), once.clone()]);
    }
}
