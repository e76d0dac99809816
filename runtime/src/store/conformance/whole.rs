//! What holds for every transaction, whatever it is about.

use std::sync::Arc;
use std::time::Duration;

use super::{World, new_connection};
use crate::Kind;
use crate::store::Page;

/// What was not saved did not happen.
pub async fn forgetting_to_save(world: &World) {
    let mut tx = world.begin().await;
    tx.create_connection(new_connection("lost")).await.unwrap();
    drop(tx);
    assert!(world.read().await.connections(None, &Page::default()).await.unwrap().items.is_empty());
    let mut tx = world.begin().await;
    tx.create_connection(new_connection("lost")).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(world.read().await.connections(None, &Page::default()).await.unwrap().items.len(), 1);
}

/// Two writers take turns and lose nothing.
pub async fn two_writers(world: &World) {
    let write = |name: &'static str| async move {
        for n in 0..20 {
            let mut tx = world.store.begin(&world.a).await.unwrap();
            let count = tx.setting("count").await.unwrap().map_or(0, |s| s.value.as_i64().unwrap());
            tokio::task::yield_now().await;
            tx.put_setting("count", Some((count + 1).into())).await.unwrap();
            tx.put_setting(&format!("{name}.{n}"), Some(n.into())).await.unwrap();
            tx.save().await.unwrap();
        }
    };
    tokio::join!(write("one"), write("two"));
    let mut tx = world.read().await;
    assert_eq!(tx.setting("count").await.unwrap().unwrap().value, 40);
    assert_eq!(tx.settings("").await.unwrap().len(), 41);
}

/// A caller cancelled at any point leaves neither rows nor an open transaction.
pub async fn cancelling_leaves_nothing_open(world: &World) {
    for polls in 0..60 {
        let store = Arc::clone(&world.store);
        let scope = world.a.clone();
        let work = async move {
            let mut tx = store.begin(&scope).await.unwrap();
            for n in 0..10 {
                tx.put_setting(&format!("cancelled.{polls}.{n}"), Some(n.into())).await.unwrap();
            }
            std::future::pending::<()>().await;
            drop(tx);
        };
        let mut work = Box::pin(work);
        for _ in 0..polls {
            if tokio::time::timeout(Duration::ZERO, &mut work).await.is_ok() {
                break;
            }
        }
        drop(work);
        let mut tx = world.begin().await;
        tx.put_setting("alive", Some(polls.into())).await.unwrap();
        tx.save().await.unwrap();
    }
    let mut tx = world.read().await;
    assert!(tx.settings("cancelled.").await.unwrap().is_empty());
    assert_eq!(tx.setting("alive").await.unwrap().unwrap().value, 59);
}

/// A reading transaction refuses to write.
pub async fn a_reader_cannot_write(world: &World) {
    let error = world.read().await.put_setting("x", Some(1.into())).await.unwrap_err();
    assert_eq!((error.kind, error.code), (Kind::Internal, "store.read_only"));
}

/// A reading transaction sees the moment of its first read until it ends, and does not hold writers up.
pub async fn a_reader_sees_one_moment(world: &World) {
    let mut reader = world.read().await;
    assert!(reader.settings("").await.unwrap().is_empty());
    let mut tx = world.begin().await;
    tx.put_setting("x", Some(1.into())).await.unwrap();
    tx.save().await.unwrap();
    assert!(reader.settings("").await.unwrap().is_empty());
    drop(reader);
    assert_eq!(world.read().await.settings("").await.unwrap().len(), 1);
}

/// A cursor nobody gave out is the caller's error.
pub async fn a_made_up_cursor(world: &World) {
    let page = Page::asked(None, Some("bm90IGFuIGlk")).unwrap();
    let error = world.read().await.connections(None, &page).await.unwrap_err();
    assert_eq!((error.kind, error.code), (Kind::Invalid, "page.cursor"));
}
