//! Keys for programs.

use std::time::Duration;

use super::World;
use crate::Kind;
use crate::store::{ApiKey, KeyUsed, NewApiKey, NewUser, Page, Role, TokenHash, User, UserState, UserUpdate};

async fn person(world: &World) -> User {
    let mut tx = world.begin().await;
    let new = NewUser { email: "op@a.example".into(), name: "Op".into(), role: Role::Operator, password: None };
    let user = tx.create_user(new).await.unwrap();
    tx.save().await.unwrap();
    user
}

async fn make(world: &World, owner: &User, secret: &str) -> ApiKey {
    world.clock.advance(Duration::from_millis(1));
    let mut tx = world.begin().await;
    let new = NewApiKey {
        owner: owner.id,
        token: TokenHash::of(secret),
        hint: secret.into(),
        name: "CI".into(),
        scopes: vec!["read".into(), "tasks:write".into()],
        expires_at: world.store.ambient().now() + Duration::from_hours(24),
    };
    let key = tx.create_api_key(new).await.unwrap();
    tx.save().await.unwrap();
    key
}

/// Made, found by what the program sends, used, ended.
pub async fn round_trip(world: &World) {
    let owner = person(world).await;
    let key = make(world, &owner, "k1").await;
    make(world, &world.admin.clone(), "k2").await;
    let directory = world.store.directory();
    let found = directory.find_api_key(TokenHash::of("k1")).await.unwrap().unwrap();
    assert_eq!((found.tenant_id, found.role, &found.key), (world.a.tenant(), Role::Operator, &key));
    assert_eq!(directory.find_api_key(TokenHash::of("k")).await.unwrap(), None);

    let at = world.store.ambient().now();
    let used = |at| KeyUsed { tenant_id: world.a.tenant(), key: key.id, at };
    directory.note_key_uses(&[used(at), used(at - Duration::from_secs(9))]).await.unwrap();
    let mut tx = world.begin().await;
    assert_eq!(tx.api_key(key.id).await.unwrap().last_used_at, Some(at), "the latest use stays");
    assert_eq!(tx.api_keys(Some(owner.id), &Page::default()).await.unwrap().items.len(), 1);
    assert_eq!(tx.api_keys(None, &Page::first(1)).await.unwrap().items[0].hint, "k2");
    let ended = tx.revoke_api_key(key.id).await.unwrap();
    assert_eq!(ended.revoked_at, Some(at));
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(tx.revoke_api_key(key.id).await.unwrap().revoked_at, Some(at), "once is enough");
    tx.save().await.unwrap();
    assert_eq!(directory.find_api_key(TokenHash::of("k1")).await.unwrap(), None);
}

/// It has its owner's rights as they are, and none after its time.
pub async fn bounded_by_its_owner_and_its_time(world: &World) {
    let owner = person(world).await;
    make(world, &owner, "k1").await;
    let directory = world.store.directory();
    for (change, role) in [
        (UserUpdate { role: Some(Role::Viewer), ..UserUpdate::default() }, Some(Role::Viewer)),
        (UserUpdate { state: Some(UserState::Disabled), ..UserUpdate::default() }, None),
        (UserUpdate { state: Some(UserState::Active), ..UserUpdate::default() }, Some(Role::Viewer)),
    ] {
        let mut tx = world.begin().await;
        tx.update_user(owner.id, change, None).await.unwrap();
        tx.save().await.unwrap();
        assert_eq!(directory.find_api_key(TokenHash::of("k1")).await.unwrap().map(|k| k.role), role);
    }
    world.clock.advance(Duration::from_hours(24));
    assert_eq!(directory.find_api_key(TokenHash::of("k1")).await.unwrap(), None);
}

/// B cannot find, list, use or end A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let key = make(world, &world.admin.clone(), "k1").await;
    let mut tx = world.stranger().await;
    assert_eq!(tx.api_key(key.id).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.revoke_api_key(key.id).await.unwrap_err().kind, Kind::NotFound);
    assert!(tx.api_keys(None, &Page::default()).await.unwrap().items.is_empty());
    drop(tx);
    let at = world.store.ambient().now();
    let forged = KeyUsed { tenant_id: world.b.tenant(), key: key.id, at };
    world.store.directory().note_key_uses(&[forged]).await.unwrap();
    assert_eq!(world.read().await.api_key(key.id).await.unwrap().last_used_at, None);
}
