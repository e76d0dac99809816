//! The end of a task, the same for every kind of work: what becomes of it in its row, told to people, and the runner woken,
//! because a slot is free.

use std::time::Duration;

use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::TaskId;
use autonomos_runtime::store::TaskOutcome;
use autonomos_runtime::supervision::Backoff;
use autonomos_runtime::{Error, Kind, Result, Timestamp};
use serde_json::{Value, json};

use super::stop::STOPPED;
use crate::tenant::Desk;

/// Pauses before an attempt that may go better: anything up to a ceiling that doubles, from the first to the longest.
const AGAIN: Backoff = Backoff::new(Duration::from_secs(4), Duration::from_mins(10));

/// An error as its task shows it.
fn said(error: &Error) -> Value {
    json!({"code": error.code, "message": error.message, "remedy": error.remedy, "field": error.field})
}

/// What becomes of a task whose work failed: it is tried again at a time when what failed may have passed, it is over, or
/// it was asked to stop and did.
pub fn failed(error: &Error, again: Timestamp) -> TaskOutcome {
    if error.code == STOPPED {
        TaskOutcome::Cancelled
    } else if error.retryable() {
        TaskOutcome::Retry { at: again, error: said(error) }
    } else {
        TaskOutcome::Failed(said(error))
    }
}

/// What becomes of a task by what came of its work, in that attempt.
pub fn outcome(desk: &Desk, attempt: i64, result: Result<Value>) -> TaskOutcome {
    match result {
        Ok(result) => TaskOutcome::Success(result),
        Err(error) => failed(&error, again(desk, attempt)),
    }
}

/// When the attempt after this one is.
pub fn again(desk: &Desk, attempt: i64) -> Timestamp {
    let ambient = desk.parts.ambient();
    ambient.now() + AGAIN.wait(u32::try_from(attempt - 1).unwrap_or(0), ambient.fraction())
}

/// Ends an attempt, in a transaction of its own, fenced.
pub async fn end(desk: &Desk, task: TaskId, kind: &str, result: Result<Value>) -> Result<()> {
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    let attempt = match tx.task(task).await {
        Ok(row) => row.attempts,
        // It went with what it was about.
        Err(error) if error.kind == Kind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let outcome = outcome(desk, attempt, result);
    let ended = tx.finish_tasks(desk.epoch, vec![(task, outcome)]).await?;
    tx.save().await?;
    for (task, state) in ended {
        desk.publish(Fact::task_state(task, kind, state.as_str(), attempt as u32, 1.0));
    }
    desk.tasks().wake();
    Ok(())
}
