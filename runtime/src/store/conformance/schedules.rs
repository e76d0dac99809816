//! Schedules.

use std::time::Duration;

use serde_json::json;

use super::World;
use crate::store::{Fired, NewSchedule, NewTask, Page};
use crate::{Kind, Timestamp};

fn nightly(name: &str, next_at: Option<Timestamp>) -> NewSchedule {
    NewSchedule {
        name: name.into(),
        set_off_by: json!({"cron": "0 3 * * *"}),
        work: json!({"kind": "noop"}),
        missed: "once".into(),
        paused: false,
        next_at,
    }
}

/// Made, due, fired, put off, edited at a version, paused, deleted.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    let now = world.store.ambient().now();
    let later = now + Duration::from_secs(10);
    let one = tx.create_schedule(nightly("one", Some(later))).await.unwrap();
    let happens = tx.create_schedule(nightly("happens", None)).await.unwrap();
    assert_eq!((one.version, one.next_at, one.last_at), (1, Some(later), None));
    let ready = |all: Vec<crate::store::Schedule>| all.into_iter().map(|s| s.id).collect::<Vec<_>>();
    assert_eq!(
        ready(tx.ready_schedules(10).await.unwrap()),
        [happens.id],
        "what waits for something is always looked at"
    );
    assert_eq!(tx.next_schedule_at().await.unwrap(), Some(later));
    tx.save().await.unwrap();

    world.clock.advance(Duration::from_secs(10));
    let mut tx = world.begin().await;
    assert_eq!(tx.ready_schedules(10).await.unwrap().len(), 2);
    let task = tx.create_task(NewTask { kind: "noop".into(), ..NewTask::default() }).await.unwrap().id;
    let next = later + Duration::from_mins(1);
    let fired = Fired { at: Some(later), next_at: Some(next), task: Some(task), error: None };
    tx.fired_schedule(one.id, fired).await.unwrap();
    let fired = Fired { at: None, next_at: Some(next), task: None, error: Some("no such source".into()) };
    tx.fired_schedule(one.id, fired).await.unwrap();
    let seen = tx.schedule(one.id).await.unwrap();
    assert_eq!((seen.last_at, seen.last_task_id, seen.next_at), (Some(later), Some(task), Some(next)));
    assert_eq!(seen.last_error.as_deref(), Some("no such source"));

    let paused = NewSchedule { paused: true, ..nightly("other", Some(later)) };
    let edited = tx.update_schedule(one.id, paused.clone(), Some(1)).await.unwrap();
    assert_eq!((edited.version, &*edited.name, edited.paused), (2, "other", true));
    assert_eq!(tx.update_schedule(one.id, paused, Some(1)).await.unwrap_err().kind, Kind::Stale);
    assert_eq!(tx.next_schedule_at().await.unwrap(), None);
    assert_eq!(tx.create_schedule(nightly("happens", None)).await.unwrap_err().code, "schedule.name_taken");
    drop(tx);
    let mut tx = world.begin().await;
    tx.delete_schedule(happens.id).await.unwrap();
    assert_eq!(tx.delete_schedule(happens.id).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.schedules(&Page::default()).await.unwrap().items.len(), 1);
}

/// B sees, changes and fires nothing of A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    let one = tx.create_schedule(nightly("one", None)).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert!(tx.schedules(&Page::default()).await.unwrap().items.is_empty());
    assert!(tx.ready_schedules(10).await.unwrap().is_empty());
    assert_eq!(tx.schedule(one.id).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.update_schedule(one.id, nightly("x", None), None).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.delete_schedule(one.id).await.unwrap_err().kind, Kind::NotFound);
    tx.fired_schedule(one.id, Fired { at: None, next_at: None, task: None, error: Some("x".into()) }).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(world.read().await.schedule(one.id).await.unwrap(), one);
}
