//! The end of a task, the same for every kind of work: what became of it in its row, told to people, and the runner woken,
//! because a slot is free.

use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::TaskId;
use autonomos_runtime::store::TaskOutcome;
use autonomos_runtime::{Error, Result, Timestamp};
use serde_json::{Value, json};

use crate::tenant::Desk;

/// An error as its task shows it.
fn said(error: &Error) -> Value {
    json!({"code": error.code, "message": error.message, "remedy": error.remedy, "field": error.field})
}

/// What becomes of a task whose work failed: it is tried again at a time when what failed may have passed, or it is over.
pub fn failed(error: &Error, again: Timestamp) -> TaskOutcome {
    if error.retryable() {
        TaskOutcome::Retry { at: again, error: said(error) }
    } else {
        TaskOutcome::Failed(said(error))
    }
}

/// Ends a task that is done once and for all, in a transaction of its own, fenced.
pub async fn end(desk: &Desk, task: TaskId, kind: &str, result: Result<Value>) -> Result<()> {
    let (outcome, state, progress) = match result {
        Ok(result) => (TaskOutcome::Success(result), "success", 1.0),
        Err(error) => (TaskOutcome::Failed(said(&error)), "failed", 0.0),
    };
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    tx.finish_tasks(desk.epoch, vec![(task, outcome)]).await?;
    tx.save().await?;
    desk.publish(Fact::task_state(task, kind, state, 1, progress));
    desk.tasks().wake();
    Ok(())
}
