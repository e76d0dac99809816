//! Sealing keys.

use super::World;

/// The first one wins; another takes its place only from whoever saw it.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    assert_eq!(tx.sealing_key().await.unwrap(), None);
    assert!(tx.put_sealing_key(b"one", None).await.unwrap());
    assert!(!tx.put_sealing_key(b"two", None).await.unwrap());
    tx.save().await.unwrap();
    assert_eq!(world.read().await.sealing_key().await.unwrap().as_deref(), Some(&b"one"[..]));
    let mut tx = world.begin().await;
    assert!(!tx.put_sealing_key(b"two", Some(b"none of it")).await.unwrap());
    assert!(tx.put_sealing_key(b"two", Some(b"one")).await.unwrap());
    assert_eq!(tx.sealing_key().await.unwrap().as_deref(), Some(&b"two"[..]));
}

/// A tenant on its way out gets none.
pub async fn none_on_the_way_out(world: &World) {
    let mut tx = world.begin().await;
    tx.put_sealing_key(b"one", None).await.unwrap();
    tx.begin_erasure(None).await.unwrap();
    assert_eq!(tx.sealing_key().await.unwrap(), None);
    assert_eq!(tx.put_sealing_key(b"two", None).await.unwrap_err().code, "tenant.deleting");
}

/// B has its own.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    tx.put_sealing_key(b"one", None).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(world.stranger().await.sealing_key().await.unwrap(), None);
}
