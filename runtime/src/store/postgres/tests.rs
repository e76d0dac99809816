//! The suite against PostgreSQL, and what only a server can show: walls between tenants, roles that are refused, a
//! transaction that nobody came back to, a server that went away.

mod authority;
mod pooler;

use std::sync::Arc;
use std::time::Duration;

use super::{PostgresOptions, PostgresStore, lane};
use crate::clock::ManualClock;
use crate::store::conformance::{World, batch, new_connection, new_stream};
use crate::store::{DeadLetterFilter, NewDeadLetter, Page, Store, StreamState};
use crate::testkit::postgres::{Server, StoreUrls, connect};
use crate::{Ambient, Kind};

crate::store_conformance!(suite, fixture);

fn options(urls: &StoreUrls) -> PostgresOptions {
    PostgresOptions { owner_url: Some(urls.owner.clone()), ..PostgresOptions::new(&urls.app) }
}

async fn open(urls: &StoreUrls, clock: &Arc<ManualClock>, seed: u64) -> crate::Result<PostgresStore> {
    PostgresStore::open(options(urls), Ambient::manual(Arc::clone(clock), seed)).await
}

async fn fixture() -> World {
    let urls = Server::shared().store().await;
    let clock = ManualClock::at("2026-01-02T03:04:05Z".parse().unwrap());
    let store = open(&urls, &clock, 1).await.unwrap();
    World::new(Arc::new(store), clock, Box::new(urls)).await
}

/// What a role sees in a database, behind the store's back.
async fn count(url: &str, sql: &'static str) -> Result<i64, String> {
    let mut connection = connect(url).await;
    sqlx::query_scalar(sql).fetch_one(&mut connection).await.map_err(|e| e.to_string())
}

async fn alter(url: &str, sql: impl Into<String>) {
    let mut connection = connect(url).await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.into())).execute(&mut connection).await.unwrap();
}

fn name_of(url: &str) -> &str {
    url.rsplit_once('/').unwrap().1
}

#[tokio::test]
async fn the_server_itself_keeps_tenants_apart() {
    let world = fixture().await;
    let urls = world.guard.downcast_ref::<StoreUrls>().unwrap();
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    tx.commit_batch(batch(id, None, "1", 5)).await.unwrap();
    tx.save().await.unwrap();
    let users = "select count(*) from autonomos.users";
    assert_eq!(count(&urls.superuser, users).await, Ok(2), "they are there");
    // Nobody's transaction sees nobody, not even the owner's; nor is one that a setting was left behind in.
    for url in [&urls.app, &urls.owner] {
        for table in ["users", "tenants", "canonical_streams", "connections", "tenant_counters", "tenant_refs"] {
            let sql = sqlx::AssertSqlSafe(format!("select count(*) from autonomos.{table}"));
            let seen: i64 = sqlx::query_scalar(sql).fetch_one(&mut connect(url).await).await.unwrap();
            assert_eq!(seen, 0, "{table}");
        }
    }
    // A tenant's sees its own, whatever it asks for, and takes no other's.
    let mut connection = connect(&urls.app).await;
    let begin = format!("begin; select set_config('app.tenant_id', '{}', true)", world.b.tenant());
    sqlx::raw_sql(sqlx::AssertSqlSafe(begin)).execute(&mut connection).await.unwrap();
    let own: i64 = sqlx::query_scalar(users).fetch_one(&mut connection).await.unwrap();
    let log: i64 = sqlx::query_scalar("select count(*) from autonomos.canonical_streams")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!((own, log), (1, 0));
    let forged = format!(
        "insert into autonomos.settings (tenant_id, key, value, updated_by, updated_at) values ('{}', 'x', '1', 'x', 0)",
        world.a.tenant()
    );
    let refused = sqlx::raw_sql(sqlx::AssertSqlSafe(forged)).execute(&mut connection).await.unwrap_err().to_string();
    assert!(refused.contains("row-level security"), "{refused}");
    sqlx::raw_sql("rollback").execute(&mut connection).await.unwrap();
    // After it the setting reads '', which is nobody, and no error.
    let left: i64 = sqlx::query_scalar(users).fetch_one(&mut connection).await.unwrap();
    assert_eq!(left, 0);
    for sql in [
        "truncate autonomos.users cascade",
        "update autonomos.audit set actor = 'x'",
        "delete from autonomos.migrations",
    ] {
        let refused = sqlx::raw_sql(sql).execute(&mut connection).await.unwrap_err().to_string();
        assert!(refused.contains("permission denied"), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn a_role_that_sees_through_the_walls_is_refused() {
    let urls = Server::shared().store().await;
    let clock = ManualClock::at("2026-01-02T03:04:05Z".parse().unwrap());
    let refused = |app: String, owner: Option<String>| {
        let clock = Arc::clone(&clock);
        async move {
            let options = PostgresOptions { owner_url: owner, ..PostgresOptions::new(app) };
            let refused = PostgresStore::open(options, Ambient::manual(clock, 1)).await.unwrap_err();
            assert!(refused.remedy.is_some() && refused.field.is_some(), "{refused:?}");
            refused.code
        }
    };
    // Not migrated, and nobody named who would.
    assert_eq!(refused(urls.app.clone(), None).await, "store.not_migrated");
    // One URL of a superuser, as one has it on one's own machine.
    assert_eq!(refused(urls.superuser.clone(), None).await, "store.role_superuser");
    assert_eq!(refused(urls.superuser.clone(), Some(urls.superuser.clone())).await, "store.role_superuser");
    open(&urls, &clock, 1).await.unwrap();
    assert_eq!(refused(urls.owner.clone(), None).await, "store.role_owner");

    let name = name_of(&urls.app);
    let as_role = |role: &str| urls.app.replacen("autonomos_app", role, 1);
    let make = |role: &str, how: &str| {
        let sql = format!(
            "create role {role} login {how}; grant usage on schema autonomos to {role};
             grant select on all tables in schema autonomos to {role};"
        );
        alter(&urls.superuser, sql)
    };
    for (role, how, code) in [
        ("bypasser", "bypassrls", "store.role_bypasses"),
        ("heir", "in role autonomos_owner", "store.role_owner"),
        ("deputy", "in role postgres", "store.role_superuser"),
    ] {
        let role = format!("{name}_{role}");
        make(&role, how).await;
        assert_eq!(refused(as_role(&role), None).await, code);
        alter(&urls.superuser, format!("drop owned by {role}; drop role {role}")).await;
    }
    for url in ["postgres://nobody_known@127.0.0.1:1/x", "mysql://x", "postgres://autonomos_nobody@127.0.0.1:PORT/x"] {
        let port = urls.app.rsplit(':').next().unwrap().split('/').next().unwrap();
        let code = refused(url.replace("PORT", port), None).await;
        assert!(["store.unavailable", "store.url", "store.sign_in"].contains(&code), "{code}");
    }
}

#[tokio::test]
async fn walls_that_are_down_are_refused_by_name() {
    let urls = Server::shared().store().await;
    let clock = ManualClock::at("2026-01-02T03:04:05Z".parse().unwrap());
    open(&urls, &clock, 1).await.unwrap();
    // The owner would put rights right, so nobody migrates here.
    let app = PostgresOptions::new(&urls.app);
    for (down, up, names) in [
        ("alter table users no force row level security", "alter table users force row level security", "users"),
        ("alter table files disable row level security", "alter table files enable row level security", "files"),
        ("drop policy tenant on tasks", "create policy tenant on tasks using (tenant_id = current_tenant())", "tasks"),
        ("create policy all_of_it on audit using (true)", "drop policy all_of_it on audit", "audit"),
        (
            "create table later (tenant_id uuid not null); grant select on later to autonomos_app",
            "drop table later",
            "later has no forced row-level security",
        ),
        ("create view v as select * from users; grant select on v to autonomos_app", "drop view v", "v is a view"),
        (
            "create materialized view m as select * from users; grant select on m to autonomos_app",
            "drop materialized view m",
            "m is a materialized view",
        ),
        ("grant truncate on users to autonomos_app", "revoke truncate on users from autonomos_app", "truncated"),
    ] {
        let within = |sql: &str| format!("set search_path = autonomos; {sql}");
        alter(&urls.owner, within(down)).await;
        let refused = PostgresStore::open(app.clone(), Ambient::manual(Arc::clone(&clock), 1)).await.unwrap_err();
        assert_eq!((refused.code, refused.message.contains(names)), ("store.unguarded", true), "{down}: {refused:?}");
        alter(&urls.owner, within(up)).await;
        PostgresStore::open(app.clone(), Ambient::manual(Arc::clone(&clock), 1)).await.unwrap();
    }
}

#[tokio::test]
async fn a_database_of_a_newer_or_changed_version_is_refused() {
    let urls = Server::shared().store().await;
    let clock = ManualClock::at("2026-01-02T03:04:05Z".parse().unwrap());
    open(&urls, &clock, 1).await.unwrap();
    for (change, back, code) in [
        (
            "update autonomos.migrations set sha256 = 'x' || sha256 where number = 2",
            "update autonomos.migrations set sha256 = substr(sha256, 2) where number = 2",
            "store.migration_changed",
        ),
        (
            "insert into autonomos.migrations values (9999, 'later', 'x', 0)",
            "delete from autonomos.migrations where number = 9999",
            "store.newer",
        ),
    ] {
        alter(&urls.owner, change).await;
        for owner_url in [None, Some(urls.owner.clone())] {
            let options = PostgresOptions { owner_url, ..PostgresOptions::new(&urls.app) };
            let refused = PostgresStore::open(options, Ambient::manual(Arc::clone(&clock), 1)).await.unwrap_err();
            assert_eq!((refused.code, refused.remedy.is_some()), (code, true));
        }
        alter(&urls.owner, back).await;
    }
    open(&urls, &clock, 1).await.unwrap();
}

#[tokio::test]
async fn a_second_start_fences_the_first() {
    let world = fixture().await;
    let urls = world.guard.downcast_ref::<StoreUrls>().unwrap();
    let id = world.connection().await.id;
    let second = open(urls, &world.clock, 2).await.unwrap();
    let zombie = world.begin().await.commit_batch(batch(id, None, "1", 5)).await.unwrap_err();
    assert_eq!(zombie.kind, Kind::Fenced);
    let mut tx = second.begin(&world.a).await.unwrap();
    assert_eq!(tx.owner().await.unwrap().epoch, 2);
}

#[tokio::test]
async fn a_statement_that_failed_is_never_saved_over() {
    let world = fixture().await;
    let mut tx = world.begin().await;
    tx.put_setting("before", Some(1.into())).await.unwrap();
    let nowhere = crate::ids::ConnectionId::new(world.store.ambient());
    assert_eq!(tx.ensure_stream(new_stream(nowhere)).await.unwrap_err().code, "store.parent_missing");
    let broken = tx.save().await.unwrap_err();
    assert_eq!(broken.code, "store.broken_off", "the server would answer COMMIT with a silent roll-back");
    assert_eq!(world.read().await.setting("before").await.unwrap(), None);
}

/// With one connection, whoever is next gets the very one that was dropped in the middle.
#[tokio::test]
async fn a_cancelled_caller_leaves_neither_a_transaction_nor_a_tenant_behind() {
    let urls = Server::shared().store().await;
    let clock = ManualClock::at("2026-01-02T03:04:05Z".parse().unwrap());
    let one = PostgresOptions { writers: 1, readers: 1, ..options(&urls) };
    let store = PostgresStore::open(one, Ambient::manual(Arc::clone(&clock), 1)).await.unwrap();
    let world = World::new(Arc::new(store), clock, Box::new(urls.clone())).await;
    for polls in 0..40 {
        let work = async {
            let mut tx = world.store.begin(&world.a).await.unwrap();
            tx.put_setting("lost", Some(polls.into())).await.unwrap();
            std::future::pending::<()>().await;
        };
        let mut work = Box::pin(work);
        for _ in 0..polls {
            if tokio::time::timeout(std::time::Duration::ZERO, &mut work).await.is_ok() {
                break;
            }
        }
        drop(work);
        // The next one is B's, on the same connection: it sees B and nothing of A.
        let mut tx = world.stranger().await;
        assert_eq!(tx.tenant().await.unwrap().id, world.b.tenant());
        assert!(tx.setting("lost").await.unwrap().is_none());
        tx.save().await.unwrap();
        let open = "select count(*) from pg_stat_activity
                    where datname = current_database() and application_name like 'autonomos/%' and state like 'idle in%'";
        assert_eq!(count(&urls.superuser, open).await, Ok(0));
    }
    assert!(world.read().await.setting("lost").await.unwrap().is_none());
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_replaced_and_one_in_use_is_not_hidden() {
    let world = fixture().await;
    let urls = world.guard.downcast_ref::<StoreUrls>().unwrap();
    world.connection().await;
    let end = "select count(pg_terminate_backend(pid)) from pg_stat_activity
               where datname = current_database() and application_name like 'autonomos/%'";
    assert!(count(&urls.superuser, end).await.unwrap() > 0);
    let mut tx = world.begin().await;
    tx.put_setting("x", Some(1.into())).await.unwrap();
    count(&urls.superuser, end).await.unwrap();
    let lost = tx.put_setting("y", Some(1.into())).await.unwrap_err();
    assert_eq!((lost.kind, lost.code), (Kind::Unavailable, "store.unavailable"));
    drop(tx);
    let mut tx = world.begin().await;
    assert_eq!(tx.setting("x").await.unwrap(), None);
}

#[tokio::test]
async fn the_server_ends_what_takes_or_idles_too_long() {
    let urls = Server::shared().store().await;
    let clock = ManualClock::at("2026-01-02T03:04:05Z".parse().unwrap());
    let short = std::time::Duration::from_millis(300);
    let options = PostgresOptions { idle: short, patience: std::time::Duration::from_secs(5), ..options(&urls) };
    let frozen = PostgresStore::open(options.clone(), Ambient::manual(Arc::clone(&clock), 1)).await.unwrap();
    let world = World::new(Arc::new(frozen), Arc::clone(&clock), Box::new(())).await;
    let other = PostgresOptions { owner_url: None, alone: false, ..options };
    let other = PostgresStore::open(other, Ambient::manual(clock, 2)).await.unwrap();
    let mut silent = world.begin().await;
    silent.put_setting("x", Some(1.into())).await.unwrap();
    // Another node's writer of the same tenant gets its turn although the first never comes back.
    let mut tx = other.begin(&world.a).await.unwrap();
    assert_eq!(tx.setting("x").await.unwrap(), None);
    tx.save().await.unwrap();
    let late = silent.put_setting("x", Some(2.into())).await.unwrap_err();
    assert_eq!(late.kind, Kind::Unavailable, "{late:?}");

    let limits = "select current_setting('statement_timeout') || ' ' || current_setting('lock_timeout') || ' '
                      || current_setting('idle_in_transaction_session_timeout') || ' ' || current_setting('application_name')";
    let mut held = other.shared.writers.begin(None).await.unwrap();
    let set: String = sqlx::query_scalar(limits).fetch_one(held.connection().unwrap()).await.unwrap();
    assert_eq!(set, "30s 5s 300ms autonomos/local");
}

#[tokio::test]
async fn a_pooler_that_does_not_keep_sessions_is_refused() {
    let urls = Server::shared().store().await;
    let clock = ManualClock::at("2026-01-02T03:04:05Z".parse().unwrap());
    open(&urls, &clock, 1).await.unwrap();
    let at = urls.app.split_once('@').unwrap().1.split_once('/').unwrap();
    let pooler = pooler::before(at.0, "autonomos_app", at.1).await;
    let behind = PostgresOptions::new(format!("postgres://autonomos_app@{pooler}/{}", at.1));
    let refused = PostgresStore::open(behind, Ambient::manual(clock, 1)).await.unwrap_err();
    assert_eq!((refused.code, refused.remedy.is_some()), ("store.pooler", true), "{refused:?}");
}

/// A source may have NUL characters, which PostgreSQL's text has not; a row refused for one is kept all the same.
#[tokio::test]
async fn a_row_with_a_nul_character_is_kept() {
    let world = fixture().await;
    let id = world.connection().await.id;
    let mut full = batch(id, None, "1", 5);
    full.dead_letters = vec![NewDeadLetter {
        origin: Some("a\0.csv".into()),
        row: 1,
        field: Some("amo\0unt".into()),
        code: "cast.number".into(),
        reason: "\"\0\" is no number".into(),
        raw: vec![0, 1],
    }];
    full.stream_update.state = Some((StreamState::Drifted, Some("\0".into())));
    let mut tx = world.begin().await;
    tx.commit_batch(full).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = world.read().await;
    let letter = tx.dead_letters(&DeadLetterFilter::default(), &Page::default()).await.unwrap().items.remove(0);
    assert_eq!((letter.raw, &*letter.reason), (vec![0, 1], "\"\u{2400}\" is no number"));
    let refused = world.begin().await.create_connection(new_connection("a\0")).await.unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Invalid, "store.text"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_in_the_middle_of_a_greeting_is_away_and_not_at_fault() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://autonomos_app@{}/any", listener.local_addr().unwrap());
    let ending = tokio::spawn(async move {
        loop {
            drop(listener.accept().await);
        }
    });
    let lane = lane::Lane::new(lane::Begin::Read, 1, url.parse().unwrap(), Duration::from_secs(5));
    let error = lane.begin(None).await.err().unwrap();
    assert_eq!((error.kind, error.code), (Kind::Unavailable, "store.unavailable"), "{error:?}");
    ending.abort();
}
