//! Units of orchestrated work. A running task is a row that names the epoch it runs under; what a dead epoch left
//! behind is queued again ([`Tasks::requeue_orphans`]), so a slot cannot leak.
//!
//! Most work takes a slot: its attempt is a row before it begins, because a crash forgets memory. Work that is rows and
//! nothing else takes none beyond the transaction that claims it: it is done there and ended there ([`Tasks::pass_tasks`]),
//! so it happens exactly once, and one free slot is enough for any number of such tasks, one after the other.
//!
//! What happens to a task is in its log, written in the transactions in which it happens ([`TaskLine`]); one that goes well
//! at its first attempt and takes no slot has none, its row says all.

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

super::words::words! {
    /// How much a line of a log matters.
    LineLevel {
        /// So it goes.
        Info = "info",
        /// Somebody may want to look.
        Warn = "warn",
        /// It went wrong.
        Error = "error",
    }
}

/// Lines kept of one task's log; of more, the oldest go.
pub const LINES_KEPT: i64 = 500;
/// Characters of a line; what is longer is cut.
pub const LINE_LENGTH: usize = 2_000;
/// Bytes of what a line says besides; what is longer is left out.
pub const LINE_DATA: usize = 4_096;

/// A line of a task's log.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct TaskLine {
    /// Counts from 1; what is missing before the first was let go.
    pub n: i64,
    /// When.
    pub at: Timestamp,
    /// In which attempt; 0: before the first.
    pub attempt: i64,
    /// How much it matters.
    pub level: LineLevel,
    /// What happened, in a sentence.
    pub message: String,
    /// What else there is to say.
    pub data: Option<serde_json::Value>,
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
    /// Attempts begun, without those that the process did not live to see the end of.
    pub attempts: i64,
    /// Times a process ended while it ran, since somebody asked for it.
    pub losses: i64,
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

/// What may be begun by one claim.
#[derive(Clone, Copy, Debug)]
pub struct Room<'a> {
    /// So many tasks.
    pub limit: u32,
    /// While fewer than so many of the tenant's run.
    pub running: u32,
    /// Of them, so many that take a slot: what the node has left for the tenant.
    pub slots: u32,
    /// Kinds of work that takes none, because it is done in the transaction that claims it.
    pub at_once: &'a [&'a str],
}

impl Room<'_> {
    /// Room for so many while fewer than so many run, each in a slot.
    pub const fn new(limit: u32, running: u32) -> Self {
        Self { limit, running, slots: running, at_once: &[] }
    }
}

/// Why a claim ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rest {
    /// Nothing else is due.
    #[default]
    Nothing,
    /// There may be more; it took what it was allowed.
    More,
    /// The tenant runs as many as it may.
    Full,
    /// What is due next takes a slot, and the node has none left.
    NoSlot,
}

/// What a claim brought.
#[derive(Clone, Debug, Default)]
pub struct Claimed {
    /// Those that were begun, oldest first.
    pub tasks: Vec<Task>,
    /// Why it ended there.
    pub rest: Rest,
}

/// Tasks of all tenants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// Slots that are taken: rows of tasks that run.
    pub running: u64,
    /// Of them, those of an owner that is gone. They are free again when the tenant's part for tasks starts.
    pub orphaned: u64,
    /// Tasks that wait for their time or a slot.
    pub waiting: u64,
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
    /// Those that run, longest first: no more than a tenant may have slots.
    async fn running_tasks(&mut self) -> Result<Vec<Task>>;
    /// Begins attempts of tasks that are due, oldest first, as long as there is room. Those that are done at once are ended
    /// in this transaction by [`pass_tasks`](Self::pass_tasks), or nothing was begun.
    async fn claim_tasks(&mut self, epoch: i64, room: &Room<'_>) -> Result<Claimed>;
    /// Ends tasks that were claimed in this transaction to be done in it; answers where each is now.
    async fn pass_tasks(
        &mut self,
        epoch: i64,
        outcomes: Vec<(TaskId, TaskOutcome)>,
    ) -> Result<Vec<(TaskId, TaskState)>>;
    /// Notes how far a running one is; answers whether it should stop: because it was asked to, or runs no more.
    async fn progress_task(&mut self, id: TaskId, progress: serde_json::Value) -> Result<bool>;
    /// Ends attempts; answers where each task is now. One that is not running any more (cancelled, taken over) is left as
    /// it is, and not in the answer.
    async fn finish_tasks(
        &mut self,
        epoch: i64,
        outcomes: Vec<(TaskId, TaskOutcome)>,
    ) -> Result<Vec<(TaskId, TaskState)>>;
    /// Calls a waiting task off, or asks a running one to stop.
    async fn cancel_task(&mut self, id: TaskId) -> Result<Task>;
    /// Queues a failed or cancelled one again, with its attempts and losses counted anew.
    async fn retry_task(&mut self, id: TaskId) -> Result<Task>;
    /// Takes up what an earlier epoch left running, and answers it as it is now: queued again, the attempt not counted; or
    /// cancelled, if it was asked to stop; or failed (`task.poison`), if a process ended while it ran more than `losses`
    /// times, for it may be what ends them.
    async fn requeue_orphans(&mut self, epoch: i64, losses: u32) -> Result<Vec<Task>>;
    /// When the next waiting task is due.
    async fn next_task_at(&mut self) -> Result<Option<Timestamp>>;
    /// Adds a line to a task's log; answers its number, none if the task is gone.
    async fn log_task(
        &mut self,
        id: TaskId,
        level: LineLevel,
        message: &str,
        data: Option<serde_json::Value>,
    ) -> Result<Option<i64>>;
    /// A task's log, oldest line first.
    async fn task_lines(&mut self, id: TaskId, page: &Page) -> Result<Paged<TaskLine>>;
}
