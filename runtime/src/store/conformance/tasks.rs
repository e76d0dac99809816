//! Tasks.

use std::time::Duration;

use serde_json::json;

use super::World;
use crate::Kind;
use crate::store::{LINES_KEPT, LineLevel, NewTask, Page, Rest, Room, Task, TaskFilter, TaskOutcome, TaskState, Tx};

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
    let claimed = tx.claim_tasks(1, &Room::new(10, 5)).await.unwrap().tasks;
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
    let first = tx.claim_tasks(1, &Room::new(3, 5)).await.unwrap().tasks;
    assert_eq!(first.iter().map(|t| t.id).collect::<Vec<_>>(), asked[..3].iter().map(|t| t.id).collect::<Vec<_>>());
    assert_eq!(tx.claim_tasks(1, &Room::new(10, 5)).await.unwrap().tasks.len(), 2);
    assert!(tx.claim_tasks(1, &Room::new(10, 5)).await.unwrap().tasks.is_empty());
    tx.finish_tasks(1, vec![(asked[0].id, TaskOutcome::Cancelled)]).await.unwrap();
    assert_eq!(tx.claim_tasks(1, &Room::new(10, 5)).await.unwrap().tasks.len(), 1);
    let running = TaskFilter { state: Some(TaskState::InProgress), ..TaskFilter::default() };
    assert_eq!(tx.tasks(&running, &Page::default()).await.unwrap().items.len(), 5);
}

/// A failing task waits between its attempts, then has failed; a person may start it over.
pub async fn attempts_run_out(world: &World) {
    let mut tx = world.begin().await;
    let id = tx.create_task(NewTask { max_attempts: 2, ..noop() }).await.unwrap().id;
    for attempt in 1..=2 {
        assert_eq!(tx.claim_tasks(1, &Room::new(1, 5)).await.unwrap().tasks[0].attempts, attempt);
        let at = world.store.ambient().now() + Duration::from_secs(10);
        let error = json!({ "code": "x" });
        tx.finish_tasks(1, vec![(id, TaskOutcome::Retry { at, error })]).await.unwrap();
        assert!(tx.claim_tasks(1, &Room::new(1, 5)).await.unwrap().tasks.is_empty(), "not before its time");
        world.clock.advance(Duration::from_secs(10));
    }
    let failed = tx.task(id).await.unwrap();
    assert_eq!((failed.state, failed.error), (TaskState::Failed, Some(json!({ "code": "x" }))));
    assert!(failed.finished_at.is_some());
    let again = tx.retry_task(id).await.unwrap();
    assert_eq!((again.state, again.attempts, again.error), (TaskState::Queued, 0, None));
    assert_eq!(tx.retry_task(id).await.unwrap_err().code, "task.not_failed");
    tx.claim_tasks(1, &Room::new(1, 5)).await.unwrap();
    tx.finish_tasks(1, vec![(id, TaskOutcome::Released)]).await.unwrap();
    assert_eq!(tx.task(id).await.unwrap().attempts, 0, "a drain is not its fault");
}

/// A waiting one is called off at once, a running one is asked.
pub async fn cancelling(world: &World) {
    let mut tx = world.begin().await;
    let asked = tx.create_tasks(vec![noop(), noop()]).await.unwrap();
    tx.claim_tasks(1, &Room::new(1, 5)).await.unwrap();
    let running = tx.cancel_task(asked[0].id).await.unwrap();
    assert_eq!((running.state, running.cancel_requested), (TaskState::InProgress, true));
    assert!(tx.progress_task(running.id, json!({})).await.unwrap());
    let waiting = tx.cancel_task(asked[1].id).await.unwrap();
    assert_eq!((waiting.state, waiting.finished_at.is_some()), (TaskState::Cancelled, true));
    assert_eq!(tx.cancel_task(asked[1].id).await.unwrap_err().code, "task.finished");
}

/// Slots of a dead epoch are free again; its tasks run again, unless they were to stop, or processes end too often while
/// they run; a person may start such a one over.
pub async fn what_a_dead_epoch_left(world: &World) {
    let mut tx = world.begin().await;
    let asked = tx.create_tasks(vec![NewTask { max_attempts: 1, ..noop() }, noop()]).await.unwrap();
    let (poison, stopping) = (asked[0].id, asked[1].id);
    tx.claim_tasks(1, &Room::new(2, 5)).await.unwrap();
    assert!(tx.requeue_orphans(1, 2).await.unwrap().is_empty());
    tx.cancel_task(stopping).await.unwrap();
    for epoch in 2..=3 {
        let left = tx.requeue_orphans(epoch, 2).await.unwrap();
        assert_eq!(left.len(), if epoch == 2 { 2 } else { 1 });
        let again = tx.claim_tasks(epoch, &Room::new(2, 5)).await.unwrap().tasks;
        let seen: Vec<_> = again.iter().map(|t| (t.id, t.attempts, t.losses)).collect();
        assert_eq!(seen, [(poison, 1, epoch - 1)], "what nobody saw the end of is no attempt");
    }
    assert_eq!(tx.task(stopping).await.unwrap().state, TaskState::Cancelled);
    let done = (poison, TaskOutcome::Success(json!(1)));
    assert!(tx.finish_tasks(2, vec![done]).await.unwrap().is_empty(), "a zombie's answer is not taken");
    let parked = tx.requeue_orphans(4, 2).await.unwrap();
    assert_eq!((parked[0].id, parked[0].state, parked[0].losses), (poison, TaskState::Failed, 3));
    assert_eq!(parked[0].error.as_ref().unwrap()["code"], "task.poison");
    assert!(parked[0].finished_at.is_some() && tx.claim_tasks(4, &Room::new(2, 5)).await.unwrap().tasks.is_empty());
    assert_eq!(tx.retry_task(poison).await.unwrap().losses, 0);
    assert_eq!(tx.claim_tasks(4, &Room::new(2, 5)).await.unwrap().tasks.len(), 1);
}

/// What is done in the transaction that claims it takes no slot, but there must be one; the order is kept.
pub async fn done_at_once(world: &World) {
    let ids = |tasks: &[Task]| tasks.iter().map(|t| t.id).collect::<Vec<_>>();
    let mut tx = world.begin().await;
    let long = || NewTask { kind: "long".into(), ..noop() };
    let mut new: Vec<_> = (0..300).map(|_| noop()).collect();
    new.splice(200..200, [long(), long()]);
    let asked = tx.create_tasks(new).await.unwrap();
    let room = Room { at_once: &["noop"], ..Room::new(100, 1) };
    let first = tx.claim_tasks(1, &room).await.unwrap();
    assert_eq!((ids(&first.tasks), first.rest), (ids(&asked[..100]), Rest::More));
    let mut outcomes: Vec<_> = ids(&first.tasks).into_iter().map(|id| (id, TaskOutcome::Success(json!({})))).collect();
    outcomes[7].1 = TaskOutcome::Failed(json!({ "code": "x", "message": "No." }));
    let ended = tx.pass_tasks(1, outcomes).await.unwrap();
    assert_eq!(ended.iter().filter(|(_, state)| *state == TaskState::Success).count(), 99);
    let (good, bad) = (tx.task(asked[0].id).await.unwrap(), tx.task(asked[7].id).await.unwrap());
    assert_eq!((good.state, good.attempts, good.result), (TaskState::Success, 1, Some(json!({}))));
    assert!(good.started_at.is_some() && good.finished_at.is_some());
    assert_eq!((bad.state, bad.attempts), (TaskState::Failed, 1));
    let again = tx.pass_tasks(1, vec![(good.id, TaskOutcome::Success(json!({})))]).await;
    assert_eq!(again.unwrap_err().code, "task.not_claimed", "once");
    tx.save().await.unwrap();

    let mut tx = world.begin().await;
    let none = tx.claim_tasks(1, &Room { slots: 0, limit: 500, ..room }).await.unwrap();
    assert_eq!((ids(&none.tasks), none.rest), (ids(&asked[100..200]), Rest::NoSlot));
    let full = tx.claim_tasks(1, &Room { limit: 500, ..room }).await.unwrap();
    assert_eq!((ids(&full.tasks), full.rest), (ids(&asked[100..201]), Rest::Full), "one slot, and it is taken");
    assert!(ids(&tx.running_tasks().await.unwrap()) == [asked[200].id]);
    assert_eq!(tx.claim_tasks(1, &room).await.unwrap().rest, Rest::Full);
    tx.save().await.unwrap();
    let counts = world.store.directory().task_counts().await.unwrap();
    // Those that were to be done at once and were not wait as before.
    assert_eq!((counts.running, counts.orphaned, counts.waiting), (1, 0, 201));
}

/// What happens to a task is in its log, which is bounded.
pub async fn the_log(world: &World) {
    let lines = async |tx: &mut dyn Tx, id| tx.task_lines(id, &Page::first(1000)).await.unwrap().items;
    let mut tx = world.begin().await;
    let id = tx.create_task(noop()).await.unwrap().id;
    tx.claim_tasks(1, &Room::new(1, 5)).await.unwrap();
    let said = tx.log_task(id, LineLevel::Warn, "Half of it.", Some(json!({ "rows": 5 }))).await.unwrap();
    assert_eq!(said, Some(2));
    tx.cancel_task(id).await.unwrap();
    tx.finish_tasks(1, vec![(id, TaskOutcome::Cancelled)]).await.unwrap();
    tx.retry_task(id).await.unwrap();
    let log = lines(tx.as_mut(), id).await;
    let told: Vec<_> = log.iter().map(|l| (l.n, l.attempt, l.message.as_str())).collect();
    assert_eq!(
        told,
        [
            (1, 1, "Attempt 1 begins."),
            (2, 1, "Half of it."),
            (3, 1, "Somebody asked it to stop."),
            (4, 1, "It was called off."),
            (5, 0, "Somebody wants it tried again."),
        ]
    );
    assert_eq!((log[1].level, &log[1].data), (LineLevel::Warn, &Some(json!({ "rows": 5 }))));
    assert_eq!(log[2].data, Some(json!({ "by": world.a.actor().to_string() })));
    for _ in 0..LINES_KEPT {
        tx.log_task(id, LineLevel::Info, &"x".repeat(10_000), Some(json!("y".repeat(10_000)))).await.unwrap();
    }
    let page = tx.task_lines(id, &Page::first(10)).await.unwrap();
    assert_eq!((page.items[0].n, page.items[0].message.len(), &page.items[0].data), (6, 2_000, &None));
    let rest = Page::asked(Some(1000), page.next_cursor.as_deref()).unwrap();
    assert_eq!(tx.task_lines(id, &rest).await.unwrap().items.len() as i64, LINES_KEPT - 10);
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert!(lines(tx.as_mut(), id).await.is_empty());
    assert_eq!(tx.log_task(id, LineLevel::Info, "Mine.", None).await.unwrap(), None);
}

/// Asking twice for the same unfinished work is asking once.
pub async fn one_task_a_key(world: &World) {
    let sync = || NewTask { kind: "sync".into(), key: Some("c1".into()), ..noop() };
    let mut tx = world.begin().await;
    let first = tx.create_task(sync()).await.unwrap();
    assert_eq!(tx.create_task(sync()).await.unwrap(), first);
    tx.claim_tasks(1, &Room::new(1, 5)).await.unwrap();
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
    let oldest = asked.last().unwrap().id;
    tx.claim_tasks(1, &Room::new(1, 5)).await.unwrap();
    tx.finish_tasks(1, vec![(oldest, TaskOutcome::Failed(json!({})))]).await.unwrap();
    let failed = TaskFilter { state: Some(TaskState::Failed), ..filter };
    let found = tx.tasks(&failed, &Page::default()).await.unwrap().items;
    assert_eq!(found.iter().map(|t| t.id).collect::<Vec<_>>(), [oldest]);
}

/// B cannot see, claim, finish or cancel A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    let id = tx.create_task(noop()).await.unwrap().id;
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert_eq!(tx.task(id).await.unwrap_err().kind, Kind::NotFound);
    assert!(tx.tasks(&TaskFilter::default(), &Page::default()).await.unwrap().items.is_empty());
    assert!(tx.claim_tasks(1, &Room::new(10, 5)).await.unwrap().tasks.is_empty());
    assert_eq!(tx.cancel_task(id).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.next_task_at().await.unwrap(), None);
}
