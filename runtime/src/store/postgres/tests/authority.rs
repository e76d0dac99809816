//! The authority against a real server: what each statement refuses, and what it does to whoever was an owner. Time passes by
//! moving what rows say of it, so that nothing here waits.

use std::sync::Arc;
use std::time::Duration;

use super::{Server, StoreUrls, alter, count, options};
use crate::authority::{Authority as _, Instance, Joined, Joining, MemberState, NodeId, Placer, Title};
use crate::holder::Holder;
use crate::ids::{IncarnationId, TenantId, TraceId};
use crate::store::Store as _;
use crate::store::postgres::authority::PostgresAuthority;
use crate::store::postgres::{PostgresOptions, PostgresStore};
use crate::{Actor, Ambient, Kind, Scope};

const TTL: Duration = Duration::from_secs(6);
const QUIET: Duration = Duration::from_secs(3);

/// A node of a cluster, as far as its rows go.
struct Node {
    holder: Arc<Holder>,
    authority: PostgresAuthority,
    store: PostgresStore,
    ambient: Ambient,
}

impl Node {
    async fn of(urls: &StoreUrls, name: &str) -> Self {
        let ambient = Ambient::system();
        let me = Instance { node: NodeId::new(name), incarnation: IncarnationId::new(&ambient) };
        let holder = Arc::new(Holder::new(me));
        let own = PostgresOptions { node_id: name.into(), holder: Some(Arc::clone(&holder)), ..options(urls) };
        let store = PostgresStore::open(own.clone(), ambient.clone()).await.unwrap();
        let authority = PostgresAuthority::new(&own, Duration::from_secs(2)).unwrap();
        Self { holder, authority, store, ambient }
    }

    async fn joined(urls: &StoreUrls, name: &str) -> Self {
        let node = Self::of(urls, name).await;
        assert_eq!(node.join().await, Joined::Granted);
        node.holder.hold(node.ambient.elapsed() + Duration::from_mins(10));
        node
    }

    async fn join(&self) -> Joined {
        let joining = Joining { address: format!("http://{}", self.me().node), version: "1".into(), weight: 1 };
        self.authority.join(self.me(), &joining, TTL, QUIET).await.unwrap()
    }

    fn me(&self) -> &Instance {
        self.holder.me()
    }

    fn scope(&self, tenant: TenantId, epoch: i64) -> Scope {
        Scope::new(tenant, Actor::System("test"), TraceId::new(&self.ambient)).under(epoch)
    }

    async fn begin(&self, tenant: TenantId, epoch: i64) -> crate::Result<Box<dyn crate::store::Tx>> {
        self.store.begin(&self.scope(tenant, epoch)).await
    }

    async fn tenant(&self, name: &str) -> TenantId {
        self.store.directory().create_tenant(name).await.unwrap().id
    }

    async fn dies(&self, urls: &StoreUrls, in_the_eyes_of: &Self) {
        run_out(urls, self.me()).await;
        let seen = in_the_eyes_of.authority.view().await.unwrap();
        let beat = seen.members.iter().find(|m| m.instance == *self.me()).unwrap().beat;
        assert!(in_the_eyes_of.authority.declare_dead(self.me(), beat, TTL).await.unwrap());
    }
}

/// Its last sign of life was a minute ago.
async fn run_out(urls: &StoreUrls, who: &Instance) {
    let sql = format!(
        "update autonomos.cluster_nodes set renewed_at = renewed_at - 60000, lease_until = lease_until - 60000
         where incarnation = '{}'",
        who.incarnation
    );
    alter(&urls.superuser, sql).await;
}

#[tokio::test]
async fn a_name_is_one_process() {
    let urls = Server::shared().store().await;
    let first = Node::joined(&urls, "a").await;
    let second = Node::of(&urls, "a").await;
    let Joined::Taken { address, heard } = second.join().await else { panic!("two of one name") };
    assert!(address == "http://a" && heard < TTL);
    assert!(!second.authority.renew(second.me(), TTL).await.unwrap(), "it has not joined");
    assert!(first.authority.renew(first.me(), TTL).await.unwrap());
    // The first is silent: whoever comes next has the name, and the first has not when it wakes.
    run_out(&urls, first.me()).await;
    assert_eq!(second.join().await, Joined::Granted);
    assert!(!first.authority.renew(first.me(), TTL).await.unwrap());
    assert!(second.authority.renew(second.me(), TTL).await.unwrap());
    let view = second.authority.view().await.unwrap();
    assert_eq!(view.members.len(), 2, "and it is not over before its time");
    assert!(view.members.iter().all(|m| m.state == MemberState::Active && &*m.version == "1" && m.lease_left <= TTL));
    assert!(view.placer.is_none() && view.tenures.is_empty());
}

#[tokio::test]
async fn death_is_declared_of_the_silent_alone_and_is_final() {
    let urls = Server::shared().store().await;
    let (a, b) = (Node::joined(&urls, "a").await, Node::joined(&urls, "b").await);
    let beat = |view: crate::authority::View| view.members.iter().find(|m| m.instance == *b.me()).unwrap().beat;
    let seen = beat(a.authority.view().await.unwrap());
    assert!(!a.authority.declare_dead(b.me(), seen, TTL).await.unwrap(), "its lease has not run out");
    run_out(&urls, b.me()).await;
    assert!(b.authority.renew(b.me(), TTL).await.unwrap(), "nobody acted on it");
    run_out(&urls, b.me()).await;
    assert!(!a.authority.declare_dead(b.me(), seen, TTL).await.unwrap(), "it gave a sign of life since");
    let seen = beat(a.authority.view().await.unwrap());
    // The database's clock went back by an hour: the lease says nothing, the silence does.
    alter(
        &urls.superuser,
        "update autonomos.cluster_nodes set lease_until = lease_until + 3600000 where node_id = 'b'",
    )
    .await;
    assert!(a.authority.declare_dead(b.me(), seen, TTL).await.unwrap());
    assert!(!a.authority.declare_dead(b.me(), seen, TTL).await.unwrap());
    assert!(!b.authority.renew(b.me(), TTL).await.unwrap());
    assert!(!b.authority.drain(b.me()).await.unwrap());
    assert!(a.authority.drain(a.me()).await.unwrap() && a.authority.renew(a.me(), TTL).await.unwrap());
    a.authority.leave(a.me()).await.unwrap();
    assert!(!a.authority.renew(a.me(), TTL).await.unwrap());
    let states = a.authority.view().await.unwrap().members.into_iter().map(|m| (m.state, m.over.is_some()));
    assert_eq!(states.collect::<Vec<_>>(), [(MemberState::Left, true), (MemberState::Dead, true)]);
}

#[tokio::test]
async fn an_owner_of_before_writes_nothing_more() {
    let urls = Server::shared().store().await;
    let (a, b) = (Node::joined(&urls, "a").await, Node::joined(&urls, "b").await);
    let tenant = a.tenant("A").await;
    assert!(b.authority.take_over(b.me(), &[tenant]).await.unwrap().is_empty(), "its owner lives");
    assert_eq!(b.begin(tenant, 1).await.map(drop).unwrap_err().kind, Kind::Fenced, "somebody else's epoch");
    // A transaction is open when its owner is declared dead: the tenant comes round once it is over.
    let mut open = a.begin(tenant, 1).await.unwrap();
    open.put_setting("last", Some("words".into())).await.unwrap();
    a.dies(&urls, &b).await;
    assert!(b.authority.take_over(b.me(), &[tenant]).await.unwrap().is_empty(), "it is skipped, and nobody waits");
    open.save().await.unwrap();
    let titles = b.authority.take_over(b.me(), &[tenant]).await.unwrap();
    assert_eq!(titles, [Title { tenant, holder: b.me().clone(), epoch: 2 }]);
    for epoch in [1, 2] {
        let error = a.begin(tenant, epoch).await.map(drop).unwrap_err();
        assert_eq!((error.kind, error.code), (Kind::Fenced, "owner.fenced"), "nor by its epoch alone");
    }
    // What checks by itself, in a transaction that was begun as nobody, is fenced by the start of the process as well.
    let unfenced = Scope::new(tenant, Actor::System("test"), TraceId::new(&a.ambient));
    let mut tx = a.store.begin(&unfenced).await.unwrap();
    assert_eq!(tx.fence(2).await.unwrap_err().kind, Kind::Fenced);
    drop(tx);
    let mut tx = b.begin(tenant, 2).await.unwrap();
    assert_eq!(tx.setting("last").await.unwrap().unwrap().value, "words");
    let owners = tx.owners(10).await.unwrap();
    let of = |at: usize| (owners[at].owner.epoch, owners[at].owner.node_id.as_str());
    assert_eq!((owners.len(), of(0), of(1)), (2, (2, "b"), (1, "a")));
    tx.save().await.unwrap();
    assert!(a.authority.take_over(a.me(), &[tenant]).await.unwrap().is_empty(), "the dead take nothing");
}

#[tokio::test]
async fn a_lease_that_lapsed_begins_nothing_as_an_owner() {
    let urls = Server::shared().store().await;
    let a = Node::joined(&urls, "a").await;
    let tenant = a.tenant("A").await;
    a.holder.let_go();
    let error = a.begin(tenant, 1).await.map(drop).unwrap_err();
    assert_eq!((error.kind, error.code), (Kind::Unavailable, "owner.lapsed"));
    a.store.read(&a.scope(tenant, 1)).await.unwrap().tenant().await.unwrap();
    a.holder.hold(a.ambient.elapsed() + TTL);
    a.begin(tenant, 1).await.unwrap().save().await.unwrap();
}

#[tokio::test]
async fn the_dead_are_taken_over_in_batches() {
    let urls = Server::shared().store().await;
    let (a, b) = (Node::joined(&urls, "a").await, Node::joined(&urls, "b").await);
    let make = format!(
        "with made as (
             insert into autonomos.tenants (id, name, state, limits, created_at, updated_at, version)
             select gen_random_uuid(), 'T', 'active', '{{}}', 0, 0, 1 from generate_series(1, 450) returning id),
         counted as (insert into autonomos.tenant_counters (tenant_id) select id from made)
         insert into autonomos.tenant_owner (tenant_id, node_id, incarnation, epoch) select id, 'a', '{}', 7 from made",
        a.me().incarnation
    );
    alter(&urls.superuser, make).await;
    a.dies(&urls, &b).await;
    let tenures = b.authority.view().await.unwrap().tenures;
    let all: Vec<TenantId> = tenures.iter().map(|t| t.tenant).collect();
    assert_eq!((all.len(), tenures[0].epoch, &tenures[0].holder), (450, 7, a.me()));
    let mut taken = Vec::new();
    for batch in [200, 200, 50, 0] {
        let titles = b.authority.take_over(b.me(), &all).await.unwrap();
        assert!(titles.len() == batch && titles.iter().all(|t| t.epoch == 8 && t.holder == *b.me()));
        taken.extend(titles.into_iter().map(|t| t.tenant));
    }
    taken.sort_unstable();
    taken.dedup();
    assert_eq!(taken.len(), 450);
    let history = "select count(*) from autonomos.owner_history where epoch in (7, 8) and at > 0";
    assert_eq!(count(&urls.superuser, history).await, Ok(900));
    assert_eq!(count(&urls.app, history).await, Ok(0), "nobody's transaction sees them");
    // A beat is one row of one node, however many tenants there are.
    let written = "select (n_tup_upd)::bigint from pg_stat_xact_user_tables where relname = 'cluster_nodes'";
    let mut held = b.store.shared.writers.begin(None).await.unwrap();
    sqlx::query("select renew_lease('b', $1, 6000)")
        .bind(b.me().incarnation.to_string())
        .execute(held.connection().unwrap())
        .await
        .unwrap();
    let rows: i64 = sqlx::query_scalar(written).fetch_one(held.connection().unwrap()).await.unwrap();
    let others = "select coalesce(sum(n_tup_upd + n_tup_ins), 0)::bigint from pg_stat_xact_user_tables where relname <> 'cluster_nodes'";
    let others: i64 = sqlx::query_scalar(others).fetch_one(held.connection().unwrap()).await.unwrap();
    assert_eq!((rows, others), (1, 0));
}

#[tokio::test]
async fn tenants_move_by_the_placer_s_wish_and_the_owner_s_hand() {
    let urls = Server::shared().store().await;
    let (a, b) = (Node::joined(&urls, "a").await, Node::joined(&urls, "b").await);
    let tenant = a.tenant("A").await;
    let (to_b, title) = (NodeId::new("b"), |epoch| Title { tenant, holder: a.me().clone(), epoch });
    assert!(a.authority.claim_placing(a.me()).await.unwrap());
    assert!(!b.authority.claim_placing(b.me()).await.unwrap(), "the placer lives");
    let placer = a.authority.view().await.unwrap().placer.unwrap();
    assert_eq!(placer, Placer { holder: a.me().clone(), epoch: 1 });

    assert_eq!(a.authority.transfer(&title(1), &to_b).await.unwrap(), None, "nobody wants it there");
    assert!(!a.authority.want(&placer, tenant, 2, Some(&to_b)).await.unwrap(), "of another epoch");
    assert!(a.authority.want(&placer, tenant, 1, Some(&to_b)).await.unwrap());
    let wanted = a.authority.tenure(tenant).await.unwrap().unwrap().wanted.unwrap();
    assert_eq!(wanted.0, to_b);
    assert_eq!(a.authority.transfer(&title(1), &NodeId::new("c")).await.unwrap(), None);
    let given = a.authority.transfer(&title(1), &to_b).await.unwrap().unwrap();
    assert_eq!(given, Title { tenant, holder: b.me().clone(), epoch: 2 });
    assert_eq!(a.begin(tenant, 1).await.map(drop).unwrap_err().kind, Kind::Fenced);
    assert_eq!(b.authority.tenure(tenant).await.unwrap().unwrap().wanted, None);

    // Its owner takes a new epoch, so that what it sent under the old one is refused.
    let again = b.authority.reclaim(&given).await.unwrap().unwrap();
    assert_eq!((again.epoch, &again.holder), (3, b.me()));
    assert_eq!(b.authority.reclaim(&given).await.unwrap(), None);
    // An owner that does not get done is overtaken; one that places no more is not heard.
    let to_a = NodeId::new("a");
    assert!(a.authority.want(&placer, tenant, 3, Some(&to_a)).await.unwrap());
    let stale = Placer { epoch: 0, ..placer.clone() };
    assert_eq!(b.authority.transfer_anyway(&stale, tenant, 3, &to_a).await.unwrap(), None);
    let taken = a.authority.transfer_anyway(&placer, tenant, 3, &to_a).await.unwrap().unwrap();
    assert_eq!(taken, title(4));
    a.dies(&urls, &b).await;
    assert!(b.authority.claim_placing(b.me()).await.unwrap());
    assert!(!a.authority.want(&placer, tenant, 4, Some(&to_b)).await.unwrap());
    assert_eq!(b.authority.view().await.unwrap().placer, Some(Placer { holder: b.me().clone(), epoch: 2 }));
}

#[tokio::test]
async fn a_tenant_weighs_what_its_log_takes_in() {
    let urls = Server::shared().store().await;
    let a = Node::joined(&urls, "a").await;
    let (busy, calm) = (a.tenant("A").await, a.tenant("B").await);
    let load = || async {
        a.authority.measure(Duration::from_mins(1)).await.unwrap();
        let tenures = a.authority.view().await.unwrap().tenures;
        let of = |id| tenures.iter().find(|t| t.tenant == id).map(|t| (t.load, t.idle)).unwrap();
        (of(busy), of(calm))
    };
    assert_eq!((load().await.0.0, load().await.1.0), (1, 1));
    let works = format!(
        "update autonomos.tenant_counters set log_rows = 600000 where tenant_id = '{busy}';
         update autonomos.tenant_load set measured_at = measured_at - 60000, active_at = active_at - 60000"
    );
    alter(&urls.superuser, works).await;
    let (busy, calm) = load().await;
    assert_eq!((busy.0, calm.0), (51, 1), "10,000 rows a second, half as much after a calm minute");
    assert!(busy.1 < Duration::from_mins(1) && calm.1 >= Duration::from_mins(1));
    assert!(load().await.0.0 < 51);
}

#[tokio::test]
async fn who_runs_alone_does_not_begin_beside_a_cluster() {
    let urls = Server::shared().store().await;
    let a = Node::joined(&urls, "a").await;
    let tenant = a.tenant("A").await;
    let alone = PostgresStore::open(options(&urls), Ambient::system()).await.unwrap_err();
    assert_eq!((alone.code, alone.field.as_deref()), ("cluster.in_use", Some("cluster.advertise")));
    assert!(alone.message.contains("http://a"));
    a.begin(tenant, 1).await.unwrap().save().await.unwrap();
    // And the other way round: what somebody alone owned is anybody's.
    a.authority.leave(a.me()).await.unwrap();
    PostgresStore::open(options(&urls), Ambient::system()).await.unwrap();
    let b = Node::joined(&urls, "b").await;
    assert_eq!(b.authority.take_over(b.me(), &[tenant]).await.unwrap()[0].epoch, 3);
}
