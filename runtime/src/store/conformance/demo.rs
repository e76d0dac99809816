//! Demo sources.

use serde_json::json;

use super::World;
use crate::Kind;

/// Made once, changed from the version that was seen.
pub async fn round_trip(world: &World) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    let early = tx.put_demo_source(id, "deals", json!({}), 1).await.unwrap_err();
    assert_eq!(early.kind, Kind::Stale, "what does not exist has no version 1");
    let made = tx.put_demo_source(id, "deals", json!({ "rows": 0 }), 0).await.unwrap();
    assert_eq!(made.version, 1);
    let changed = tx.put_demo_source(id, "deals", json!({ "rows": 5 }), 1).await.unwrap();
    assert_eq!((changed.version, &changed.state), (2, &json!({ "rows": 5 })));
    for version in [0, 1] {
        let stale = tx.put_demo_source(id, "deals", json!({}), version).await.unwrap_err();
        assert_eq!(stale.kind, Kind::Stale);
    }
    assert_eq!(tx.demo_source(id, "deals").await.unwrap(), Some(changed.clone()));
    assert_eq!(tx.demo_sources(id).await.unwrap(), [changed]);
}

/// B cannot see, change or make A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    tx.put_demo_source(id, "deals", json!({}), 0).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert_eq!(tx.demo_source(id, "deals").await.unwrap(), None);
    assert!(tx.demo_sources(id).await.unwrap().is_empty());
    assert!(tx.put_demo_source(id, "deals", json!({}), 1).await.is_err());
}
