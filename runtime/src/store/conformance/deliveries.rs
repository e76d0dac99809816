//! Messages to the outside.

use std::time::Duration;

use serde_json::json;

use super::World;
use crate::Kind;
use crate::ids::DeliveryId;
use crate::store::{
    Channel, DeliveryFilter, DeliveryState, NewDelivery, NewTask, Page, Room, Sending, TaskOutcome, TaskState,
};

fn message(world: &World, key: &str) -> NewDelivery {
    NewDelivery {
        id: DeliveryId::new(world.store.ambient()),
        channel: Channel::Callback,
        key: key.into(),
        subject: "task/1".into(),
        address: Some(b"sealed".to_vec()),
        body: "{\"type\":\"x\"}".into(),
    }
}

/// Told once, sent, put off, sent again, taken, told anew on demand.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    let new = message(world, "one");
    assert!(tx.tell(new.clone()).await.unwrap());
    assert!(!tx.tell(message(world, "one")).await.unwrap(), "what is told is told once");
    let due = tx.due_deliveries(Channel::Callback, 10).await.unwrap();
    assert_eq!((due.len(), due[0].id, due[0].attempts), (1, new.id, 0));
    assert_eq!((due[0].address.as_deref(), &*due[0].body), (Some(&b"sealed"[..]), "{\"type\":\"x\"}"));
    let later = world.store.ambient().now() + Duration::from_secs(5);
    let waits = Sending { state: DeliveryState::Waiting, next_at: later, counted: true, line: json!({"status": 500}) };
    tx.note_sending(new.id, waits).await.unwrap();
    assert!(tx.due_deliveries(Channel::Callback, 10).await.unwrap().is_empty());
    assert_eq!(tx.next_delivery_at(Channel::Callback).await.unwrap(), Some(later));
    tx.save().await.unwrap();

    world.clock.advance(Duration::from_secs(5));
    let mut tx = world.begin().await;
    assert_eq!(tx.due_deliveries(Channel::Callback, 10).await.unwrap().len(), 1);
    let taken =
        Sending { state: DeliveryState::Delivered, next_at: later, counted: true, line: json!({"status": 204}) };
    tx.note_sending(new.id, taken.clone()).await.unwrap();
    let one = tx.delivery(new.id).await.unwrap();
    assert_eq!((one.state, one.attempts, one.finished_at.is_some()), (DeliveryState::Delivered, 2, true));
    assert_eq!(one.log, json!([{"status": 500}, {"status": 204}]));
    tx.note_sending(new.id, taken).await.unwrap();
    assert_eq!(tx.delivery(new.id).await.unwrap().attempts, 2, "one that was taken is left alone");
    assert_eq!(tx.next_delivery_at(Channel::Callback).await.unwrap(), None);
    let again = tx.replay_delivery(new.id).await.unwrap();
    assert_eq!((again.id, again.state, again.attempts), (new.id, DeliveryState::Waiting, 0));
    assert_eq!(tx.due_deliveries(Channel::Callback, 10).await.unwrap().len(), 1);
}

/// Each end of a task is told, also the second one of a task that was begun anew; a task without an address is not.
pub async fn each_end_of_a_task_is_told(world: &World) {
    let mut tx = world.begin().await;
    let wanted = NewTask { kind: "noop".into(), callback_url: Some("x".into()), ..NewTask::default() };
    let id = tx.create_task(wanted).await.unwrap().id;
    tx.create_task(NewTask { kind: "noop".into(), ..NewTask::default() }).await.unwrap();
    assert!(tx.untold_tasks(10).await.unwrap().is_empty());
    for task in tx.claim_tasks(1, &Room::new(10, 10)).await.unwrap().tasks {
        tx.finish_tasks(1, vec![(task.id, TaskOutcome::Failed(json!({"code": "x"})))]).await.unwrap();
    }
    let untold = tx.untold_tasks(10).await.unwrap();
    assert_eq!(untold.iter().map(|task| (task.id, task.state)).collect::<Vec<_>>(), [(id, TaskState::Failed)]);
    tx.told_task(id).await.unwrap();
    assert!(tx.untold_tasks(10).await.unwrap().is_empty());
    tx.retry_task(id).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    tx.cancel_task(id).await.unwrap();
    assert_eq!(tx.untold_tasks(10).await.unwrap().len(), 1);
}

/// A new secret takes over; the old one signs on until it retires.
pub async fn secrets_rotate_with_an_overlap(world: &World) {
    let mut tx = world.begin().await;
    assert!(tx.signing_secrets().await.unwrap().is_empty());
    let now = world.store.ambient().now();
    let first = tx.put_signing_secret(b"one", now).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    let day = world.store.ambient().now() + Duration::from_hours(24);
    let second = tx.put_signing_secret(b"two", day).await.unwrap();
    let both = tx.signing_secrets().await.unwrap();
    assert_eq!(both.iter().map(|s| s.id).collect::<Vec<_>>(), [second.id, first.id]);
    assert_eq!((both[0].retires_at, both[1].retires_at), (None, Some(day)));
    // One more, sooner than the first was to go: both old ones go with it.
    let soon = world.store.ambient().now() + Duration::from_secs(5);
    let third = tx.put_signing_secret(b"three", soon).await.unwrap();
    assert_eq!(tx.signing_secrets().await.unwrap().len(), 3);
    world.clock.advance(Duration::from_secs(6));
    assert_eq!(tx.signing_secrets().await.unwrap().iter().map(|s| s.id).collect::<Vec<_>>(), [third.id]);
}

/// B sees and sends nothing of A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    let new = message(world, "one");
    tx.tell(new.clone()).await.unwrap();
    tx.put_signing_secret(b"one", world.store.ambient().now()).await.unwrap();
    let wanted = NewTask { kind: "noop".into(), callback_url: Some("x".into()), ..NewTask::default() };
    let task = tx.create_task(wanted).await.unwrap().id;
    tx.cancel_task(task).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert!(
        tx.due_deliveries(Channel::Callback, 10).await.unwrap().is_empty()
            && tx.untold_tasks(10).await.unwrap().is_empty()
    );
    assert_eq!(tx.next_delivery_at(Channel::Callback).await.unwrap(), None);
    assert_eq!(tx.delivery(new.id).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.replay_delivery(new.id).await.unwrap_err().kind, Kind::NotFound);
    let all = tx.deliveries(&DeliveryFilter::default(), &Page::default()).await.unwrap();
    assert!(all.items.is_empty() && tx.signing_secrets().await.unwrap().is_empty());
    tx.told_task(task).await.unwrap();
    drop(tx);
    assert_eq!(world.read().await.untold_tasks(10).await.unwrap().len(), 1);
}
