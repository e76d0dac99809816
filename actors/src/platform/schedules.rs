//! Schedules as people make and see them.

use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::{ScheduleId, TaskId};
use autonomos_runtime::store::{NewAudit, NewSchedule as NewRow, Page, Paged, Schedule, Tx};
use autonomos_runtime::{Error, Result, Scope, Timestamp};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Platform;
use crate::schedule::{Missed, Said, Trigger, scheduler};
use crate::task::work::Work;

/// Schedules of a tenant at most.
const MOST: usize = 1000;
/// Longest name.
const NAME: usize = 200;
/// Times that are shown of those to come.
const SHOWN: usize = 5;

/// What a schedule is made from.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSchedule {
    /// Unique in the tenant.
    pub name: String,
    /// What sets it off: one of `cron`, `every_seconds` and `after`.
    pub trigger: Said,
    /// What it does.
    pub task: Work,
    /// What becomes of times at which nobody was there: `skip`, `once` (one run for all of them), `all`. `once` unless said.
    #[serde(default)]
    pub missed: Option<String>,
    /// Whether it waits to be resumed.
    #[serde(default)]
    pub paused: bool,
}

/// What may be changed on a schedule; absent means unchanged.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchedulePatch {
    /// Another name.
    #[serde(default)]
    pub name: Option<String>,
    /// Set off by something else.
    #[serde(default)]
    pub trigger: Option<Said>,
    /// Does something else.
    #[serde(default)]
    pub task: Option<Work>,
    /// `skip`, `once`, `all`.
    #[serde(default)]
    pub missed: Option<String>,
    /// Stopped, or going on: what would have been meanwhile is not made up for.
    #[serde(default)]
    pub paused: Option<bool>,
}

/// A schedule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScheduleView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: ScheduleId,
    /// Its name.
    pub name: String,
    /// What sets it off.
    #[schema(value_type = Said)]
    pub trigger: Value,
    /// What it does.
    #[schema(value_type = Work)]
    pub task: Value,
    /// What becomes of times that were missed.
    pub missed: String,
    /// Whether it waits to be resumed.
    pub paused: bool,
    /// When it is next; null while it is paused, or until something happens.
    pub next_run_at: Option<DateTime<Utc>>,
    /// That and the times after it.
    pub next_runs: Vec<DateTime<Utc>>,
    /// When it was set off last.
    pub last_run_at: Option<DateTime<Utc>>,
    /// The task it made last.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub last_task_id: Option<TaskId>,
    /// Why the last time made none.
    pub last_error: Option<String>,
    /// Rises with every edit.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    pub updated_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: String,
}

impl From<Schedule> for ScheduleView {
    fn from(row: Schedule) -> Self {
        let next = row.next_at.filter(|_| !row.paused);
        let trigger = serde_json::from_value::<Said>(row.set_off_by.clone()).ok();
        let trigger = trigger.and_then(|said| said.understood(row.updated_at).ok());
        Self {
            next_runs: trigger.map(|trigger| trigger.coming(next, SHOWN)).unwrap_or_default(),
            next_run_at: next,
            id: row.id,
            name: row.name,
            trigger: row.set_off_by,
            task: row.work,
            missed: row.missed,
            paused: row.paused,
            last_run_at: row.last_at,
            last_task_id: row.last_task_id,
            last_error: row.last_error,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            created_by: row.created_by,
        }
    }
}

/// What is kept of one, everything looked at: a name, times that come, work that can be meant.
pub(super) async fn checked(tx: &mut dyn Tx, asked: &NewSchedule, now: Timestamp) -> Result<NewRow> {
    let name = asked.name.trim();
    if name.is_empty() || name.len() > NAME {
        return Err(Error::invalid("schedule.name", format!("A schedule has a name of 1 to {NAME} bytes."))
            .field("/name")
            .remedy("Call it by what it is for."));
    }
    let trigger = asked.trigger.understood(now)?;
    if let Trigger::After(names) = &trigger {
        for (at, name) in names.iter().enumerate() {
            crate::task::work::named(tx, name).await.map_err(|e| {
                Error::invalid("schedule.after", e.message)
                    .field(format!("/trigger/after/{at}"))
                    .remedy("Name connections.")
            })?;
        }
    }
    asked.task.check("/task")?;
    if asked.task.kind == "sync" {
        let name = asked.task.payload["connection"].as_str().unwrap_or_default();
        crate::task::work::named(tx, name).await.map_err(|e| {
            Error::invalid("work.wrong", e.message).field("/task/payload/connection").remedy("Name a connection.")
        })?;
    }
    if let Trigger::After(names) = &trigger
        && let Some(read) = asked.task.payload["connection"].as_str()
        && names.iter().any(|name| name == read)
    {
        return Err(Error::invalid("schedule.of_itself", format!("Reading {read} would set off reading {read}."))
            .field("/task/payload/connection")
            .remedy("Read another one, or at times."));
    }
    let missed = asked.missed.clone().unwrap_or_else(|| "once".to_owned());
    Missed::named(&missed)?;
    let value = |what: serde_json::Result<Value>| {
        what.map_err(|e| Error::internal("schedule.write", "the schedule could not be kept").source(e))
    };
    Ok(NewRow {
        name: name.to_owned(),
        set_off_by: value(serde_json::to_value(&asked.trigger))?,
        work: value(serde_json::to_value(&asked.task))?,
        missed,
        paused: asked.paused,
        next_at: trigger.next(now),
    })
}

/// What the audit keeps of one.
pub(super) fn noted(row: &Schedule) -> Value {
    json!({
        "name": row.name, "trigger": row.set_off_by, "task": row.work, "missed": row.missed, "paused": row.paused,
    })
}

/// All schedules of a tenant.
pub(super) async fn all(tx: &mut dyn Tx) -> Result<Vec<Schedule>> {
    Ok(tx.schedules(&Page::first(MOST as u32)).await?.items)
}

/// Makes one, and notes it.
pub(super) async fn create(tx: &mut dyn Tx, row: NewRow) -> Result<Schedule> {
    if all(tx).await?.len() >= MOST {
        return Err(Error::too_large("schedule.too_many", format!("A tenant has {MOST} schedules at most."))
            .remedy("Delete one first."));
    }
    let made = tx.create_schedule(row).await?;
    tx.append_audit(NewAudit::new("schedule.create", "schedule", made.id).after(noted(&made))).await?;
    Ok(made)
}

/// Replaces one, and notes it.
pub(super) async fn replace(tx: &mut dyn Tx, before: &Schedule, row: NewRow, version: Option<i64>) -> Result<Schedule> {
    let changed = tx.update_schedule(before.id, row, version).await?;
    let note = NewAudit::new("schedule.update", "schedule", before.id).before(noted(before));
    tx.append_audit(note.after(noted(&changed))).await?;
    Ok(changed)
}

impl Platform {
    /// Makes a schedule.
    pub async fn create_schedule(&self, scope: &Scope, asked: &NewSchedule) -> Result<ScheduleView> {
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let row = checked(tx.as_mut(), asked, self.parts().ambient().now()).await?;
        let made = create(tx.as_mut(), row).await?;
        tx.save().await?;
        desk.schedules().wake();
        Ok(made.into())
    }

    /// The tenant's schedules, newest first.
    pub async fn schedules(&self, scope: &Scope, page: &Page) -> Result<Paged<ScheduleView>> {
        Ok(self.parts().store.read(scope).await?.schedules(page).await?.map(ScheduleView::from))
    }

    /// One of them.
    pub async fn schedule(&self, scope: &Scope, id: ScheduleId) -> Result<ScheduleView> {
        Ok(self.parts().store.read(scope).await?.schedule(id).await?.into())
    }

    /// Changes one; its times are counted anew from now.
    pub async fn update_schedule(
        &self,
        scope: &Scope,
        id: ScheduleId,
        version: Option<i64>,
        patch: SchedulePatch,
    ) -> Result<ScheduleView> {
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.schedule(id).await?;
        let unreadable = |e| Error::internal("schedule.read", "the schedule cannot be read").source(e);
        let asked = NewSchedule {
            name: patch.name.unwrap_or_else(|| before.name.clone()),
            trigger: match patch.trigger {
                Some(trigger) => trigger,
                None => serde_json::from_value(before.set_off_by.clone()).map_err(unreadable)?,
            },
            task: match patch.task {
                Some(task) => task,
                None => serde_json::from_value(before.work.clone()).map_err(unreadable)?,
            },
            missed: Some(patch.missed.unwrap_or_else(|| before.missed.clone())),
            paused: patch.paused.unwrap_or(before.paused),
        };
        let row = checked(tx.as_mut(), &asked, self.parts().ambient().now()).await?;
        let changed = replace(tx.as_mut(), &before, row, version).await?;
        tx.save().await?;
        self.desk(scope).await?.schedules().wake();
        Ok(changed.into())
    }

    /// Deletes one; what it has set off goes on.
    pub async fn delete_schedule(&self, scope: &Scope, id: ScheduleId) -> Result<()> {
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.schedule(id).await?;
        tx.delete_schedule(id).await?;
        tx.append_audit(NewAudit::new("schedule.delete", "schedule", id).before(noted(&before))).await?;
        tx.save().await
    }

    /// Does now what a schedule does; its own times stay.
    pub async fn run_schedule(&self, scope: &Scope, id: ScheduleId) -> Result<TaskId> {
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let schedule = tx.schedule(id).await?;
        let task = scheduler::set_off(tx.as_mut(), &schedule, self.parts().ambient().now()).await?;
        tx.append_audit(NewAudit::new("schedule.run", "schedule", id).after(json!({"task_id": task}))).await?;
        tx.save().await?;
        desk.publish(Fact::schedule_fired(id, &schedule.name, Some(task), None));
        desk.tasks().wake();
        Ok(task)
    }
}
