//! Leases of real processes on a real PostgreSQL: a process is killed, or stopped and woken again, and another takes over what
//! it owned; nothing that it was told is committed is lost, and nothing that it tries afterwards is written.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use autonomos_cluster::heart::{Heart, Makings};
use autonomos_cluster::lease::Terms;
use autonomos_cluster::membership::Watch;
use autonomos_cluster::routing::Routes;
use autonomos_cluster::sweep::{Act, Here, Rules, sweep};
use autonomos_runtime::authority::{Authority, Instance, Joining, NodeId, Title};
use autonomos_runtime::holder::Holder;
use autonomos_runtime::ids::{IncarnationId, TenantId, TraceId};
use autonomos_runtime::store::Store;
use autonomos_runtime::store::postgres::authority::PostgresAuthority;
use autonomos_runtime::store::postgres::{PostgresOptions, PostgresStore};
use autonomos_runtime::testkit::postgres::{Server, StoreUrls};
use autonomos_runtime::{Actor, Ambient, Error, Kind, Result, Scope};

const URL: &str = "AUTONOMOS_TEST_CLUSTER_URL";
/// Shorter than in earnest, so that tests are.
const TTL: Duration = Duration::from_secs(2);

struct Node {
    holder: Arc<Holder>,
    options: PostgresOptions,
    ambient: Ambient,
}

impl Node {
    fn new(url: &str, name: &str) -> Self {
        let ambient = Ambient::system();
        let me = Instance { node: NodeId::new(name), incarnation: IncarnationId::new(&ambient) };
        let holder = Arc::new(Holder::new(me));
        let options =
            PostgresOptions { node_id: name.into(), holder: Some(Arc::clone(&holder)), ..PostgresOptions::new(url) };
        Self { holder, options, ambient }
    }

    fn authority(&self) -> PostgresAuthority {
        PostgresAuthority::new(&self.options, Duration::from_secs(1)).unwrap()
    }

    async fn store(&self) -> PostgresStore {
        PostgresStore::open(self.options.clone(), self.ambient.clone()).await.unwrap()
    }

    async fn start(&self, stuck: Duration) -> Result<Heart> {
        Heart::start(Makings {
            authority: Arc::new(self.authority()),
            holder: Arc::clone(&self.holder),
            joining: Joining { address: "http://here".into(), version: "1".into(), weight: 1 },
            terms: Terms::of(TTL),
            stuck,
            ambient: self.ambient.clone(),
        })
        .await
    }

    fn scope(&self, title: &Title) -> Scope {
        Scope::new(title.tenant, Actor::System("test"), TraceId::new(&self.ambient)).under(title.epoch)
    }

    fn holds(&self) -> bool {
        self.holder.holds(self.ambient.elapsed())
    }

    /// Sweeps as a node does, until it owns a tenant.
    async fn takes_over(&self, tenant: TenantId) -> Title {
        let (authority, mut watch, mut routes) = (self.authority(), Watch::default(), Routes::default());
        let rules = Rules { terms: Terms::of(TTL), leftover: Duration::ZERO, ..Rules::default() };
        let (running, mut pace) = (BTreeMap::new(), tokio::time::interval(Duration::from_millis(100)));
        loop {
            pace.tick().await;
            let sent = self.ambient.elapsed();
            let view = authority.view().await.unwrap();
            let now = self.ambient.elapsed();
            routes.see(&view);
            let silent = watch.see(&view, self.holder.me(), &rules.terms, sent, now);
            let here = Here {
                me: self.holder.me(),
                held: self.holder.holds(now),
                running: &running,
                unsettled: &running,
                routes: &routes,
                watch: &watch,
            };
            for act in sweep(&view, silent, here, &rules, now) {
                match act {
                    Act::DeclareDead(silent) => {
                        authority.declare_dead(&silent.instance, silent.beat, TTL).await.unwrap();
                    }
                    Act::TakeOver(tenants) => {
                        let titles = authority.take_over(self.holder.me(), &tenants).await.unwrap();
                        if let Some(title) = titles.into_iter().find(|title| title.tenant == tenant) {
                            return title;
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

async fn database() -> StoreUrls {
    let urls = Server::shared().store().await;
    let owner =
        PostgresOptions { owner_url: Some(urls.owner.clone()), alone: false, ..PostgresOptions::new(&urls.app) };
    PostgresStore::open(owner, Ambient::system()).await.unwrap();
    urls
}

/// Looks until something is so.
async fn until(so: impl Fn() -> bool) {
    let mut pace = tokio::time::interval(Duration::from_millis(20));
    while !so() {
        pace.tick().await;
    }
}

/// Counts up in a setting, a transaction a step.
async fn step(store: &dyn Store, scope: &Scope) -> Result<u64> {
    let mut tx = store.begin(scope).await?;
    let before = tx.setting("count").await?.and_then(|setting| setting.value.as_u64());
    let next = before.unwrap_or(0) + 1;
    tx.put_setting("count", Some(next.into())).await?;
    tx.save().await.map(|()| next)
}

/// The process that is killed; started by the tests below.
#[tokio::test]
#[ignore = "runs until it is killed"]
async fn the_owner() {
    let Ok(url) = std::env::var(URL) else { return };
    let node = Node::new(&url, "owner");
    let store = node.store().await;
    let _heart = node.start(Duration::from_hours(1)).await.unwrap();
    let tenant = store.directory().create_tenant("A").await.unwrap().id;
    println!("tenant {tenant}");
    let scope = node.scope(&Title { tenant, holder: node.holder.me().clone(), epoch: 1 });
    loop {
        match step(&store, &scope).await {
            Ok(count) => println!("committed {count}"),
            Err(error) if ["owner.lapsed", "owner.fenced"].contains(&error.code) => {
                return println!("stopped {}", error.code);
            }
            // What was open when it was stopped, the server has ended meanwhile.
            Err(error) => assert!(error.retryable(), "{}", error.chain()),
        }
    }
}

struct Owner {
    process: Child,
    lines: Box<dyn Iterator<Item = String>>,
}

impl Owner {
    fn start(url: &str) -> (Self, TenantId) {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["the_owner", "--exact", "--ignored", "--nocapture"])
            .env(URL, url)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut owner = Self { process, lines: Box::new(lines) };
        let tenant = owner.says("tenant").parse().unwrap();
        (owner, tenant)
    }

    /// The rest of the next line that begins so.
    fn says(&mut self, word: &str) -> String {
        let mut said = self.lines.by_ref().filter_map(|line| Some(line.strip_prefix(word)?.trim().to_owned()));
        said.next().expect("it says so before it ends")
    }

    fn signal(&self, which: &str) {
        let done = Command::new("kill").args([which, &self.process.id().to_string()]).status().unwrap();
        assert!(done.success());
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_owner_committed_is_taken_over() {
    let urls = database().await;
    let (mut owner, tenant) = Owner::start(&urls.app);
    let heir = Node::new(&urls.app, "heir");
    let store = heir.store().await;
    let _heart = heir.start(Duration::from_hours(1)).await.unwrap();
    let mut answered = 0;
    for _ in 0..20 {
        answered = owner.says("committed").parse().unwrap();
    }
    owner.signal("-KILL");
    let killed = heir.ambient.elapsed();
    let title = heir.takes_over(tenant).await;
    assert_eq!(title.epoch, 2);
    let count = step(&store, &heir.scope(&title)).await.unwrap();
    let took = heir.ambient.elapsed().saturating_sub(killed);
    assert!(count > answered, "{answered} were answered, {count} is next");
    assert!(took < TTL * 3, "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_that_wakes_too_late_writes_nothing() {
    let urls = database().await;
    let (mut owner, tenant) = Owner::start(&urls.app);
    let heir = Node::new(&urls.app, "heir");
    let store = heir.store().await;
    let _heart = heir.start(Duration::from_hours(1)).await.unwrap();
    owner.says("committed");
    owner.signal("-STOP");
    let title = heir.takes_over(tenant).await;
    let count = step(&store, &heir.scope(&title)).await.unwrap();
    owner.signal("-CONT");
    let why = owner.says("stopped");
    assert!(["owner.lapsed", "owner.fenced"].contains(&why.as_str()), "{why}");
    assert_eq!(step(&store, &heir.scope(&title)).await.unwrap(), count + 1, "nobody else counted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_in_use_is_refused_and_one_of_the_dead_is_not() {
    let urls = database().await;
    let first = Node::new(&urls.app, "a");
    let heart = first.start(Duration::from_hours(1)).await.unwrap();
    let refused = Node::new(&urls.app, "a").start(Duration::from_hours(1)).await.unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Conflict, "cluster.name_taken"));
    assert!(refused.message.contains("http://here") && refused.remedy.is_some());
    assert!(first.holds());
    heart.stop().await;
    assert!(!first.holds());
    Node::new(&urls.app, "a").start(Duration::from_hours(1)).await.unwrap().stop().await;
    // One that was killed says nothing any more.
    let gone = Node::new(&urls.app, "a");
    let joining = Joining { address: "http://gone".into(), version: "1".into(), weight: 1 };
    gone.authority().join(gone.holder.me(), &joining, TTL, Duration::ZERO).await.unwrap();
    let next = Node::new(&urls.app, "a");
    let heart = next.start(Duration::from_hours(1)).await.unwrap();
    assert!(next.holds() && !gone.authority().renew(gone.holder.me(), TTL).await.unwrap());
    heart.stop().await;
}

/// The runtime's only thread is held up until the lease was renewed several times.
#[tokio::test]
async fn a_runtime_that_is_held_up_keeps_its_lease() {
    let urls = database().await;
    let node = Node::new(&urls.app, "a");
    let heart = node.start(Duration::from_hours(1)).await.unwrap();
    let joined_until = node.holder.until();
    let (done, wait) = std::sync::mpsc::channel();
    let holder = Arc::clone(&node.holder);
    let watcher = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(until(|| holder.until() > joined_until + TTL));
        done.send(()).unwrap();
    });
    wait.recv_timeout(TTL * 5).unwrap();
    watcher.join().unwrap();
    assert!(node.holds());
    heart.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_does_not_move_loses_its_lease() {
    let urls = database().await;
    let stuck = Node::new(&urls.app, "stuck");
    let heart = stuck.start(Duration::from_millis(700)).await.unwrap();
    until(|| !stuck.holds()).await;
    // It moves again, and nobody acted meanwhile.
    stuck.holder.moves(stuck.ambient.elapsed() + Duration::from_hours(1));
    until(|| stuck.holds()).await;
    heart.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_database_the_lease_lapses_before_anybody_may_act_on_it() {
    let server = Server::start_apart().unwrap();
    let urls = server.store().await;
    let owner =
        PostgresOptions { owner_url: Some(urls.owner.clone()), alone: false, ..PostgresOptions::new(&urls.app) };
    PostgresStore::open(owner, Ambient::system()).await.unwrap();
    let node = Node::new(&urls.app, "a");
    let heart = node.start(Duration::from_hours(1)).await.unwrap();
    let store = node.store().await;
    let tenant = store.directory().create_tenant("A").await.unwrap().id;
    let scope = node.scope(&Title { tenant, holder: node.holder.me().clone(), epoch: 1 });
    step(&store, &scope).await.unwrap();
    let gone = node.ambient.elapsed();
    drop(server);
    until(|| !node.holds()).await;
    let took = node.ambient.elapsed().saturating_sub(gone);
    assert!(took <= Terms::of(TTL).held() + Duration::from_millis(200), "{took:?}");
    let refused: Error = step(&store, &scope).await.unwrap_err();
    assert_eq!(refused.code, "owner.lapsed", "before the database is asked");
    heart.stop().await;
}
