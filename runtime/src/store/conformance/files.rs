//! Files.

use super::World;
use crate::store::Page;

/// Put, put again, listed beneath a folder, forgotten.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    let first = tx.put_file("crm/a.csv", 10, "aa").await.unwrap();
    world.clock.advance(std::time::Duration::from_secs(1));
    let again = tx.put_file("crm/a.csv", 20, "bb").await.unwrap();
    assert_eq!((again.size, again.created_at, &*again.sha256), (20, first.created_at, "bb"));
    assert!(again.updated_at > first.updated_at);
    for path in ["crm/b.csv", "crm/c.csv", "crm_old/d.csv"] {
        tx.put_file(path, 1, "cc").await.unwrap();
    }
    let page = tx.files("crm/", &Page::first(2)).await.unwrap();
    let rest = tx.files("crm/", &Page::asked(Some(2), page.next_cursor.as_deref()).unwrap()).await.unwrap();
    let paths: Vec<_> = page.items.iter().chain(&rest.items).map(|f| &*f.path).collect();
    assert_eq!(paths, ["crm/a.csv", "crm/b.csv", "crm/c.csv"]);
    assert!(tx.forget_file("crm/b.csv").await.unwrap());
    assert!(!tx.forget_file("crm/b.csv").await.unwrap());
    assert_eq!(tx.file("crm/b.csv").await.unwrap(), None);
    assert_eq!(tx.file("crm/a.csv").await.unwrap(), Some(again));
}

/// B cannot see or forget A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    tx.put_file("crm/a.csv", 10, "aa").await.unwrap();
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert_eq!(tx.file("crm/a.csv").await.unwrap(), None);
    assert!(tx.files("", &Page::default()).await.unwrap().items.is_empty());
    assert!(!tx.forget_file("crm/a.csv").await.unwrap());
}
