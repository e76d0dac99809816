//! Playbooks as people write them, and their runs as people see them.

use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::{PlaybookId, PlaybookRunId, TaskId};
use autonomos_runtime::store::{
    NewAudit, Page, Paged, PlaybookRow, PlaybookRun, PlaybookRunState, PlaybookStep, StepState,
};
use autonomos_runtime::{Error, Result, Scope};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Platform;
use crate::playbook::{Playbook, conductor};

/// Longest name.
const NAME: usize = 200;

/// What a playbook is made from.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlaybook {
    /// Unique in the tenant.
    pub name: String,
    /// YAML: `version: 1` and `steps`, each with `name`, `task`, `with`, and perhaps `attempts`, `needs`, `when`, `may_fail`.
    pub document: String,
}

/// What a playbook becomes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPlaybook {
    /// YAML, as it is to be.
    pub document: String,
}

/// A playbook.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaybookView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: PlaybookId,
    /// Its name.
    pub name: String,
    /// As it was written.
    pub document: String,
    /// Rises with every edit.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    pub updated_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: String,
}

/// A run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaybookRunView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: PlaybookRunId,
    /// Name of its playbook.
    pub playbook: String,
    /// `in_progress`, `success`, `failed`, `cancelled`.
    pub state: String,
    /// Why it failed.
    pub error: Option<String>,
    /// Its steps; left out of lists.
    pub steps: Vec<PlaybookStepView>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Who asked.
    pub created_by: String,
}

/// A step of a run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaybookStepView {
    /// Its name.
    pub name: String,
    /// `waiting`, `in_progress`, `success`, `failed`, `skipped`.
    pub state: String,
    /// Its task.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub task_id: Option<TaskId>,
    /// What came out.
    #[schema(value_type = Option<Value>)]
    pub result: Option<Value>,
    /// Why it failed: `{code, message, remedy?}`.
    #[schema(value_type = Option<Object>)]
    pub error: Option<Value>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl From<PlaybookRow> for PlaybookView {
    fn from(row: PlaybookRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            document: row.document,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            created_by: row.created_by,
        }
    }
}

impl From<PlaybookStep> for PlaybookStepView {
    fn from(row: PlaybookStep) -> Self {
        Self {
            name: row.name,
            state: row.state.to_string(),
            task_id: row.task_id,
            result: row.result,
            error: row.error,
            started_at: row.started_at,
            finished_at: row.finished_at,
        }
    }
}

fn run_view(row: PlaybookRun, steps: Vec<PlaybookStep>) -> PlaybookRunView {
    PlaybookRunView {
        id: row.id,
        playbook: row.playbook,
        state: row.state.to_string(),
        error: row.error,
        steps: steps.into_iter().map(PlaybookStepView::from).collect(),
        created_at: row.created_at,
        finished_at: row.finished_at,
        created_by: row.created_by,
    }
}

impl Platform {
    /// Keeps a playbook that can be meant.
    pub async fn create_playbook(&self, scope: &Scope, asked: &NewPlaybook) -> Result<PlaybookView> {
        let name = asked.name.trim();
        if name.is_empty() || name.len() > NAME {
            return Err(Error::invalid("playbook.name", format!("A playbook has a name of 1 to {NAME} bytes."))
                .field("/name")
                .remedy("Call it by what it is for."));
        }
        Playbook::read(&asked.document)?;
        let mut tx = self.parts().store.begin(scope).await?;
        let made = tx.create_playbook(name, &asked.document).await?;
        let note = NewAudit::new("playbook.create", "playbook", made.id);
        tx.append_audit(note.after(json!({"name": made.name, "document": made.document}))).await?;
        tx.save().await?;
        Ok(made.into())
    }

    /// The tenant's playbooks, newest first.
    pub async fn playbooks(&self, scope: &Scope, page: &Page) -> Result<Paged<PlaybookView>> {
        Ok(self.parts().store.read(scope).await?.playbooks(page).await?.map(PlaybookView::from))
    }

    /// One of them.
    pub async fn playbook(&self, scope: &Scope, id: PlaybookId) -> Result<PlaybookView> {
        Ok(self.parts().store.read(scope).await?.playbook(id).await?.into())
    }

    /// Writes one anew; runs under way go on as they began.
    pub async fn set_playbook(
        &self,
        scope: &Scope,
        id: PlaybookId,
        version: Option<i64>,
        asked: &SetPlaybook,
    ) -> Result<PlaybookView> {
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.playbook(id).await?;
        Playbook::read(&asked.document)?;
        let changed = tx.update_playbook(id, &asked.document, version).await?;
        let note = NewAudit::new("playbook.update", "playbook", id).before(json!({"document": before.document}));
        tx.append_audit(note.after(json!({"document": changed.document}))).await?;
        tx.save().await?;
        Ok(changed.into())
    }

    /// Deletes one; runs under way go on.
    pub async fn delete_playbook(&self, scope: &Scope, id: PlaybookId) -> Result<()> {
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.playbook(id).await?;
        tx.delete_playbook(id).await?;
        let note = NewAudit::new("playbook.delete", "playbook", id);
        tx.append_audit(note.before(json!({"name": before.name, "document": before.document}))).await?;
        tx.save().await
    }

    /// Begins a run.
    pub async fn run_playbook(&self, scope: &Scope, id: PlaybookId) -> Result<PlaybookRunView> {
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let of = tx.playbook(id).await?;
        let run = conductor::begin(tx.as_mut(), &of, None).await?;
        let steps = tx.playbook_steps(run.id).await?;
        tx.append_audit(NewAudit::new("playbook.run", "playbook", id).after(json!({"run_id": run.id}))).await?;
        tx.save().await?;
        desk.publish(Fact::playbook_stepped(run.id, &run.playbook, None, run.state.as_str()));
        desk.playbooks().wake();
        Ok(run_view(run, steps))
    }

    /// Runs, newest first.
    pub async fn playbook_runs(&self, scope: &Scope, of: Option<&str>, page: &Page) -> Result<Paged<PlaybookRunView>> {
        let runs = self.parts().store.read(scope).await?.playbook_runs(of, page).await?;
        Ok(runs.map(|run| run_view(run, Vec::new())))
    }

    /// One run with its steps.
    pub async fn playbook_run(&self, scope: &Scope, id: PlaybookRunId) -> Result<PlaybookRunView> {
        let mut tx = self.parts().store.read(scope).await?;
        let run = tx.playbook_run(id).await?;
        let steps = tx.playbook_steps(id).await?;
        Ok(run_view(run, steps))
    }

    /// Calls a run off, and the tasks of its steps that are not over.
    pub async fn cancel_playbook_run(&self, scope: &Scope, id: PlaybookRunId) -> Result<PlaybookRunView> {
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.playbook_run(id).await?;
        if before.state != PlaybookRunState::InProgress {
            return Err(Error::conflict("playbook_run.ended", format!("The run has ended: {}.", before.state)));
        }
        let mut stopped = Vec::new();
        for step in tx.playbook_steps(id).await? {
            if let (StepState::InProgress, Some(task)) = (step.state, step.task_id)
                && !tx.task(task).await.is_ok_and(|task| task.state.is_final())
                && let Ok(task) = tx.cancel_task(task).await
            {
                stopped.push(task);
            }
        }
        let run = tx.finish_playbook_run(id, PlaybookRunState::Cancelled, None).await?;
        tx.append_audit(NewAudit::new("playbook.cancel", "playbook_run", id).after(json!({"state": run.state})))
            .await?;
        let steps = tx.playbook_steps(id).await?;
        tx.save().await?;
        for task in stopped {
            if task.state.is_final() {
                desk.publish(Fact::task_state(task.id, &task.kind, "cancelled", task.attempts as u32, 0.0));
            }
            if let Some(connection) = task.connection_id {
                desk.connector(connection).wake();
            }
        }
        desk.publish(Fact::playbook_stepped(id, &run.playbook, None, run.state.as_str()));
        Ok(run_view(run, steps))
    }
}
