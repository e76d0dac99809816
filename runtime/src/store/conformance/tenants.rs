//! Tenants.

use serde_json::json;

use super::World;
use crate::Kind;
use crate::store::{Page, TenantState, TenantUpdate};

/// What is changed is there, under its version.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    let before = tx.tenant().await.unwrap();
    assert_eq!(
        (before.id, &*before.name, before.state, before.version),
        (world.a.tenant(), "A", TenantState::Active, 1)
    );
    let change = TenantUpdate { limits: Some(json!({ "rows": 5 })), ..TenantUpdate::default() };
    let after = tx.update_tenant(change.clone(), Some(1)).await.unwrap();
    assert_eq!((after.version, &after.limits, &*after.name), (2, &json!({ "rows": 5 }), "A"));
    assert_eq!(tx.update_tenant(change, Some(1)).await.unwrap_err().kind, Kind::Stale);
    tx.save().await.unwrap();
    assert_eq!(world.read().await.tenant().await.unwrap(), after);
}

/// A deleted tenant is gone with every row; the other is untouched.
pub async fn deleting_leaves_nothing(world: &World) {
    world.connection().await;
    let mut tx = world.begin().await;
    tx.delete_tenant().await.unwrap();
    tx.save().await.unwrap();
    let mut tx = world.begin().await;
    assert_eq!(tx.tenant().await.unwrap_err().kind, Kind::NotFound);
    assert!(tx.connections(None, &Page::default()).await.unwrap().items.is_empty());
    drop(tx);
    assert!(world.store.directory().find_user_by_email("ada@a.example").await.unwrap().is_none());
    assert!(world.store.directory().find_user_by_email("ada@b.example").await.unwrap().is_some());
}
