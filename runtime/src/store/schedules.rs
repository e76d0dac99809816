//! What sets off work by itself. A schedule fires in the transaction that makes its task and says when it fires next, so a
//! crash fires nothing twice and loses nothing: what it missed is a decision, taken when it is looked at again.

use super::page::{Page, Paged};
use crate::ids::{ScheduleId, TaskId};
use crate::{Result, Timestamp};

/// A schedule. What sets it off and what it does are the business of whoever runs it.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Schedule {
    /// Id.
    pub id: ScheduleId,
    /// Name, unique in the tenant.
    pub name: String,
    /// What sets it off.
    pub set_off_by: serde_json::Value,
    /// What it does.
    pub work: serde_json::Value,
    /// What becomes of times that were missed.
    pub missed: String,
    /// It does nothing until resumed.
    pub paused: bool,
    /// When it fires next; none: when something happens.
    pub next_at: Option<Timestamp>,
    /// When it fired last.
    pub last_at: Option<Timestamp>,
    /// The task it made then.
    pub last_task_id: Option<TaskId>,
    /// Why it made none.
    pub last_error: Option<String>,
    /// Rises with every edit.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Timestamp,
    /// Who made it.
    pub created_by: String,
}

/// A schedule to be, or what one is to become.
#[derive(Clone, Debug)]
pub struct NewSchedule {
    /// Name.
    pub name: String,
    /// What sets it off.
    pub set_off_by: serde_json::Value,
    /// What it does.
    pub work: serde_json::Value,
    /// What becomes of times that were missed.
    pub missed: String,
    /// Whether it waits to be resumed.
    pub paused: bool,
    /// When it fires next.
    pub next_at: Option<Timestamp>,
}

/// What became of it when it was due.
#[derive(Clone, Debug)]
pub struct Fired {
    /// When, if it did; none leaves what stands.
    pub at: Option<Timestamp>,
    /// When it fires next.
    pub next_at: Option<Timestamp>,
    /// The task.
    pub task: Option<TaskId>,
    /// Why there is none.
    pub error: Option<String>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Schedules {
    /// Makes one; a name that is in use is a conflict (`schedule.name_taken`).
    async fn create_schedule(&mut self, new: NewSchedule) -> Result<Schedule>;
    /// One.
    async fn schedule(&mut self, id: ScheduleId) -> Result<Schedule>;
    /// All, newest first.
    async fn schedules(&mut self, page: &Page) -> Result<Paged<Schedule>>;
    /// Replaces one, if still at that version.
    async fn update_schedule(&mut self, id: ScheduleId, new: NewSchedule, if_version: Option<i64>) -> Result<Schedule>;
    /// Deletes one.
    async fn delete_schedule(&mut self, id: ScheduleId) -> Result<()>;
    /// Those that are not paused and either due or set off by something that happens.
    async fn ready_schedules(&mut self, at_most: u32) -> Result<Vec<Schedule>>;
    /// When the next one is due.
    async fn next_schedule_at(&mut self) -> Result<Option<Timestamp>>;
    /// Notes what became of one.
    async fn fired_schedule(&mut self, id: ScheduleId, fired: Fired) -> Result<()>;
}
