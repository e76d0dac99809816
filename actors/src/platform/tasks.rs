//! Tasks: asked for, looked at, called off, tried again.

use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::TaskId;
use autonomos_runtime::store::{NewAudit, NewTask as NewRow, Paged, TaskFilter, TaskState};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::json;

use super::shapes::{NewTask, TaskView};
use super::{Listing, Platform};

impl Platform {
    /// Queues a task.
    pub async fn create_task(&self, scope: &Scope, new: NewTask) -> Result<TaskView> {
        if new.kind != "noop" {
            return Err(Error::invalid(
                "task.unknown_kind",
                format!("A task of kind {} cannot be asked for here.", new.kind),
            )
            .field("/kind")
            .remedy("Use noop; sync, rebuild, replay and agent runs are asked for by their own routes."));
        }
        let callback_url = match &new.callback_url {
            Some(url) => Some(self.callback(scope, url).await.map_err(|e| e.field("/callback_url"))?),
            None => None,
        };
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let row = NewRow {
            kind: new.kind,
            payload: new.payload,
            max_attempts: new.max_attempts.unwrap_or(0),
            callback_url,
            ..NewRow::default()
        };
        let task = tx.create_task(row).await?;
        let note = NewAudit::new("task.create", "task", task.id);
        tx.append_audit(note.after(json!({"kind": task.kind, "payload": task.payload}))).await?;
        tx.save().await?;
        desk.publish(Fact::task_state(task.id, &task.kind, "queued", 0, 0.0));
        desk.tasks().wake();
        Ok(task.into())
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
        if let Some(connection) = task.connection_id {
            desk.connector(connection).wake();
        }
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
}
