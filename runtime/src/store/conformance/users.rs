//! People.

use super::World;
use crate::Kind;
use crate::store::{NewUser, Page, PasswordHash, Role, UserState, UserUpdate};

fn person(n: usize) -> NewUser {
    NewUser { email: format!("p{n}@a.example"), name: format!("P{n}"), role: Role::Viewer, password: None }
}

/// Made, found, changed, signed in.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    let user = tx.create_user(person(1)).await.unwrap();
    assert_eq!((user.role, user.state, user.password.is_none()), (Role::Viewer, UserState::Active, true));
    let change = UserUpdate {
        role: Some(Role::Operator),
        password: Some(PasswordHash("$argon2id$2".into())),
        ..UserUpdate::default()
    };
    let changed = tx.update_user(user.id, change, Some(user.version)).await.unwrap();
    assert_eq!((changed.role, changed.version), (Role::Operator, 2));
    tx.touch_login(user.id).await.unwrap();
    let found = tx.user(user.id).await.unwrap();
    assert_eq!(found.last_login_at, Some(world.store.ambient().now()));
    assert!(!format!("{found:?}").contains("argon2id"), "a hash is never printed");
    let old = tx.update_user(user.id, UserUpdate::default(), Some(1)).await.unwrap_err();
    assert_eq!((old.kind, old.code), (Kind::Stale, "user.stale"));
}

/// Nobody can leave a tenant without an admin.
pub async fn the_last_admin_stays(world: &World) {
    for change in [
        UserUpdate { role: Some(Role::Viewer), ..UserUpdate::default() },
        UserUpdate { state: Some(UserState::Disabled), ..UserUpdate::default() },
    ] {
        let error = world.begin().await.update_user(world.admin.id, change, None).await.unwrap_err();
        assert_eq!(error.code, "user.last_admin");
    }
}

/// Every person once, newest first.
pub async fn paging(world: &World) {
    let mut tx = world.begin().await;
    for n in 0..5 {
        world.clock.advance(std::time::Duration::from_millis(1));
        tx.create_user(person(n)).await.unwrap();
    }
    let first = tx.users(&Page::first(4)).await.unwrap();
    let second = tx.users(&Page::asked(Some(4), first.next_cursor.as_deref()).unwrap()).await.unwrap();
    let names: Vec<_> = first.items.iter().chain(&second.items).map(|u| u.name.clone()).collect();
    assert_eq!(names, ["P4", "P3", "P2", "P1", "P0", "Ada"]);
    assert_eq!(second.next_cursor, None);
}

/// B cannot find, list or change A's people.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.stranger().await;
    let absent = tx.user(world.admin.id).await.unwrap_err();
    assert_eq!(absent.kind, Kind::NotFound);
    assert_eq!(tx.update_user(world.admin.id, UserUpdate::default(), None).await.unwrap_err().code, absent.code);
    assert_eq!(tx.users(&Page::default()).await.unwrap().items.len(), 1);
}
