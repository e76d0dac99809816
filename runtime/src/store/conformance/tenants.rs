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
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    tx.commit_batch(super::batch(id, None, "1", 5)).await.unwrap();
    tx.put_sealing_key(b"key", None).await.unwrap();
    tx.save().await.unwrap();
    let usage = world.read().await.usage().await.unwrap();
    assert_eq!((usage.connections, usage.rows, usage.file_bytes, usage.users), (1, 5, 0, 1));
    let mut tx = world.begin().await;
    let stale = tx.begin_erasure(Some(7)).await.unwrap_err();
    assert_eq!(stale.kind, Kind::Stale);
    assert_eq!(tx.begin_erasure(Some(1)).await.unwrap().state, TenantState::Deleting);
    tx.save().await.unwrap();
    let mut tx = world.begin().await;
    assert_eq!(tx.sealing_key().await.unwrap(), None, "the key goes first");
    let back = TenantUpdate { state: Some(TenantState::Active), ..TenantUpdate::default() };
    assert!(tx.update_tenant(back, None).await.is_err(), "there is no way back");
    drop(tx);
    let mut portions = 0;
    loop {
        let mut tx = world.begin().await;
        let all = tx.erase_rows().await.unwrap();
        tx.save().await.unwrap();
        portions += 1;
        if all {
            break;
        }
    }
    assert!(portions > 3, "{portions}");
    let directory = world.store.directory();
    let open = directory.erasures(10).await.unwrap();
    assert_eq!((open.len(), open[0].tenant_id, open[0].finished_at), (1, world.a.tenant(), None));
    directory.finish_erasure(world.a.tenant()).await.unwrap();
    assert!(directory.erasures(10).await.unwrap()[0].finished_at.is_some());
    let mut tx = world.begin().await;
    assert_eq!(tx.tenant().await.unwrap_err().kind, Kind::NotFound);
    assert!(tx.connections(None, &Page::default()).await.unwrap().items.is_empty());
    drop(tx);
    assert!(world.store.directory().find_user_by_email("ada@a.example").await.unwrap().is_none());
    assert!(world.store.directory().find_user_by_email("ada@b.example").await.unwrap().is_some());
}
