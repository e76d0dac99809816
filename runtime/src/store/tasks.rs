//! Units of orchestrated work. A running task is a row that names the epoch it runs under; what a dead epoch left
//! behind is queued again ([`Tasks::requeue_orphans`]), so a slot cannot leak.

use super::page::{Page, Paged};
use crate::ids::{ConnectionId, TaskId};
use crate::{Result, Timestamp};

super::words::words! {
    /// Where a task is.
    TaskState {
        /// Waits for a slot.
        Queued = "queued",
        /// Runs.
        InProgress = "in_progress",
        /// Waits for its next attempt.
        RetryWait = "retry_wait",
        /// Done.
        Success = "success",
        /// Given up.
        Failed = "failed",
        /// Called off.
        Cancelled = "cancelled",
    }
}

impl TaskState {
    /// Whether nothing more will happen.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Failed | Self::Cancelled)
    }
}

/// A unit of work.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Task {
    /// Id.
    pub id: TaskId,
    /// What to do: `sync`, `noop`, `rebuild`, ...
    pub kind: String,
    /// With what.
    pub payload: serde_json::Value,
    /// Connection it works on; one that is deleted takes its tasks along.
    pub connection_id: Option<ConnectionId>,
    /// Where it is.
    pub state: TaskState,
    /// How far: `{done, total?, note?}`.
    pub progress: serde_json::Value,
    /// Attempts begun.
    pub attempts: i64,
    /// Attempts allowed.
    pub max_attempts: i64,
    /// What came out.
    pub result: Option<serde_json::Value>,
    /// Why the last attempt failed: `{code, message, remedy?}`.
    pub error: Option<serde_json::Value>,
    /// Where to tell.
    pub callback_url: Option<String>,
    /// Somebody asked a running one to stop.
    pub cancel_requested: bool,
    /// Not before.
    pub run_at: Timestamp,
    /// When asked for.
    pub created_at: Timestamp,
    /// When the last attempt began.
    pub started_at: Option<Timestamp>,
    /// When it ended for good.
    pub finished_at: Option<Timestamp>,
    /// Who asked.
    pub created_by: String,
}

/// Work to be.
#[derive(Clone, Debug, Default)]
pub struct NewTask {
    /// What.
    pub kind: String,
    /// With what.
    pub payload: serde_json::Value,
    /// On which connection.
    pub connection_id: Option<ConnectionId>,
    /// While a task of this key is not final, asking again answers that one.
    pub key: Option<String>,
    /// Attempts allowed; 0: the default of 3.
    pub max_attempts: u32,
    /// Where to tell.
    pub callback_url: Option<String>,
    /// Not before; none: now.
    pub run_at: Option<Timestamp>,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum TaskOutcome {
    /// Well.
    Success(serde_json::Value),
    /// Badly; again then, if attempts are left, else it has failed.
    Retry {
        /// When.
        at: Timestamp,
        /// Why.
        error: serde_json::Value,
    },
    /// Badly, and it is no use to try again.
    Failed(serde_json::Value),
    /// Called off.
    Cancelled,
    /// Not its fault (the node drains): queued again, the attempt not counted.
    Released,
}

/// Which tasks.
#[derive(Clone, Debug, Default)]
pub struct TaskFilter {
    /// In this state.
    pub state: Option<TaskState>,
    /// Of this kind.
    pub kind: Option<String>,
    /// On this connection.
    pub connection: Option<ConnectionId>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Tasks {
    /// Asks for work.
    async fn create_task(&mut self, new: NewTask) -> Result<Task>;
    /// Asks for much work at once.
    async fn create_tasks(&mut self, new: Vec<NewTask>) -> Result<Vec<Task>>;
    /// One.
    async fn task(&mut self, id: TaskId) -> Result<Task>;
    /// Those that match, newest first.
    async fn tasks(&mut self, filter: &TaskFilter, page: &Page) -> Result<Paged<Task>>;
    /// Begins attempts: up to `limit` tasks that are due, oldest first, while fewer than `max_running` run.
    async fn claim_tasks(&mut self, epoch: i64, limit: u32, max_running: u32) -> Result<Vec<Task>>;
    /// Notes how far a running one is; answers whether it was asked to stop.
    async fn progress_task(&mut self, id: TaskId, progress: serde_json::Value) -> Result<bool>;
    /// Ends attempts. One that is not running any more (cancelled, taken over) is left as it is.
    async fn finish_tasks(&mut self, epoch: i64, outcomes: Vec<(TaskId, TaskOutcome)>) -> Result<()>;
    /// Calls a waiting task off, or asks a running one to stop.
    async fn cancel_task(&mut self, id: TaskId) -> Result<Task>;
    /// Queues a failed or cancelled one again, with its attempts counted anew.
    async fn retry_task(&mut self, id: TaskId) -> Result<Task>;
    /// Queues what an earlier epoch left running; one that has used its attempts up has failed (it may be what killed
    /// the process). Answers how many.
    async fn requeue_orphans(&mut self, epoch: i64) -> Result<u64>;
    /// When the next waiting task is due.
    async fn next_task_at(&mut self) -> Result<Option<Timestamp>>;
}
