//! Saved questions.

use serde_json::json;

use super::World;
use crate::Kind;
use crate::store::Page;

/// Made, found, edited at a version, deleted.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    let body = json!({"sql": "SELECT 1"});
    let one = tx.create_question("one", &body).await.unwrap();
    let two = tx.create_question("two", &json!({"structured": {"view": "accounts"}})).await.unwrap();
    assert_eq!((one.version, &*one.name, &one.body), (1, "one", &body));
    tx.save().await.unwrap();

    let mut tx = world.begin().await;
    let first = tx.questions(&Page::first(1)).await.unwrap();
    assert_eq!(first.items, std::slice::from_ref(&two));
    let rest = tx.questions(&Page::asked(Some(9), first.next_cursor.as_deref()).unwrap()).await.unwrap();
    assert_eq!((rest.items, rest.next_cursor), (vec![one.clone()], None));
    let edited = tx.update_question(one.id, "uno", &json!({"sql": "SELECT 2"}), Some(1)).await.unwrap();
    assert_eq!((edited.version, &*edited.name, edited.created_at), (2, "uno", one.created_at));
    assert_eq!(tx.question(one.id).await.unwrap(), edited);
    assert_eq!(tx.update_question(one.id, "x", &body, Some(1)).await.unwrap_err().kind, Kind::Stale);
    assert_eq!(tx.update_question(one.id, "two", &body, None).await.unwrap_err().code, "question.name_taken");
    assert_eq!(tx.create_question("two", &body).await.unwrap_err().code, "question.name_taken");
    drop(tx);
    let mut tx = world.begin().await;
    tx.delete_question(one.id).await.unwrap();
    assert_eq!(tx.delete_question(one.id).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.questions(&Page::default()).await.unwrap().items, [two]);
}

/// B sees and changes nothing of A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    let body = json!({"sql": "SELECT 1"});
    let one = tx.create_question("one", &body).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert!(tx.questions(&Page::default()).await.unwrap().items.is_empty());
    assert_eq!(tx.question(one.id).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.update_question(one.id, "x", &body, None).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.delete_question(one.id).await.unwrap_err().kind, Kind::NotFound);
    tx.create_question("one", &body).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(world.read().await.question(one.id).await.unwrap(), one);
}
