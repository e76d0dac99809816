//! The suite against SQLite, and what only a file on a disk can show: a second process, a restart, a stranger's edit.

use std::sync::Arc;

use super::{Durability, SqliteOptions, SqliteStore};
use crate::clock::ManualClock;
use crate::store::conformance::{World, batch, new_connection};
use crate::store::{Committed, NewAudit, Store};
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
