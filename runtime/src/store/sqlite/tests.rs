//! The suite against SQLite, and what only a file on a disk can show: a second process, a restart, a stranger's edit.

use std::sync::Arc;

use super::{Durability, SqliteOptions, SqliteStore};
use crate::clock::ManualClock;
use crate::store::conformance::{World, batch, new_connection};
use crate::store::{Committed, NewAudit, Replacement, Store};
use crate::{Ambient, Kind};

crate::store_conformance!(suite, fixture);

fn options(dir: &std::path::Path) -> SqliteOptions {
    SqliteOptions { durability: Durability::Off, ..SqliteOptions::new(dir) }
}

async fn open(dir: &std::path::Path, clock: &Arc<ManualClock>, seed: u64) -> crate::Result<SqliteStore> {
    SqliteStore::open(options(dir), Ambient::manual(Arc::clone(clock), seed)).await
}

async fn fixture() -> World {
    let dir = tempfile::tempdir().unwrap();
    let clock = ManualClock::at("2026-01-02T03:04:05Z".parse().unwrap());
    let store = open(dir.path(), &clock, 1).await.unwrap();
    World::new(Arc::new(store), clock, Box::new(dir)).await
}

/// Somebody with a shell.
async fn behind_its_back(dir: &std::path::Path, sql: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.join("autonomos.sqlite"));
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn a_closed_store_lets_go_of_its_folder_whoever_was_started_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let clock = ManualClock::at("2026-01-02T03:04:05Z".parse().unwrap());
    let store = open(dir.path(), &clock, 1).await.unwrap();
    // What a process has of it that was started and has not begun its own program yet.
    let inherited = store.lease.lock().as_ref().unwrap().try_clone().unwrap();
    store.close().await;
    open(dir.path(), &clock, 2).await.unwrap();
    drop(inherited);
}

#[tokio::test]
async fn a_second_process_is_refused_and_a_restart_raises_the_epoch() {
    let dir = tempfile::tempdir().unwrap();
    let clock = ManualClock::at("2026-01-02T03:04:05Z".parse().unwrap());
    let store = open(dir.path(), &clock, 1).await.unwrap();
    let second = open(dir.path(), &clock, 2).await.unwrap_err();
    assert_eq!((second.kind, second.code), (Kind::Conflict, "store.locked"));
    assert!(second.remedy.is_some());

    let world = World::new(Arc::new(store), Arc::clone(&clock), Box::new(())).await;
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    assert!(matches!(tx.commit_batch(batch(id, None, "1", 5)).await.unwrap(), Committed::Committed { .. }));
    tx.save().await.unwrap();
    world.store.close().await;
    assert_eq!(world.store.begin(&world.a).await.err().map(|e| e.code), Some("store.closed"));

    let store = open(dir.path(), &clock, 3).await.unwrap();
    let mut tx = store.begin(&world.a).await.unwrap();
    assert_eq!((tx.log_head().await.unwrap(), tx.owner().await.unwrap().epoch), (1, 2));
    let zombie = tx.commit_batch(batch(id, Some("1"), "2", 5)).await.unwrap_err();
    assert_eq!(zombie.kind, Kind::Fenced);
    let mut heir = batch(id, Some("1"), "2", 5);
    heir.epoch = 2;
    assert!(matches!(tx.commit_batch(heir).await.unwrap(), Committed::Committed { seq: 2, .. }));
}

#[tokio::test]
async fn an_edited_audit_shows() {
    let dir = tempfile::tempdir().unwrap();
    let clock = ManualClock::at("2026-01-02T03:04:05Z".parse().unwrap());
    let store = open(dir.path(), &clock, 1).await.unwrap();
    let world = World::new(Arc::new(store), clock, Box::new(())).await;
    let mut tx = world.begin().await;
    for n in 0..3 {
        tx.append_audit(NewAudit { action: format!("a{n}"), ..NewAudit::default() }).await.unwrap();
    }
    tx.save().await.unwrap();
    let edit = |sql| behind_its_back(dir.path(), sql);
    edit("update audit set actor = 'nobody' where seq = 2").await;
    assert_eq!(world.read().await.verify_audit().await.unwrap(), Some(2));
    edit("delete from audit where seq >= 2").await;
    assert_eq!(world.read().await.verify_audit().await.unwrap(), Some(2), "a cut tail shows as well");
}

#[tokio::test]
async fn a_data_directory_of_a_newer_or_changed_version_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let clock = ManualClock::at("2026-01-02T03:04:05Z".parse().unwrap());
    for (sql, code) in [
        ("update migrations set sha256 = 'x' where number = 2", "store.migration_changed"),
        ("insert into migrations values (9999, 'later', 'x', 0)", "store.newer"),
    ] {
        let store = open(dir.path(), &clock, 1).await.unwrap();
        let mut held = store.shared.writer.begin().await.unwrap();
        sqlx::query("create table if not exists kept as select * from migrations")
            .execute(held.connection().unwrap())
            .await
            .unwrap();
        sqlx::query(sql).execute(held.connection().unwrap()).await.unwrap();
        held.commit().await.unwrap();
        store.close().await;
        let refused = open(dir.path(), &clock, 2).await.unwrap_err();
        assert_eq!((refused.code, refused.remedy.is_some()), (code, true));
        let whole = "delete from migrations; insert into migrations select * from kept";
        behind_its_back(dir.path(), whole).await;
    }
}

#[tokio::test]
async fn what_sqlite_says_stays_in_the_log() {
    let world = fixture().await;
    let mut tx = world.begin().await;
    tx.create_connection(new_connection("crm")).await.unwrap();
    let error = tx.create_connection(new_connection("crm")).await.unwrap_err();
    assert!(!format!("{}{:?}", error.message, error.remedy).contains("connections"));
    assert!(error.chain().contains("connection.name_taken"));
}

#[tokio::test]
async fn what_compaction_frees_is_used_again_or_given_back() {
    let world = fixture().await;
    let id = world.connection().await.id;
    let cursor = |n: i64| (n > 0).then(|| n.to_string());
    let small = |n: i64| {
        let mut small = batch(id, cursor(n).as_deref(), &(n + 1).to_string(), 3);
        small.payload = vec![7; 5_000].into();
        small
    };
    let grow = |range: std::ops::Range<i64>| {
        let (world, small) = (&world, &small);
        async move {
            let mut tx = world.begin().await;
            for n in range {
                tx.commit_batch(small(n)).await.unwrap();
            }
            tx.save().await.unwrap();
            world.store.directory().space().await.unwrap()
        }
    };
    let full = grow(0..600).await;
    let mut tx = world.begin().await;
    let emptied = |seq| Replacement { seq, was: (3, 5_000), rows: 0, payload: bytes::Bytes::new(), pruned: false };
    tx.compact_log(1, (1..=600).map(emptied).collect()).await.unwrap();
    tx.save().await.unwrap();
    let compacted = world.store.directory().space().await.unwrap();
    assert!(compacted.free >= 600 * 5_000 && compacted.bytes == full.bytes, "{compacted:?} of {full:?}");
    let again = grow(600..1_000).await;
    assert_eq!(again.bytes, compacted.bytes, "new batches go where the old ones were");
    let mut freed = 0;
    for _ in 0..3 {
        freed += world.store.directory().give_back(256 << 10).await.unwrap();
    }
    assert_eq!(freed, 3 * (256 << 10), "so much a turn, and no more");
    assert_eq!(world.read().await.log_stats().await.unwrap().head, 1_000);
}
