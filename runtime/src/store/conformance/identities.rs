//! Identities at providers.

use super::World;
use crate::Kind;

/// Somebody is found by who they are there, and is that once.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    tx.bind_identity(world.admin.id, "https://idp.example", "s-1", "ada@a.example").await.unwrap();
    let again = tx.bind_identity(world.admin.id, "https://idp.example", "s-1", "ada@a.example").await.unwrap_err();
    assert_eq!((again.kind, again.code), (Kind::Conflict, "identity.taken"));
    tx.touch_identity("https://idp.example", "s-1").await.unwrap();
    tx.save().await.unwrap();
    let directory = world.store.directory();
    let found = directory.find_identity("https://idp.example", "s-1").await.unwrap();
    assert_eq!(found.map(|user| user.id), Some(world.admin.id));
    assert!(directory.find_identity("https://other.example", "s-1").await.unwrap().is_none());
    assert!(directory.find_identity("https://idp.example", "s-2").await.unwrap().is_none());
}

/// B cannot take A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    tx.bind_identity(world.admin.id, "https://idp.example", "s-1", "ada@a.example").await.unwrap();
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert!(tx.bind_identity(world.admin.id, "https://idp.example", "s-2", "x@b.example").await.is_err());
    drop(tx);
    let mut tx = world.stranger().await;
    let bob = crate::store::NewUser {
        email: "bob@b.example".into(),
        name: "Bob".into(),
        role: crate::store::Role::Viewer,
        password: None,
    };
    let bob = tx.create_user(bob).await.unwrap();
    assert!(tx.bind_identity(bob.id, "https://idp.example", "s-1", "x@b.example").await.is_err());
}
