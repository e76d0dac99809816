//! Playbooks and their runs. A run keeps the document it was begun with and a row for each step; a step's task and its row
//! change in one transaction, so a restart finds every step where it stands.

use super::page::{Page, Paged};
use crate::ids::{PlaybookId, PlaybookRunId, TaskId};
use crate::{Result, Timestamp};

super::words::words! {
    /// Where a run is.
    PlaybookRunState {
        /// Steps are left.
        InProgress = "in_progress",
        /// All that had to succeed has.
        Success = "success",
        /// A step failed that should not have.
        Failed = "failed",
        /// Called off.
        Cancelled = "cancelled",
    }

    /// Where a step is.
    StepState {
        /// Others come before it.
        Waiting = "waiting",
        /// Its task is there.
        InProgress = "in_progress",
        /// It worked.
        Success = "success",
        /// It did not.
        Failed = "failed",
        /// It was left out.
        Skipped = "skipped",
    }
}

/// A named sequence of tasks.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PlaybookRow {
    /// Id.
    pub id: PlaybookId,
    /// Name, unique in the tenant.
    pub name: String,
    /// As it was written.
    pub document: String,
    /// Rises with every edit.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Timestamp,
    /// Who made it.
    pub created_by: String,
}

/// A run.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PlaybookRun {
    /// Id.
    pub id: PlaybookRunId,
    /// Name of its playbook.
    pub playbook: String,
    /// The playbook as it was then.
    pub document: String,
    /// The task that asked for it, if one did.
    pub task_id: Option<TaskId>,
    /// Where it is.
    pub state: PlaybookRunState,
    /// Why it failed.
    pub error: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Who asked.
    pub created_by: String,
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PlaybookStep {
    /// Its place, from zero.
    pub place: i64,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub state: StepState,
    /// Its task.
    pub task_id: Option<TaskId>,
    /// What came out.
    pub result: Option<serde_json::Value>,
    /// Why it failed.
    pub error: Option<serde_json::Value>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// What becomes of a step. Times are noted by the state.
#[derive(Clone, Debug)]
pub struct StepChange {
    /// Where it is now.
    pub state: StepState,
    /// Its task; none leaves what stands.
    pub task_id: Option<TaskId>,
    /// What came out.
    pub result: Option<serde_json::Value>,
    /// Why it failed.
    pub error: Option<serde_json::Value>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Playbooks {
    /// Makes one; a name that is in use is a conflict (`playbook.name_taken`).
    async fn create_playbook(&mut self, name: &str, document: &str) -> Result<PlaybookRow>;
    /// One.
    async fn playbook(&mut self, id: PlaybookId) -> Result<PlaybookRow>;
    /// One by its name.
    async fn playbook_named(&mut self, name: &str) -> Result<PlaybookRow>;
    /// All, newest first.
    async fn playbooks(&mut self, page: &Page) -> Result<Paged<PlaybookRow>>;
    /// Replaces one, if still at that version.
    async fn update_playbook(&mut self, id: PlaybookId, document: &str, if_version: Option<i64>)
    -> Result<PlaybookRow>;
    /// Deletes one; its runs stay.
    async fn delete_playbook(&mut self, id: PlaybookId) -> Result<()>;

    /// Begins a run, all its steps waiting.
    async fn start_playbook(&mut self, of: &PlaybookRow, task: Option<TaskId>, steps: &[String])
    -> Result<PlaybookRun>;
    /// One run.
    async fn playbook_run(&mut self, id: PlaybookRunId) -> Result<PlaybookRun>;
    /// Runs (of one playbook), newest first.
    async fn playbook_runs(&mut self, playbook: Option<&str>, page: &Page) -> Result<Paged<PlaybookRun>>;
    /// Runs that are under way, oldest first.
    async fn open_playbook_runs(&mut self, at_most: u32) -> Result<Vec<PlaybookRun>>;
    /// The steps of a run, in their order.
    async fn playbook_steps(&mut self, run: PlaybookRunId) -> Result<Vec<PlaybookStep>>;
    /// Notes what becomes of a step.
    async fn change_step(&mut self, run: PlaybookRunId, place: i64, change: StepChange) -> Result<()>;
    /// Ends a run that is under way; one that is not stays as it is.
    async fn finish_playbook_run(
        &mut self,
        id: PlaybookRunId,
        state: PlaybookRunState,
        error: Option<String>,
    ) -> Result<PlaybookRun>;
}
