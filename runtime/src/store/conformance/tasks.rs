//! Tasks.

use std::time::Duration;

use serde_json::json;

use super::World;
use crate::Kind;
use crate::store::{NewTask, Page, TaskFilter, TaskOutcome, TaskState};

fn noop() -> NewTask {
    NewTask { kind: "noop".into(), payload: json!({ "n": 1 }), ..NewTask::default() }
}

/// Asked for, run, done.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    let task = tx.create_task(noop()).await.unwrap();
    assert_eq!((task.state, task.attempts, task.max_attempts), (TaskState::Queued, 0, 3));
    assert_eq!(task.created_by, world.a.actor().to_string());
    assert_eq!(tx.next_task_at().await.unwrap(), Some(task.run_at));
    let claimed = tx.claim_tasks(1, 10, 5).await.unwrap();
    assert_eq!((claimed[0].id, claimed[0].state, claimed[0].attempts), (task.id, TaskState::InProgress, 1));
    assert_eq!(tx.next_task_at().await.unwrap(), None);
    assert!(!tx.progress_task(task.id, json!({ "done": 5, "total": 10 })).await.unwrap());
    tx.finish_tasks(1, vec![(task.id, TaskOutcome::Success(json!({ "ok": true })))]).await.unwrap();
    let done = tx.task(task.id).await.unwrap();
    assert_eq!(
        (done.state, done.result, &done.progress["done"]),
        (TaskState::Success, Some(json!({ "ok": true })), &json!(5))
    );
    assert_eq!(done.finished_at, Some(world.store.ambient().now()));
    assert!(tx.progress_task(task.id, json!({})).await.unwrap(), "who is not running any more should stop");
}

/// No more run than may, oldest first.
pub async fn slots(world: &World) {
    let mut tx = world.begin().await;
    let asked = tx.create_tasks((0..8).map(|_| noop()).collect()).await.unwrap();
    let first = tx.claim_tasks(1, 3, 5).await.unwrap();
    assert_eq!(first.iter().map(|t| t.id).collect::<Vec<_>>(), asked[..3].iter().map(|t| t.id).collect::<Vec<_>>());
    assert_eq!(tx.claim_tasks(1, 10, 5).await.unwrap().len(), 2);
    assert!(tx.claim_tasks(1, 10, 5).await.unwrap().is_empty());
    tx.finish_tasks(1, vec![(asked[0].id, TaskOutcome::Cancelled)]).await.unwrap();
    assert_eq!(tx.claim_tasks(1, 10, 5).await.unwrap().len(), 1);
    let running = TaskFilter { state: Some(TaskState::InProgress), ..TaskFilter::default() };
    assert_eq!(tx.tasks(&running, &Page::default()).await.unwrap().items.len(), 5);
}

/// A failing task waits between its attempts, then has failed; a person may start it over.
pub async fn attempts_run_out(world: &World) {
    let mut tx = world.begin().await;
    let id = tx.create_task(NewTask { max_attempts: 2, ..noop() }).await.unwrap().id;
    for attempt in 1..=2 {
        assert_eq!(tx.claim_tasks(1, 1, 5).await.unwrap()[0].attempts, attempt);
        let at = world.store.ambient().now() + Duration::from_secs(10);
        let error = json!({ "code": "x" });
        tx.finish_tasks(1, vec![(id, TaskOutcome::Retry { at, error })]).await.unwrap();
        assert!(tx.claim_tasks(1, 1, 5).await.unwrap().is_empty(), "not before its time");
        world.clock.advance(Duration::from_secs(10));
    }
    let failed = tx.task(id).await.unwrap();
    assert_eq!((failed.state, failed.error), (TaskState::Failed, Some(json!({ "code": "x" }))));
    assert!(failed.finished_at.is_some());
    let again = tx.retry_task(id).await.unwrap();
    assert_eq!((again.state, again.attempts, again.error), (TaskState::Queued, 0, None));
    assert_eq!(tx.retry_task(id).await.unwrap_err().code, "task.not_failed");
    tx.claim_tasks(1, 1, 5).await.unwrap();
    tx.finish_tasks(1, vec![(id, TaskOutcome::Released)]).await.unwrap();
    assert_eq!(tx.task(id).await.unwrap().attempts, 0, "a drain is not its fault");
}

/// A waiting one is called off at once, a running one is asked.
pub async fn cancelling(world: &World) {
    let mut tx = world.begin().await;
    let asked = tx.create_tasks(vec![noop(), noop()]).await.unwrap();
    tx.claim_tasks(1, 1, 5).await.unwrap();
    let running = tx.cancel_task(asked[0].id).await.unwrap();
    assert_eq!((running.state, running.cancel_requested), (TaskState::InProgress, true));
    assert!(tx.progress_task(running.id, json!({})).await.unwrap());
    let waiting = tx.cancel_task(asked[1].id).await.unwrap();
    assert_eq!((waiting.state, waiting.finished_at.is_some()), (TaskState::Cancelled, true));
    assert_eq!(tx.cancel_task(asked[1].id).await.unwrap_err().code, "task.finished");
}

/// Slots of a dead epoch are free again; its tasks run again, unless their attempts are used up.
pub async fn what_a_dead_epoch_left(world: &World) {
    let mut tx = world.begin().await;
    let mut new = vec![noop(), noop()];
    new[1].max_attempts = 1;
    let asked = tx.create_tasks(new).await.unwrap();
    tx.claim_tasks(1, 2, 5).await.unwrap();
    assert_eq!(tx.requeue_orphans(1).await.unwrap(), 0);
    assert_eq!(tx.requeue_orphans(2).await.unwrap(), 2);
    assert_eq!(tx.task(asked[0].id).await.unwrap().state, TaskState::Queued);
    assert_eq!(tx.task(asked[1].id).await.unwrap().state, TaskState::Failed);
    let again = tx.claim_tasks(2, 2, 5).await.unwrap();
    assert_eq!(again.len(), 1);
    tx.finish_tasks(1, vec![(again[0].id, TaskOutcome::Success(json!(1)))]).await.unwrap();
    assert_eq!(tx.task(again[0].id).await.unwrap().state, TaskState::InProgress, "a zombie's answer is not taken");
}

/// Asking twice for the same unfinished work is asking once.
pub async fn one_task_a_key(world: &World) {
    let sync = || NewTask { kind: "sync".into(), key: Some("c1".into()), ..noop() };
    let mut tx = world.begin().await;
    let first = tx.create_task(sync()).await.unwrap();
    assert_eq!(tx.create_task(sync()).await.unwrap(), first);
    tx.claim_tasks(1, 1, 5).await.unwrap();
    assert_eq!(tx.create_task(sync()).await.unwrap().id, first.id);
    tx.finish_tasks(1, vec![(first.id, TaskOutcome::Failed(json!({})))]).await.unwrap();
    assert_ne!(tx.create_task(sync()).await.unwrap().id, first.id);
    assert_eq!(tx.retry_task(first.id).await.unwrap_err().code, "task.again");
}

/// Every task once, newest first.
pub async fn paging(world: &World) {
    let mut tx = world.begin().await;
    let mut asked: Vec<_> = tx.create_tasks((0..5).map(|_| noop()).collect()).await.unwrap();
    asked.reverse();
    let filter = TaskFilter { kind: Some("noop".into()), ..TaskFilter::default() };
    let first = tx.tasks(&filter, &Page::first(3)).await.unwrap();
    let second = tx.tasks(&filter, &Page::asked(Some(3), first.next_cursor.as_deref()).unwrap()).await.unwrap();
    assert_eq!([first.items, second.items].concat(), asked);
}

/// B cannot see, claim, finish or cancel A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    let id = tx.create_task(noop()).await.unwrap().id;
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert_eq!(tx.task(id).await.unwrap_err().kind, Kind::NotFound);
    assert!(tx.tasks(&TaskFilter::default(), &Page::default()).await.unwrap().items.is_empty());
    assert!(tx.claim_tasks(1, 10, 5).await.unwrap().is_empty());
    assert_eq!(tx.cancel_task(id).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.next_task_at().await.unwrap(), None);
}
