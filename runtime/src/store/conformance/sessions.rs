//! Sessions and their refresh tokens.

use std::time::Duration;

use super::World;
use crate::Kind;
use crate::store::{
    AuditFilter, NewSession, Page, Role, Rotation, Session, TenantState, TokenHash, UserState, UserUpdate,
};

async fn start(world: &World, token: &str) -> Session {
    let mut tx = world.begin().await;
    let session = tx
        .create_session(NewSession {
            user_id: world.admin.id,
            token: TokenHash::of(token),
            expires_at: world.store.ambient().now() + Duration::from_hours(168),
            user_agent: Some("test".into()),
        })
        .await
        .unwrap();
    tx.save().await.unwrap();
    session
}

async fn rotate(world: &World, presented: &str, next: &str) -> Rotation {
    let until = world.store.ambient().now() + Duration::from_hours(168);
    world.store.directory().rotate_refresh(TokenHash::of(presented), TokenHash::of(next), until).await.unwrap()
}

/// Started, listed, ended.
pub async fn round_trip(world: &World) {
    let (one, two) = (start(world, "1").await, start(world, "2").await);
    let mut tx = world.begin().await;
    assert_eq!(tx.session(one.id).await.unwrap(), one);
    assert_eq!(tx.sessions(world.admin.id).await.unwrap().len(), 2);
    assert_eq!(tx.revoke_sessions(world.admin.id, Some(two.id)).await.unwrap(), 1);
    assert_eq!(tx.sessions(world.admin.id).await.unwrap(), std::slice::from_ref(&two));
    tx.save().await.unwrap();
    let directory = world.store.directory();
    assert_eq!(directory.find_session(one.id).await.unwrap(), None);
    let found = directory.find_session(two.id).await.unwrap().unwrap();
    assert_eq!((found.session, found.role, found.tenant), (two.clone(), Role::Admin, TenantState::Active));
    assert_eq!(directory.session_of(TokenHash::of("2")).await.unwrap(), Some(two.clone()));
    let mut tx = world.begin().await;
    tx.revoke_session(two.id).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(directory.session_of(TokenHash::of("2")).await.unwrap(), None);
    assert_eq!(directory.find_session(two.id).await.unwrap(), None);
    assert_eq!(rotate(world, "2", "3").await, Rotation::Refused);
}

/// Each token works once; a second use ends everything that came of it.
pub async fn a_spent_token_revokes_the_family(world: &World) {
    let session = start(world, "1").await;
    let Rotation::Rotated(rotated) = rotate(world, "1", "2").await else { panic!("the first use is good") };
    assert_eq!((rotated.0.id, rotated.1.id), (session.id, world.admin.id));
    assert!(matches!(rotate(world, "2", "3").await, Rotation::Rotated(_)));
    assert!(matches!(rotate(world, "1", "x").await, Rotation::Reused(s) if s.id == session.id));
    let ended = AuditFilter { action: Some("session.end".into()), ..AuditFilter::default() };
    let noted = world.read().await.audit(&ended, &Page::default()).await.unwrap().items;
    assert_eq!(noted.len(), 1, "that two held a token is something to be told");
    assert_eq!(rotate(world, "3", "4").await, Rotation::Refused, "the thief's or the owner's: nobody can tell");
    assert_eq!(rotate(world, "unknown", "y").await, Rotation::Refused);

    start(world, "late").await;
    world.clock.advance(Duration::from_hours(169));
    assert_eq!(rotate(world, "late", "z").await, Rotation::Refused);

    start(world, "disabled").await;
    let mut tx = world.begin().await;
    let other = crate::store::NewUser {
        email: "o@a.example".into(),
        name: "O".into(),
        role: crate::store::Role::Admin,
        password: None,
    };
    tx.create_user(other).await.unwrap();
    let change = UserUpdate { state: Some(UserState::Disabled), ..UserUpdate::default() };
    tx.update_user(world.admin.id, change, None).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(rotate(world, "disabled", "z").await, Rotation::Refused);
    world.clock.advance(Duration::from_hours(24 * 60));
    assert!(world.store.directory().sweep().await.unwrap() >= 3);
}

/// B cannot see or end A's sessions.
pub async fn a_stranger_sees_nothing(world: &World) {
    let session = start(world, "1").await;
    let mut tx = world.stranger().await;
    assert_eq!(tx.session(session.id).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.revoke_session(session.id).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.revoke_sessions(world.admin.id, None).await.unwrap(), 0);
    assert!(tx.sessions(world.admin.id).await.unwrap().is_empty());
}
