//! Connections.

use serde_json::json;

use super::{World, batch, new_connection};
use crate::Kind;
use crate::store::{Committed, ConnectionState, ConnectionUpdate, EntryKind, Page, ReadLimit};

/// Made, found, edited, moved to a state.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    let made = tx.create_connection(new_connection("crm")).await.unwrap();
    assert_eq!(
        (made.state, made.version, &made.config),
        (ConnectionState::Pending, 1, &json!({ "path": "crm/*.csv" }))
    );
    let change = ConnectionUpdate { safe_mode: Some(true), system: Some("hubspot".into()), ..Default::default() };
    let edited = tx.update_connection(made.id, change, Some(1)).await.unwrap();
    assert_eq!((edited.safe_mode, edited.version, &*edited.name), (true, 2, "crm"));
    tx.set_connection_state(made.id, ConnectionState::Failed, Some("no such file".into())).await.unwrap();
    tx.save().await.unwrap();
    let found = world.read().await.connection(made.id).await.unwrap();
    assert_eq!(
        (found.state, found.last_error.as_deref(), found.version),
        (ConnectionState::Failed, Some("no such file"), 2)
    );
}

/// Two connections of a tenant have two names; two tenants' may be called the same.
pub async fn a_name_is_taken_once(world: &World) {
    world.connection().await;
    let mut tx = world.begin().await;
    let error = tx.create_connection(new_connection("crm")).await.unwrap_err();
    assert_eq!(
        (error.kind, error.code, error.field.as_deref()),
        (Kind::Conflict, "connection.name_taken", Some("name"))
    );
    let other = tx.create_connection(new_connection("erp")).await.unwrap();
    let rename = ConnectionUpdate { name: Some("crm".into()), ..Default::default() };
    assert_eq!(tx.update_connection(other.id, rename, None).await.unwrap_err().code, "connection.name_taken");
    drop(tx);
    world.stranger().await.create_connection(new_connection("crm")).await.unwrap();
}

/// Who edits an older version is told.
pub async fn an_old_version_is_stale(world: &World) {
    let made = world.connection().await;
    let mut tx = world.begin().await;
    tx.update_connection(made.id, ConnectionUpdate::default(), None).await.unwrap();
    let error = tx.update_connection(made.id, ConnectionUpdate::default(), Some(1)).await.unwrap_err();
    assert_eq!((error.kind, error.code), (Kind::Stale, "connection.stale"));
}

/// Every connection once, newest first, also while others are added.
pub async fn paging(world: &World) {
    let mut tx = world.begin().await;
    for n in 0..7 {
        world.clock.advance(std::time::Duration::from_millis(1));
        tx.create_connection(new_connection(&format!("c{n}"))).await.unwrap();
    }
    let (mut names, mut cursor) = (Vec::new(), None);
    loop {
        let page = tx.connections(None, &Page::asked(Some(3), cursor.as_deref()).unwrap()).await.unwrap();
        names.extend(page.items.iter().map(|c| c.name.clone()));
        world.clock.advance(std::time::Duration::from_millis(1));
        tx.create_connection(new_connection(&format!("late{}", names.len()))).await.unwrap();
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(names, ["c6", "c5", "c4", "c3", "c2", "c1", "c0"]);
    let none = tx.connections(Some(ConnectionState::Paused), &Page::default()).await.unwrap();
    assert_eq!((none.items.len(), none.next_cursor), (0, None));
}

/// A deleted connection leaves emptied batches and a purge entry, and no position is lost.
pub async fn deleting_purges(world: &World) {
    let made = world.connection().await;
    let mut tx = world.begin().await;
    assert!(matches!(
        tx.commit_batch(batch(made.id, None, "1", 10)).await.unwrap(),
        Committed::Committed { seq: 1, .. }
    ));
    assert_eq!(tx.delete_connection(made.id, 9).await.unwrap_err().kind, Kind::Fenced);
    assert_eq!(tx.delete_connection(made.id, 1).await.unwrap(), 2);
    tx.save().await.unwrap();
    let mut tx = world.read().await;
    assert_eq!(tx.connection(made.id).await.unwrap_err().kind, Kind::NotFound);
    assert!(tx.all_streams().await.unwrap().is_empty());
    let log = tx.read_log(0, ReadLimit::default()).await.unwrap();
    assert_eq!(
        log.iter().map(|e| (e.seq, e.kind, e.rows)).collect::<Vec<_>>(),
        [(1, EntryKind::Records, 0), (2, EntryKind::Purge, 0)]
    );
    assert!(log[0].payload.is_empty());
    assert_eq!(log[1].connection, Some(made.id));
    assert_eq!(tx.log_stats().await.unwrap().rows, 0);
}

/// B cannot find, list, edit, move or delete A's connection.
pub async fn a_stranger_sees_nothing(world: &World) {
    let made = world.connection().await;
    let mut tx = world.stranger().await;
    let absent = tx.connection(made.id).await.unwrap_err();
    assert_eq!((absent.kind, absent.code), (Kind::NotFound, "connection.unknown"));
    assert!(tx.connections(None, &Page::default()).await.unwrap().items.is_empty());
    let change = ConnectionUpdate::default();
    assert_eq!(tx.update_connection(made.id, change, None).await.unwrap_err().code, absent.code);
    let moved = tx.set_connection_state(made.id, ConnectionState::Paused, None).await.unwrap_err();
    assert_eq!(moved.code, absent.code);
    assert_eq!(tx.delete_connection(made.id, 1).await.unwrap_err().code, absent.code);
    assert_eq!(tx.ensure_stream(super::new_stream(made.id)).await.unwrap_err().kind, Kind::NotFound);
}
