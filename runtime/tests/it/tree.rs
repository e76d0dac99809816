//! Trees under failure: what restarts, what is taken out, in which order things stop, and who does not notice.

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::supervision::{Intensity, Phase, Restart, Supervisor, TreeSpec};
use autonomos_runtime::{Error, Kind};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::probe::{Bench, Msg, SOON};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_killed_child_comes_back_under_the_same_address() {
    let bench = Bench::new();
    let tree = TreeSpec::ordered(bench.key("")).child(bench.probe("a")).child(bench.probe("b"));
    let root = Supervisor::start(&bench.node, tree).await.unwrap();
    let (a, b) = (bench.ask("a").await.unwrap(), bench.ask("b").await.unwrap());
    assert!(bench.node.directory().kill(&bench.key("a")));
    let seen = bench.until("a", Phase::Running, 1).await;
    assert_eq!((seen.restarts, seen.last_error.as_deref()), (1, Some("killed")));
    assert!(bench.ask("a").await.unwrap() > a, "a later incarnation");
    assert_eq!(bench.ask("b").await.unwrap(), b, "its sibling went on");
    root.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_with_its_words() {
    let bench = Bench::new();
    let root = Supervisor::start(&bench.node, TreeSpec::ordered(bench.key("")).child(bench.probe("a"))).await.unwrap();
    bench.address("a").cast(Msg::Panic("row 7 bites")).unwrap();
    assert_eq!(bench.until("a", Phase::Running, 1).await.last_error.as_deref(), Some("row 7 bites"));
    bench.address("a").cast(Msg::Fail(Error::unavailable("source.away", "the source is away"))).unwrap();
    let seen = bench.until("a", Phase::Running, 2).await;
    assert_eq!(seen.last_error.as_deref(), Some("source.away: the source is away"));
    root.stop().await;
}

#[tokio::test(start_paused = true)]
async fn starts_in_order_and_stops_in_reverse_through_subtrees() {
    let bench = Bench::new();
    let inner = TreeSpec::ordered(bench.key("inner")).child(bench.probe("inner/1")).child(bench.probe("inner/2"));
    let tree = TreeSpec::ordered(bench.key("")).child(bench.probe("sink")).subtree(inner).child(bench.probe("source"));
    let root = Supervisor::start(&bench.node, tree).await.unwrap();
    root.stop().await;
    let expected = [
        "start sink",
        "start inner/1",
        "start inner/2",
        "start source",
        "stop source",
        "stop inner/2",
        "stop inner/1",
        "stop sink",
    ];
    assert_eq!(*bench.log.lock(), expected);
    assert!(bench.node.observatory().everyone().is_empty(), "nothing is left on show");
    assert_eq!(format!("{:?}", bench.node.directory()), "{}");
}

#[tokio::test(start_paused = true)]
async fn drain_works_through_the_queue_and_stop_does_not() {
    for (drains, expected) in [(true, 50), (false, 0)] {
        let bench = Bench::new();
        let spec = if drains { bench.probe("a").drain(SECOND) } else { bench.probe("a").stop(SECOND) };
        let root = Supervisor::start(&bench.node, TreeSpec::ordered(bench.key("")).child(spec)).await.unwrap();
        bench.ask("a").await.unwrap();
        let gate = Arc::new(Semaphore::new(0));
        bench.address("a").cast(Msg::Hold(gate.clone())).unwrap();
        (0..50).for_each(|n| bench.address("a").cast(Msg::Note(n)).unwrap());
        let stopping = tokio::spawn(async move { root.stop().await });
        bench.until("a", Phase::Stopping, 0).await;
        tokio::task::yield_now().await;
        gate.add_permits(1);
        stopping.await.unwrap();
        let noted = bench.log.lock().iter().filter(|line| line.parse::<u64>().is_ok()).count();
        assert_eq!(noted, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn who_does_not_stop_in_time_is_killed() {
    let bench = Bench::new();
    let tree = TreeSpec::ordered(bench.key("")).child(bench.probe("good")).child(bench.probe("stubborn").stop(SECOND));
    let root = Supervisor::start(&bench.node, tree).await.unwrap();
    bench.address("stubborn").cast(Msg::Hold(Arc::new(Semaphore::new(0)))).unwrap();
    root.stop().await;
    let log = bench.log.lock();
    assert!(!log.contains(&"stop stubborn".into()) && log.contains(&"stop good".into()));
}

#[tokio::test(start_paused = true)]
async fn beyond_its_budget_a_child_is_quarantined_and_can_be_asked_back() {
    let bench = Bench::new();
    let tree =
        TreeSpec::ordered(bench.key("")).child(bench.probe("a")).child(bench.probe("b")).reports(bench.told.clone());
    let root = Supervisor::start(&bench.node, tree).await.unwrap();
    for restarts in 1..=3 {
        bench.address("a").cast(Msg::Panic("no")).unwrap();
        bench.until("a", Phase::Running, restarts).await;
    }
    bench.address("a").cast(Msg::Panic("never")).unwrap();
    let seen = bench.until("a", Phase::Quarantined, 3).await;
    assert_eq!((seen.restarts, seen.last_error.as_deref()), (3, Some("never")));
    assert_eq!(bench.ask("a").await.unwrap_err().kind, Kind::Unavailable);
    bench.ask("b").await.unwrap();
    assert!(bench.told.has("quarantined a: never"));
    root.restart_child(&bench.key("a")).await.unwrap();
    bench.ask("a").await.unwrap();
    assert!(bench.told.has("released a"));
    // Its budget is whole again.
    bench.address("a").cast(Msg::Panic("no")).unwrap();
    bench.until("a", Phase::Running, 5).await;
    root.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_probation_gives_another_chance() {
    let bench = Bench::new();
    let spec = bench.probe("a").intensity(Intensity::new(0, 30)).retry_after(Duration::from_mins(5));
    let tree = TreeSpec::ordered(bench.key("")).child(spec).reports(bench.told.clone());
    let root = Supervisor::start(&bench.node, tree).await.unwrap();
    bench.address("a").cast(Msg::Panic("no")).unwrap();
    bench.until("a", Phase::Quarantined, 0).await;
    tokio::time::advance(Duration::from_secs(301)).await;
    bench.until("a", Phase::Running, 1).await;
    bench.ask("a").await.unwrap();
    root.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_start_that_fails_is_a_failure_like_any_other() {
    let bench = Bench::new();
    let tree = TreeSpec::ordered(bench.key(""))
        .child(bench.probe_with("a", |args| args.bad_start = true))
        .child(bench.probe("b"));
    let root = Supervisor::start(&bench.node, tree).await.unwrap();
    let seen = bench.until("a", Phase::Quarantined, 3).await;
    assert!(seen.last_error.unwrap().contains("cannot start"));
    bench.ask("b").await.unwrap();
    root.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_bad_beside_fifty_good() {
    let bench = Bench::new();
    let mut connectors = TreeSpec::dynamic(bench.key("connectors"))
        .child(bench.probe_with("connectors/bad", |args| args.bad_work = true));
    for n in 0..50 {
        connectors = connectors.child(bench.probe(&format!("connectors/{n}")));
    }
    let root = Supervisor::start(
        &bench.node,
        TreeSpec::ordered(bench.key("")).subtree(connectors).reports(bench.told.clone()),
    )
    .await
    .unwrap();
    let mut before = Vec::new();
    for n in 0..50 {
        before.push(bench.ask(&format!("connectors/{n}")).await.unwrap());
    }
    bench.until("connectors/bad", Phase::Quarantined, 3).await;
    for (n, before) in before.into_iter().enumerate() {
        assert_eq!(bench.ask(&format!("connectors/{n}")).await.unwrap(), before, "not one was restarted");
    }
    let down = bench.node.observatory().unhealthy(&bench.scope, bench.node.ambient().now());
    assert_eq!(down.iter().map(|(_, seen)| seen.key.path()).collect::<Vec<_>>(), ["connectors/bad"]);
    assert!(bench.told.has("quarantined connectors/bad: the source bites"));
    root.stop().await;
}

#[tokio::test(start_paused = true)]
async fn too_many_quarantines_suspend_the_tree_and_nobody_else() {
    let (bench, other) = (Bench::new(), Bench::new());
    let never = Intensity::new(0, 30);
    let mut tree =
        TreeSpec::ordered(bench.key("")).escalation(Some(Intensity::new(2, 300))).reports(bench.told.clone());
    for path in ["a", "b", "c", "d"] {
        tree = tree.child(bench.probe(path).intensity(never));
    }
    let neighbour = TreeSpec::ordered(other.key("")).child(other.probe("a"));
    let neighbour = Supervisor::start(&other.node, neighbour).await.unwrap();
    let root = Supervisor::start(&bench.node, tree.clone()).await.unwrap();
    assert!(root.is_live());
    for path in ["a", "b", "c"] {
        bench.address(path).cast(Msg::Panic("no")).unwrap();
    }
    let seen = bench.until("", Phase::Suspended, 0).await;
    assert!(seen.last_error.unwrap().contains("no"));
    root.suspend("not this", json!({"again_at": "soon"})).await;
    assert!(!root.is_live());
    assert!(
        bench.told.has("suspended ") && bench.log.lock().contains(&"stop d".into()),
        "the last one stopped in order"
    );
    assert_eq!(bench.ask("d").await.unwrap_err().kind, Kind::Unavailable);
    other.ask("a").await.unwrap();
    // Its place shows what became of it, and nothing else is left.
    let shown = bench.node.observatory().snapshot(&bench.scope);
    assert_eq!(shown.iter().map(|o| (o.key.path(), o.state)).collect::<Vec<_>>(), [("", Phase::Suspended)]);
    assert!(shown[0].last_error.as_ref().is_some_and(|why| why.contains("no") && !why.contains("not this")));
    assert_eq!(shown[0].extra["again_at"], "soon");
    // It can be started again.
    let again = Supervisor::start(&bench.node, tree).await.unwrap();
    bench.ask("a").await.unwrap();
    assert_eq!(bench.node.observatory().get(&bench.key("")).unwrap().extra, json!(null));
    again.stop().await;
    assert!(bench.node.observatory().snapshot(&bench.scope).is_empty());
    neighbour.stop().await;
}

#[tokio::test(start_paused = true)]
async fn children_come_and_go_and_outlive_their_supervisor() {
    let bench = Bench::new();
    let tree = TreeSpec::ordered(bench.key("")).subtree(TreeSpec::dynamic(bench.key("runs")));
    let root = Supervisor::start(&bench.node, tree).await.unwrap();
    let runs = Supervisor::at(&bench.node, &bench.key("runs"));
    runs.start_child(bench.probe("runs/1")).await.unwrap();
    runs.start_child(bench.probe("runs/2")).await.unwrap();
    assert_eq!(runs.start_child(bench.probe("runs/2")).await.unwrap_err().kind, Kind::Conflict);
    let first = bench.ask("runs/1").await.unwrap();
    runs.stop_child(&bench.key("runs/2")).await.unwrap();
    runs.stop_child(&bench.key("runs/2")).await.unwrap();
    assert_eq!(bench.ask("runs/2").await.unwrap_err().kind, Kind::Unavailable);
    assert_eq!(runs.restart_child(&bench.key("runs/2")).await.unwrap_err().kind, Kind::NotFound);

    assert!(bench.node.directory().kill(&bench.key("runs")));
    bench.until("runs", Phase::Running, 1).await;
    assert!(bench.ask("runs/1").await.unwrap() > first, "the next supervisor starts what the last one had");
    assert_eq!(runs.children().await.unwrap(), [bench.key("runs/1")]);

    let second = bench.ask("runs/1").await.unwrap();
    runs.restart_child(&bench.key("runs/1")).await.unwrap();
    assert!(bench.ask("runs/1").await.unwrap() > second);
    root.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_slow_stop_of_one_child_does_not_hold_up_the_others() {
    let bench = Bench::new();
    let tree = TreeSpec::dynamic(bench.key("")).child(bench.probe("slow")).child(bench.probe("b"));
    let root = Supervisor::start(&bench.node, tree).await.unwrap();
    let gate = Arc::new(Semaphore::new(0));
    bench.address("slow").cast(Msg::Hold(gate.clone())).unwrap();
    let stopping = tokio::spawn({
        let (root, key) = (root.clone(), bench.key("slow"));
        async move { root.stop_child(&key).await }
    });
    bench.until("slow", Phase::Stopping, 0).await;
    root.restart_child(&bench.key("b")).await.unwrap();
    root.start_child(bench.probe("c")).await.unwrap();
    assert_eq!(root.restart_child(&bench.key("slow")).await.unwrap_err().kind, Kind::Conflict);
    gate.add_permits(1);
    stopping.await.unwrap().unwrap();
    root.stop().await;
}

#[tokio::test(start_paused = true)]
async fn who_is_done_leaves() {
    let bench = Bench::new();
    let tree = TreeSpec::dynamic(bench.key(""))
        .child(bench.probe("done").restart(Restart::Transient))
        .child(bench.probe("once").restart(Restart::Temporary))
        .child(bench.probe("always"));
    let root = Supervisor::start(&bench.node, tree).await.unwrap();
    bench.address("done").cast(Msg::Fail(Error::busy("probe.no", "no"))).unwrap();
    bench.until("done", Phase::Running, 1).await;
    bench.address("done").cast(Msg::End).unwrap();
    bench.until_gone("done").await;
    bench.address("once").cast(Msg::Panic("no")).unwrap();
    bench.until_gone("once").await;
    bench.address("always").cast(Msg::End).unwrap();
    bench.until("always", Phase::Running, 1).await;
    assert_eq!(root.children().await.unwrap(), [bench.key("always")]);
    root.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_fenced_child_is_not_tried_again() {
    let bench = Bench::new();
    let tree = TreeSpec::ordered(bench.key("")).child(bench.probe("a")).reports(bench.told.clone());
    let root = Supervisor::start(&bench.node, tree).await.unwrap();
    bench.address("a").cast(Msg::Fail(Error::fenced("store.fenced", "another node owns the tenant"))).unwrap();
    bench.until_gone("a").await;
    assert!(bench.told.has("fenced a"));
    // Whoever runs the tree takes it out, in order, and says so.
    root.suspend("another node owns the tenant", json!(null)).await;
    let shown = bench.node.observatory().get(&bench.key("")).unwrap();
    assert_eq!((shown.state, shown.last_error.as_deref()), (Phase::Suspended, Some("another node owns the tenant")));
    root.stop().await;
    assert_eq!(bench.node.observatory().snapshot(&bench.scope).len(), 0);
}

#[tokio::test(start_paused = true)]
async fn calls_end_at_their_deadline_or_with_the_actor() {
    let bench = Bench::new();
    let root = Supervisor::start(&bench.node, TreeSpec::ordered(bench.key("")).child(bench.probe("a"))).await.unwrap();
    let a = bench.address("a");
    assert_eq!(a.call(SECOND, Msg::Swallow).await.unwrap_err().kind, Kind::Busy);
    let waiting = tokio::spawn({
        let a = a.clone();
        async move { a.call(SOON, Msg::Swallow).await }
    });
    bench.ask("a").await.unwrap();
    a.cast(Msg::Panic("no")).unwrap();
    assert_eq!(waiting.await.unwrap().unwrap_err().kind, Kind::Unavailable);
    assert_eq!(bench.ask("nobody").await.unwrap_err().kind, Kind::Unavailable);
    let wrong = bench.node.address::<u64>(&bench.key("a"));
    bench.until("a", Phase::Running, 1).await;
    assert_eq!(wrong.cast(7).unwrap_err().kind, Kind::Internal);
    root.stop().await;
}
