//! Settings.

use serde_json::json;

use super::World;

/// Set, changed, listed, removed.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    for value in [json!(false), json!({ "on": true })] {
        tx.put_setting("flag.USE_AAM_AS_SOURCE", Some(value)).await.unwrap();
    }
    tx.put_setting("rule.1", Some(json!([]))).await.unwrap();
    let flag = tx.setting("flag.USE_AAM_AS_SOURCE").await.unwrap().unwrap();
    assert_eq!((&flag.value, &flag.updated_by), (&json!({ "on": true }), &world.a.actor().to_string()));
    assert_eq!(tx.settings("flag.").await.unwrap(), [flag]);
    tx.put_setting("rule.1", None).await.unwrap();
    assert_eq!(tx.setting("rule.1").await.unwrap(), None);
}

/// B's settings are B's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    tx.put_setting("flag.X", Some(json!(true))).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert_eq!(tx.setting("flag.X").await.unwrap(), None);
    assert!(tx.settings("").await.unwrap().is_empty());
}
