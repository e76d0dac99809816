//! Trees that cannot go on, with real panics in real actors: what is stopped, what is shown, who is told what, and how
//! it comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use autonomos_runtime::config::Config;
use autonomos_runtime::host::TenantHost as _;
use autonomos_runtime::store::{Directory, Store, Tx};
use autonomos_runtime::supervision::{Observed, Phase};
use autonomos_runtime::{Ambient, Kind, Result, Scope};

use crate::platform::shapes::NewTask;
use crate::testkit::node::TestNode;

/// A store in which the next read of an actor panics once it is told to: once, so that a tree that comes back finds it
/// well; of an actor, because the threads of the views answer a panic with an error.
struct Biting {
    store: Arc<dyn Store>,
    bites: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl Store for Biting {
    async fn begin(&self, scope: &Scope) -> Result<Box<dyn Tx>> {
        self.store.begin(scope).await
    }

    async fn read(&self, scope: &Scope) -> Result<Box<dyn Tx>> {
        let of_an_actor = std::thread::current().name() != Some("dcl-writer");
        assert!(!(of_an_actor && self.bites.swap(false, Ordering::SeqCst)), "the store bites");
        self.store.read(scope).await
    }

    fn directory(&self) -> &dyn Directory {
        self.store.directory()
    }

    fn ambient(&self) -> &Ambient {
        self.store.ambient()
    }

    async fn ping(&self) -> Result<()> {
        self.store.ping().await
    }

    async fn close(&self) {
        self.store.close().await;
    }
}

/// A node whose tenants are suspended at the first panic, and come back by themselves after so long at least.
async fn node(resume_seconds: u64) -> (TestNode, Arc<AtomicBool>) {
    let bites = Arc::new(AtomicBool::new(false));
    let switch = bites.clone();
    let configure = move |config: &mut Config| {
        config.tenant.actor_restarts = 0;
        config.tenant.escalations = 0;
        config.tenant.resume_seconds = resume_seconds;
        config.tenant.resume_most_seconds = 4 * resume_seconds;
    };
    let node = TestNode::over(configure, move |store| Arc::new(Biting { store, bites: switch })).await;
    (node, bites)
}

/// Out, which shows when the place of the tree says when it comes back.
fn out(seen: &Observed) -> bool {
    seen.state == Phase::Suspended && seen.extra["again_at"].is_string()
}

/// Lets the agents look at the views, which ends badly.
async fn bite(node: &TestNode, bites: &AtomicBool) -> Observed {
    let desk = node.platform.host().desk(&node.scope).await.unwrap();
    bites.store(true, Ordering::SeqCst);
    desk.materializer().wake();
    node.until("tenant", out).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_tenant_is_taken_out_and_shown_and_resumed() {
    let (node, bites) = node(3_600).await;
    let crm = node.demo("crm").await;
    node.sync(crm).await;
    let (host, scope) = (node.platform.host().clone(), node.scope.clone());
    let digest = node.digest().await;
    assert_eq!(host.suspension(&scope), None);

    let seen = bite(&node, &bites).await;
    let suspension = host.suspension(&scope).unwrap();
    // Which part read first is its own affair; that it is named is not.
    let named = ["dcl", "deliveries", "schedules", "playbooks", "tasks", "unify", "compaction", "agents", "repair"];
    let (why, last) = suspension.why.split_once("the last was ").unwrap();
    assert!(why.contains("too often") && last.ends_with(": the store bites"), "{suspension:?}");
    assert!(named.iter().any(|part| last.starts_with(part)), "{suspension:?}");
    assert_eq!((seen.last_error.as_ref(), suspension.times), (Some(&suspension.why), 1));
    assert!(host.running().is_empty());
    assert_eq!(node.parts().dcl.open_files(), 0);
    let left = node.platform.observed(&scope);
    assert_eq!(left.iter().map(|o| o.key.path()).collect::<Vec<_>>(), ["tenant"], "everybody else is stopped");

    // Whoever needs an actor is told, with the way out; whoever only reads is served.
    let refused = node.platform.sync_now(&scope, crm).await.unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Unavailable, "tenant.suspended"));
    assert!(refused.remedy.unwrap().contains("resumes"));
    assert_eq!(node.digest().await, digest);

    host.resume(&scope).await.unwrap();
    assert_eq!(host.suspension(&scope), None);
    node.until("tenant", |seen| seen.state == Phase::Running && seen.extra.is_null()).await;
    node.sync(crm).await;
    host.resume(&scope).await.unwrap();

    // The next time it stays away for longer.
    bite(&node, &bites).await;
    let again = host.suspension(&scope).unwrap();
    let pause = |s: &super::Suspension| (s.again_at - s.since).to_std().unwrap();
    assert_eq!(again.times, 2);
    assert!(pause(&suspension) <= Duration::from_hours(1) && pause(&again) >= Duration::from_hours(1));
    host.stop(&scope).await.unwrap();
    assert!(node.platform.observed(&scope).is_empty());
    // Stopped on purpose is not suspended: whoever asks starts it.
    node.sync(crm).await;
    host.stop_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_tenant_comes_back_by_itself() {
    let (node, bites) = node(1).await;
    let crm = node.demo("crm").await;
    node.sync(crm).await;
    let before = bite(&node, &bites).await;
    let after = node.until("tenant", |seen| seen.state == Phase::Running).await;
    assert!(after.generation > before.generation);
    node.until("connectors", |seen| seen.state == Phase::Running).await;
    node.sync(crm).await;
    node.platform.host().stop_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fenced_tenant_is_taken_out_and_comes_back_under_the_ownership_of_then() {
    let (node, _) = node(3_600).await;
    let crm = node.demo("crm").await;
    node.sync(crm).await;
    let host = node.platform.host().clone();
    let owned = host.desk(&node.scope).await.unwrap().epoch;
    host.stop(&node.scope).await.unwrap();
    // Somebody else took the tenant over and this node has not heard of it.
    host.start(&node.scope, owned - 1).await.unwrap();
    let task = node.platform.sync_now(&node.scope, crm).await.unwrap();
    node.until("tenant", out).await;
    let suspension = host.suspension(&node.scope).unwrap();
    assert!(suspension.why.contains("another ownership"), "{suspension:?}");
    assert!(host.running().is_empty() && node.parts().dcl.open_files() == 0);
    let noop = NewTask { kind: "noop".into(), payload: serde_json::json!({}), callback_url: None, max_attempts: None };
    assert_eq!(node.platform.create_task(&node.scope, noop).await.unwrap_err().code, "tenant.suspended");

    host.resume(&node.scope).await.unwrap();
    assert_eq!(host.desk(&node.scope).await.unwrap().epoch, owned);
    node.finished(task).await;
    host.stop_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tree_that_died_altogether_is_noticed_by_whoever_asks() {
    let (node, _) = node(3_600).await;
    let crm = node.demo("crm").await;
    let (host, parts) = (node.platform.host().clone(), node.parts());
    let root = super::tree::root(&host.desk(&node.scope).await.unwrap());
    assert!(parts.node.directory().kill(&root));
    let refused = loop {
        match node.platform.sync_now(&node.scope, crm).await {
            Err(error) if error.code == "tenant.suspended" => break error,
            other => drop(other),
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(refused.kind, Kind::Unavailable);
    host.resume(&node.scope).await.unwrap();
    node.sync(crm).await;
    host.stop_all().await;
}
