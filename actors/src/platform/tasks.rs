//! Tasks: asked for one by one or many at once, looked at, called off, tried again.

use std::collections::BTreeMap;

use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::TaskId;
use autonomos_runtime::store::{NewAudit, NewTask as NewRow, Page, Paged, Task, TaskFilter, TaskState};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::json;

use super::shapes::{ManyTasks, NewTask, TaskLineView, TaskView};
use super::{Listing, Platform};
use crate::task::kinds::{LONGEST_WAIT, NOOP, WAIT};

/// Tasks asked for at once at most.
const MANY: usize = 10_000;
/// Attempts of one task at most.
const ATTEMPTS: u32 = 20;
/// Tasks asked for together that are told one by one; of more, how many there were.
const TOLD: usize = 16;

/// Whether a task can be meant; `field` is where it stands.
fn check(new: &NewTask, field: &str) -> Result<()> {
    let wrong = |at: &str, code: &'static str, what: String| Error::invalid(code, what).field(format!("{field}{at}"));
    if new.kind != NOOP && new.kind != WAIT {
        let what = format!("A task of kind {} cannot be asked for here.", new.kind);
        return Err(wrong("/kind", "task.unknown_kind", what)
            .remedy("Use noop or wait; sync, rebuild, replay and agent runs are asked for by their own routes."));
    }
    if new.kind == WAIT && new.payload["ms"].as_u64().is_none_or(|ms| ms > LONGEST_WAIT) {
        let what = format!("A wait says how many milliseconds it takes, {LONGEST_WAIT} at most.");
        return Err(wrong("/payload/ms", "task.payload", what).remedy("Say {\"ms\": 500}, for example."));
    }
    if new.max_attempts.is_some_and(|most| !(1..=ATTEMPTS).contains(&most)) {
        let what = format!("A task has 1 to {ATTEMPTS} attempts.");
        return Err(wrong("/max_attempts", "task.max_attempts", what).remedy("Say fewer."));
    }
    Ok(())
}

impl Platform {
    /// Queues a task.
    pub async fn create_task(&self, scope: &Scope, new: NewTask) -> Result<TaskView> {
        check(&new, "")?;
        let made = self.queue(scope, vec![new], "").await?.pop();
        let task = made.ok_or_else(|| Error::internal("store.failed", "a task was not made"))?;
        Ok(task.into())
    }

    /// Queues many, all of them or none; answers their ids in the order they were given, in which they run.
    pub async fn create_tasks(&self, scope: &Scope, many: ManyTasks) -> Result<Vec<TaskId>> {
        if many.tasks.is_empty() || many.tasks.len() > MANY {
            return Err(Error::invalid("task.too_many", format!("Between 1 and {MANY} tasks are asked for at once."))
                .field("/tasks")
                .remedy("Ask for them in several calls."));
        }
        for (at, new) in many.tasks.iter().enumerate() {
            check(new, &format!("/tasks/{at}"))?;
        }
        Ok(self.queue(scope, many.tasks, "/tasks").await?.into_iter().map(|task| task.id).collect())
    }

    async fn queue(&self, scope: &Scope, asked: Vec<NewTask>, field: &str) -> Result<Vec<Task>> {
        let began = self.parts().ambient().elapsed();
        let mut rows = Vec::with_capacity(asked.len());
        let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
        let mut sealed: BTreeMap<String, String> = BTreeMap::new();
        for (at, new) in asked.into_iter().enumerate() {
            let callback_url = match new.callback_url {
                Some(url) => {
                    // Looked at once, however many tasks are told there.
                    if !sealed.contains_key(&url) {
                        let at = if field.is_empty() { String::new() } else { format!("{field}/{at}") };
                        let checked = self.callback(scope, &url).await;
                        sealed.insert(url.clone(), checked.map_err(|e| e.field(format!("{at}/callback_url")))?);
                    }
                    sealed.get(&url).cloned()
                }
                None => None,
            };
            *kinds.entry(new.kind.clone()).or_default() += 1;
            let max_attempts = new.max_attempts.unwrap_or(0);
            rows.push(NewRow { kind: new.kind, payload: new.payload, max_attempts, callback_url, ..NewRow::default() });
        }
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let tasks = tx.create_tasks(rows).await?;
        let Some(first) = tasks.first() else { return Ok(tasks) };
        let note = NewAudit::new("task.create", "task", first.id);
        let said = if tasks.len() == 1 {
            json!({"kind": first.kind, "payload": first.payload})
        } else {
            json!({"count": tasks.len(), "kinds": kinds, "last": tasks.last().map(|task| task.id)})
        };
        tx.append_audit(note.after(said)).await?;
        if tasks.len() == 1 {
            desk.asked.note(first.id, began);
        }
        tx.save().await?;
        if tasks.len() > TOLD {
            desk.publish(Fact::tasks_in_state("queued", tasks.len() as u64));
        } else {
            for task in &tasks {
                desk.publish(Fact::task_state(task.id, &task.kind, "queued", 0, 0.0));
            }
        }
        desk.tasks().wake();
        Ok(tasks)
    }

    /// One task.
    pub async fn task(&self, scope: &Scope, id: TaskId) -> Result<TaskView> {
        Ok(self.parts().store.read(scope).await?.task(id).await?.into())
    }

    /// The tenant's tasks, or those of one kind.
    pub async fn tasks(&self, scope: &Scope, kind: Option<String>, listing: Listing) -> Result<Paged<TaskView>> {
        let filter = TaskFilter { state: listing.state()?, kind, connection: listing.connection };
        let mut tx = self.parts().store.read(scope).await?;
        Ok(tx.tasks(&filter, &listing.page).await?.map(TaskView::from))
    }

    /// Stops a task within two seconds; one that ended stays as it is, and that is a conflict.
    pub async fn cancel_task(&self, scope: &Scope, id: TaskId) -> Result<TaskView> {
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.task(id).await?;
        if before.state.is_final() {
            return Err(Error::conflict("task.ended", format!("The task has ended: {}.", before.state.as_str())));
        }
        let task = tx.cancel_task(id).await?;
        let note = NewAudit::new("task.cancel", "task", id).before(json!({"state": before.state}));
        tx.append_audit(note.after(json!({"state": task.state, "kind": task.kind}))).await?;
        tx.save().await?;
        let desk = self.desk(scope).await?;
        if task.state == TaskState::Cancelled {
            desk.publish(Fact::task_state(id, &task.kind, "cancelled", task.attempts as u32, 0.0));
        }
        // Whoever has it is asked by the runner.
        desk.tasks().wake();
        Ok(task.into())
    }

    /// Queues one that failed or was called off again, with all its attempts before it; any other is a conflict.
    pub async fn retry_task(&self, scope: &Scope, id: TaskId) -> Result<TaskView> {
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.task(id).await?;
        let task = tx.retry_task(id).await?;
        let note = NewAudit::new("task.retry", "task", id)
            .before(json!({"state": before.state, "attempts": before.attempts, "error": before.error}));
        tx.append_audit(note.after(json!({"state": task.state, "kind": task.kind}))).await?;
        tx.save().await?;
        desk.publish(Fact::task_state(id, &task.kind, "queued", 0, 0.0));
        desk.tasks().wake();
        Ok(task.into())
    }

    /// What happened to a task, oldest line first.
    pub async fn task_log(&self, scope: &Scope, id: TaskId, page: &Page) -> Result<Paged<TaskLineView>> {
        let mut tx = self.parts().store.read(scope).await?;
        // Whoever may not see it hears that it is not there.
        tx.task(id).await?;
        Ok(tx.task_lines(id, page).await?.map(TaskLineView::from))
    }
}
