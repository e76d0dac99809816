//! What both backends do alike with tasks: everything that is not a statement. A claim looks at what is due in growing
//! portions until there is no more room, and what happens to a task is said in its log in the same words.

use std::collections::HashMap;

use serde_json::{Value, json as object};
use uuid::Uuid;

use super::{json, millis};
use crate::ids::TaskId;
use crate::store::{Claimed, LineLevel, NewTask, Rest, Room, Task, TaskOutcome, TaskState, Tasks};
use crate::{Ambient, Error, Result, Timestamp};

/// Sizes of the portions a list is written in: few, so that few statements are prepared.
const PORTIONS: [usize; 3] = [128, 16, 1];
/// Tasks that a claim looks at first; each further look is at eight times as many.
const FIRST_LOOK: i64 = 8;

/// A list in portions of the few sizes.
pub(in crate::store) fn portions<T>(mut list: &[T]) -> Vec<&[T]> {
    let mut out = Vec::new();
    for size in PORTIONS {
        while let Some((portion, rest)) = list.split_at_checked(size) {
            out.push(portion);
            list = rest;
        }
    }
    out
}

/// The statements that [`Tasks`] is made of, each on its own.
#[async_trait::async_trait]
pub(in crate::store) trait TaskRows: Tasks + Send {
    /// One that is known by a key: asking again answers the one that is not over.
    async fn insert_keyed(&mut self, task: Task, key: &str) -> Result<Task>;
    /// Those that are known by no key.
    async fn insert_plain(&mut self, tasks: &[Task]) -> Result<()>;
    /// How many run.
    async fn count_running(&mut self) -> Result<i64>;
    /// What is due after a place in the order, oldest first.
    async fn due(&mut self, after: (i64, Uuid), at_most: i64) -> Result<Vec<Task>>;
    /// An attempt that is a row: its slot is taken.
    async fn begin_attempt(&mut self, id: TaskId, epoch: i64) -> Result<Option<Task>>;
    /// Tasks that were done in this transaction and came to the same.
    async fn pass_well(&mut self, result: &str, ids: &[TaskId]) -> Result<()>;
    /// Ends one attempt; where the task is now, if it ran.
    async fn finish_attempt(&mut self, epoch: i64, id: TaskId, ending: &Ending) -> Result<Option<TaskState>>;
}

/// See [`Tasks::create_tasks`].
pub(in crate::store) async fn create(
    tx: &mut dyn TaskRows,
    ambient: &Ambient,
    by: &str,
    new: Vec<NewTask>,
) -> Result<Vec<Task>> {
    // Ids that follow each other, so that tasks asked for together run in that order.
    let first = ambient.uuid().as_u128();
    let now = ambient.now();
    let (mut made, mut keyed, mut plain) = (Vec::with_capacity(new.len()), Vec::new(), Vec::new());
    for (at, new) in (0_u32..).zip(new) {
        let task = Task {
            id: TaskId::from_uuid(Uuid::from_u128(first.wrapping_add(u128::from(at)))),
            kind: new.kind,
            payload: new.payload,
            connection_id: new.connection_id,
            state: TaskState::Queued,
            progress: object!({}),
            attempts: 0,
            losses: 0,
            max_attempts: if new.max_attempts == 0 { 3 } else { i64::from(new.max_attempts) },
            result: None,
            error: None,
            callback_url: new.callback_url,
            cancel_requested: false,
            run_at: new.run_at.unwrap_or(now),
            created_at: now,
            started_at: None,
            finished_at: None,
            created_by: by.to_owned(),
        };
        match new.key {
            Some(key) => keyed.push((made.len(), key)),
            None => plain.push(task.clone()),
        }
        made.push(task);
    }
    tx.insert_plain(&plain).await?;
    for (at, key) in keyed {
        made[at] = tx.insert_keyed(made[at].clone(), &key).await?;
    }
    Ok(made)
}

/// See [`Tasks::claim_tasks`].
pub(in crate::store) async fn claim(
    tx: &mut dyn TaskRows,
    now: Timestamp,
    epoch: i64,
    room: &Room<'_>,
) -> Result<Claimed> {
    let mut free = i64::from(room.running) - tx.count_running().await?;
    let mut slots = i64::from(room.slots);
    let limit = room.limit as usize;
    let mut claimed = Claimed::default();
    if free <= 0 {
        claimed.rest = Rest::Full;
        return Ok(claimed);
    }
    let (mut after, mut look) = ((i64::MIN, Uuid::nil()), FIRST_LOOK);
    loop {
        let due = tx.due(after, look).await?;
        let last = due.len() < look as usize;
        for mut task in due {
            if claimed.tasks.len() == limit {
                claimed.rest = Rest::More;
                return Ok(claimed);
            }
            if free <= 0 {
                claimed.rest = Rest::Full;
                return Ok(claimed);
            }
            after = (millis(task.run_at), task.id.as_uuid());
            if room.at_once.contains(&task.kind.as_str()) {
                (task.state, task.started_at) = (TaskState::InProgress, Some(now));
                task.attempts += 1;
            } else if slots <= 0 {
                claimed.rest = Rest::NoSlot;
                return Ok(claimed);
            } else {
                (free, slots) = (free - 1, slots - 1);
                let Some(begun) = begin(tx, task.id, epoch).await? else { continue };
                task = begun;
            }
            claimed.tasks.push(task);
        }
        if last {
            return Ok(claimed);
        }
        let left = limit.saturating_sub(claimed.tasks.len()) as i64;
        look = (look * 8).min(left.max(1));
    }
}

async fn begin(tx: &mut dyn TaskRows, id: TaskId, epoch: i64) -> Result<Option<Task>> {
    let Some(task) = tx.begin_attempt(id, epoch).await? else { return Ok(None) };
    tx.log_task(id, LineLevel::Info, &format!("Attempt {} begins.", task.attempts), None).await?;
    Ok(Some(task))
}

/// See [`Tasks::pass_tasks`].
pub(in crate::store) async fn pass(
    tx: &mut dyn TaskRows,
    now: Timestamp,
    epoch: i64,
    outcomes: Vec<(TaskId, TaskOutcome)>,
) -> Result<Vec<(TaskId, TaskState)>> {
    let mut ended = Vec::with_capacity(outcomes.len());
    let mut well: HashMap<String, Vec<TaskId>> = HashMap::new();
    for (id, outcome) in outcomes {
        if let TaskOutcome::Success(result) = outcome {
            well.entry(json(&result)?).or_default().push(id);
            ended.push((id, TaskState::Success));
        } else {
            begin(tx, id, epoch).await?;
            ended.extend(end(tx, now, epoch, id, outcome).await?.map(|state| (id, state)));
        }
    }
    for (result, ids) in well {
        tx.pass_well(&result, &ids).await?;
    }
    Ok(ended)
}

/// See [`Tasks::finish_tasks`].
pub(in crate::store) async fn finish(
    tx: &mut dyn TaskRows,
    now: Timestamp,
    epoch: i64,
    outcomes: Vec<(TaskId, TaskOutcome)>,
) -> Result<Vec<(TaskId, TaskState)>> {
    let mut ended = Vec::with_capacity(outcomes.len());
    for (id, outcome) in outcomes {
        ended.extend(end(tx, now, epoch, id, outcome).await?.map(|state| (id, state)));
    }
    Ok(ended)
}

/// An outcome as its row takes it.
pub(in crate::store) struct Ending {
    /// Where the task goes, unless its attempts are used up.
    pub wanted: TaskState,
    /// What came out.
    pub result: Option<Value>,
    /// Why it ended badly.
    pub error: Option<Value>,
    /// When it is tried again.
    pub run_at: Option<Timestamp>,
    /// Attempts that are not counted.
    pub uncount: i64,
}

impl From<TaskOutcome> for Ending {
    fn from(outcome: TaskOutcome) -> Self {
        let (wanted, result, error, run_at, uncount) = match outcome {
            TaskOutcome::Success(result) => (TaskState::Success, Some(result), None, None, 0),
            TaskOutcome::Retry { at, error } => (TaskState::RetryWait, None, Some(error), Some(at), 0),
            TaskOutcome::Failed(error) => (TaskState::Failed, None, Some(error), None, 0),
            TaskOutcome::Cancelled => (TaskState::Cancelled, None, None, None, 0),
            TaskOutcome::Released => (TaskState::Queued, None, None, None, 1),
        };
        Self { wanted, result, error, run_at, uncount }
    }
}

async fn end(
    tx: &mut dyn TaskRows,
    now: Timestamp,
    epoch: i64,
    id: TaskId,
    outcome: TaskOutcome,
) -> Result<Option<TaskState>> {
    let ending = Ending::from(outcome);
    let Some(state) = tx.finish_attempt(epoch, id, &ending).await? else { return Ok(None) };
    let why = ending.error.as_ref().map_or("", said);
    let (level, message) = match state {
        TaskState::Success => (LineLevel::Info, "It is done.".to_owned()),
        TaskState::RetryWait => {
            let wait = ending.run_at.map_or(0.0, |at| (at - now).num_milliseconds() as f64 / 1000.0);
            (LineLevel::Warn, format!("It is tried again in {wait:.1} s: {why}"))
        }
        TaskState::Failed => (LineLevel::Error, format!("It has failed: {why}")),
        TaskState::Cancelled => (LineLevel::Info, "It was called off.".to_owned()),
        TaskState::Queued | TaskState::InProgress => (LineLevel::Info, "It is queued again.".to_owned()),
    };
    tx.log_task(id, level, &message, ending.error).await?;
    Ok(Some(state))
}

/// Why an attempt ended badly, in words.
fn said(error: &Value) -> &str {
    error["message"].as_str().unwrap_or("No reason was given.")
}

/// Says who called one off, or asked it to stop.
pub(in crate::store) async fn log_cancel(tx: &mut dyn TaskRows, task: &Task, by: &str) -> Result<()> {
    let message = if task.state == TaskState::Cancelled { "It was called off." } else { "Somebody asked it to stop." };
    tx.log_task(task.id, LineLevel::Info, message, Some(object!({ "by": by }))).await?;
    Ok(())
}

/// Nothing was there to call off: there is no such task, or it is over.
pub(in crate::store) async fn not_cancelled(tx: &mut dyn TaskRows, id: TaskId) -> Error {
    match tx.task(id).await {
        Ok(task) => Error::conflict("task.finished", format!("the task has ended already: {}", task.state)),
        Err(error) => error,
    }
}

/// Says who wants one tried again.
pub(in crate::store) async fn log_retry(tx: &mut dyn TaskRows, id: TaskId, by: &str) -> Result<()> {
    tx.log_task(id, LineLevel::Info, "Somebody wants it tried again.", Some(object!({ "by": by }))).await?;
    Ok(())
}

/// Nothing was there to try again: there is no such task, or it did not end badly.
pub(in crate::store) async fn not_retried(tx: &mut dyn TaskRows, id: TaskId) -> Error {
    match tx.task(id).await {
        Ok(task) => Error::conflict(
            "task.not_failed",
            format!("the task is {}; only one that failed or was called off is tried again", task.state),
        ),
        Err(error) => error,
    }
}

/// Why a task whose process ended is not done: to be begun again, or (`losses` were allowed) parked.
pub(in crate::store) fn lost_and_poison(losses: u32) -> (Value, Value) {
    let lost = object!({ "code": "task.lost", "message": "The process ended while it ran." });
    let poison = object!({
        "code": "task.poison",
        "message": format!("The process ended while it ran, more than {losses} times; it is not begun again by itself."),
        "remedy": "Look at its log; when the cause is mended, POST /api/v1/tasks/{id}/retry.",
    });
    (lost, poison)
}

/// Says what became of tasks whose process ended.
pub(in crate::store) async fn log_orphans(tx: &mut dyn TaskRows, tasks: &[Task]) -> Result<()> {
    for task in tasks {
        let (level, message) = match task.state {
            TaskState::Cancelled => (LineLevel::Info, "The process ended while it ran; it was to stop anyway."),
            TaskState::Failed => (LineLevel::Error, "The process ended while it ran, once too often: it is parked."),
            _ => (LineLevel::Warn, "The process ended while it ran; it is queued again."),
        };
        let data = object!({ "losses": task.losses });
        tx.log_task(task.id, level, message, Some(data)).await?;
    }
    Ok(())
}
