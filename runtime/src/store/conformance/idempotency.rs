//! Idempotency keys.

use std::time::Duration;

use super::World;
use crate::store::{KeptAnswer, KeyUse, NewAudit, Tx};

async fn take(world: &World, tx: &mut Box<dyn Tx>, body: u8) -> KeyUse {
    let until = world.store.ambient().now() + Duration::from_hours(24);
    tx.take_key("POST /tasks", "k", [body; 32], until).await.unwrap()
}

fn answer() -> KeptAnswer {
    KeptAnswer { status: 201, content_type: "application/json".into(), body: b"{}".to_vec() }
}

/// Taken, answered; another body is refused.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    assert_eq!(take(world, &mut tx, 1).await, KeyUse::Fresh);
    assert_eq!(take(world, &mut tx, 2).await, KeyUse::OtherBody);
    tx.keep_answer("POST /tasks", "k", answer()).await.unwrap();
    assert_eq!(take(world, &mut tx, 1).await, KeyUse::Answered(answer()));
    tx.release_key("POST /tasks", "k").await.unwrap();
    assert_eq!(take(world, &mut tx, 1).await, KeyUse::Answered(answer()), "an answer is not given back");
}

/// A request that was never answered: one that changed nothing is begun anew, one that did is told what it did.
pub async fn unanswered(world: &World) {
    let mut tx = world.begin().await;
    assert_eq!(take(world, &mut tx, 1).await, KeyUse::Fresh);
    tx.save().await.unwrap();
    let mut tx = world.begin().await;
    assert_eq!(take(world, &mut tx, 1).await, KeyUse::Fresh, "nothing came of it");
    assert_eq!(take(world, &mut tx, 2).await, KeyUse::OtherBody);
    tx.append_audit(NewAudit::new("task.create", "task", "t1")).await.unwrap();
    tx.save().await.unwrap();
    let done = KeyUse::Done(vec!["task/t1".to_owned()]);
    assert_eq!(take(world, &mut world.begin().await, 1).await, done);
}

/// After its time, or given back, a key is free.
pub async fn keys_end(world: &World) {
    let mut tx = world.begin().await;
    take(world, &mut tx, 1).await;
    tx.release_key("POST /tasks", "k").await.unwrap();
    assert_eq!(take(world, &mut tx, 2).await, KeyUse::Fresh);
    tx.keep_answer("POST /tasks", "k", answer()).await.unwrap();
    world.clock.advance(Duration::from_hours(24));
    assert_eq!(take(world, &mut tx, 3).await, KeyUse::Fresh);
    tx.save().await.unwrap();
    world.clock.advance(Duration::from_hours(24));
    assert_eq!(world.store.directory().sweep().await.unwrap(), 1);
}

/// B's key of the same name is B's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    take(world, &mut tx, 1).await;
    tx.keep_answer("POST /tasks", "k", answer()).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(take(world, &mut world.stranger().await, 1).await, KeyUse::Fresh);
}
