//! Rows of `tasks`.

use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::error::{attempt, taken};
use super::row::{Columns, all, before, json, maybe_json, millis};
use super::{PostgresTx, missing};
use crate::ids::{ConnectionId, TaskId};
use crate::store::{NewTask, Page, Paged, Task, TaskFilter, TaskOutcome, TaskState, Tasks};
use crate::{Error, Result, Timestamp};

pub(super) fn read(row: &PgRow) -> Result<Task> {
    Ok(Task {
        id: TaskId::from_uuid(row.uuid("id")?),
        kind: row.text("kind")?,
        payload: row.json("payload")?,
        connection_id: row.maybe_uuid("connection_id")?.map(ConnectionId::from_uuid),
        state: row.word("state")?,
        progress: row.json("progress")?,
        attempts: row.int("attempts")?,
        max_attempts: row.int("max_attempts")?,
        result: row.maybe_json("result")?,
        error: row.maybe_json("error")?,
        callback_url: row.maybe_text("callback_url")?,
        cancel_requested: row.flag("cancel_requested")?,
        run_at: row.time("run_at")?,
        created_at: row.time("created_at")?,
        started_at: row.maybe_time("started_at")?,
        finished_at: row.maybe_time("finished_at")?,
        created_by: row.text("created_by")?,
    })
}

impl PostgresTx {
    async fn insert_task(&mut self, id: Uuid, new: NewTask) -> Result<Task> {
        let now = self.now();
        let actor = self.actor.clone();
        let max_attempts = if new.max_attempts == 0 { 3 } else { new.max_attempts };
        // The update of a row that is there already changes nothing; it is there for its `returning`.
        let row = sqlx::query(
            "insert into tasks (tenant_id, id, kind, payload, connection_id, key, state, progress, attempts,
                 max_attempts, callback_url, cancel_requested, run_at, created_at, created_by)
             values ($1, $2, $3, $4, $5, $6, 'queued', '{}', 0, $7, $8, false, $9, $10, $11)
             on conflict (tenant_id, kind, key) where state in ('queued', 'in_progress', 'retry_wait')
                 do update set kind = excluded.kind
             returning *",
        )
        .bind(self.tenant)
        .bind(id)
        .bind(new.kind)
        .bind(json(&new.payload)?)
        .bind(new.connection_id.map(|id| id.as_uuid()))
        .bind(new.key)
        .bind(i64::from(max_attempts))
        .bind(new.callback_url)
        .bind(millis(new.run_at.unwrap_or(now)))
        .bind(millis(now))
        .bind(actor)
        .fetch_one(self.conn()?)
        .await?;
        read(&row)
    }
}

#[async_trait::async_trait]
impl Tasks for PostgresTx {
    async fn create_task(&mut self, new: NewTask) -> Result<Task> {
        let id = TaskId::new(&self.ambient).as_uuid();
        self.insert_task(id, new).await
    }

    async fn create_tasks(&mut self, new: Vec<NewTask>) -> Result<Vec<Task>> {
        // Ids that follow each other, so that tasks asked for together run in that order.
        let mut next = self.ambient.uuid().as_u128();
        let mut tasks = Vec::with_capacity(new.len());
        for new in new {
            tasks.push(self.insert_task(Uuid::from_u128(next), new).await?);
            next = next.wrapping_add(1);
        }
        Ok(tasks)
    }

    async fn task(&mut self, id: TaskId) -> Result<Task> {
        let row = sqlx::query("select * from tasks where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("task", "task.unknown"))?;
        read(&row)
    }

    async fn tasks(&mut self, filter: &TaskFilter, page: &Page) -> Result<Paged<Task>> {
        let rows = sqlx::query(
            "select * from tasks
             where tenant_id = $1 and id < $2 and ($3 is null or state = $3) and ($4 is null or kind = $4)
                 and ($5 is null or connection_id = $5)
             order by id desc limit $6",
        )
        .bind(self.tenant)
        .bind(before(page)?)
        .bind(filter.state.map(TaskState::as_str))
        .bind(&filter.kind)
        .bind(filter.connection.map(|id| id.as_uuid()))
        .bind(i64::from(page.limit()) + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read)?, page, |task| task.id.to_string()))
    }

    async fn claim_tasks(&mut self, epoch: i64, limit: u32, max_running: u32) -> Result<Vec<Task>> {
        let running: i64 =
            sqlx::query_scalar("select count(*) from tasks where tenant_id = $1 and state = 'in_progress'")
                .bind(self.tenant)
                .fetch_one(self.conn()?)
                .await?;
        let room = (i64::from(max_running) - running).clamp(0, i64::from(limit));
        if room == 0 {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "update tasks set state = 'in_progress', attempts = attempts + 1, started_at = $2, epoch = $3,
                 cancel_requested = false
             where tenant_id = $1 and id in (
                 select id from tasks where tenant_id = $1 and state in ('queued', 'retry_wait') and run_at <= $2
                 order by run_at, id limit $4)
             returning *",
        )
        .bind(self.tenant)
        .bind(millis(self.now()))
        .bind(epoch)
        .bind(room)
        .fetch_all(self.conn()?)
        .await?;
        let mut tasks = all(&rows, read)?;
        tasks.sort_by_key(|task| (task.run_at, task.id));
        Ok(tasks)
    }

    async fn progress_task(&mut self, id: TaskId, progress: serde_json::Value) -> Result<bool> {
        let cancel: Option<bool> = sqlx::query_scalar(
            "update tasks set progress = $3 where tenant_id = $1 and id = $2 and state = 'in_progress'
             returning cancel_requested",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(json(&progress)?)
        .fetch_optional(self.conn()?)
        .await?;
        // One that is not running any more should stop as well.
        Ok(cancel.unwrap_or(true))
    }

    async fn finish_tasks(&mut self, epoch: i64, outcomes: Vec<(TaskId, TaskOutcome)>) -> Result<()> {
        let (tenant, now) = (self.tenant, millis(self.now()));
        for (id, outcome) in outcomes {
            let (state, result, error, run_at, uncount) = match outcome {
                TaskOutcome::Success(result) => (TaskState::Success, Some(result), None, None, 0),
                TaskOutcome::Retry { at, error } => (TaskState::RetryWait, None, Some(error), Some(millis(at)), 0),
                TaskOutcome::Failed(error) => (TaskState::Failed, None, Some(error), None, 0),
                TaskOutcome::Cancelled => (TaskState::Cancelled, None, None, None, 0),
                TaskOutcome::Released => (TaskState::Queued, None, None, None, 1),
            };
            sqlx::query(
                "update tasks set
                     state = case when $4 = 'retry_wait' and attempts >= max_attempts then 'failed' else $4 end,
                     result = $5, error = coalesce($6, error), run_at = coalesce($7, run_at), attempts = attempts - $8,
                     finished_at = case when $4 in ('success', 'failed', 'cancelled')
                         or ($4 = 'retry_wait' and attempts >= max_attempts) then $9 end
                 where tenant_id = $1 and id = $2 and state = 'in_progress' and epoch = $3",
            )
            .bind(tenant)
            .bind(id.as_uuid())
            .bind(epoch)
            .bind(state.as_str())
            .bind(maybe_json(result.as_ref())?)
            .bind(maybe_json(error.as_ref())?)
            .bind(run_at)
            .bind(uncount)
            .bind(now)
            .execute(self.conn()?)
            .await?;
        }
        Ok(())
    }

    async fn cancel_task(&mut self, id: TaskId) -> Result<Task> {
        let row = sqlx::query(
            "update tasks set cancel_requested = true,
                 finished_at = case when state = 'in_progress' then finished_at else $3 end,
                 state = case when state = 'in_progress' then state else 'cancelled' end
             where tenant_id = $1 and id = $2 and state in ('queued', 'retry_wait', 'in_progress') returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(millis(self.now()))
        .fetch_optional(self.conn()?)
        .await?;
        match row {
            Some(row) => read(&row),
            None => self.task(id).await.and_then(|task| {
                Err(Error::conflict("task.finished", format!("the task has ended already: {}", task.state)))
            }),
        }
    }

    async fn retry_task(&mut self, id: TaskId) -> Result<Task> {
        let statement = sqlx::query(
            "update tasks set state = 'queued', attempts = 0, cancel_requested = false, finished_at = null, error = null,
                 result = null, progress = '{}', run_at = $3
             where tenant_id = $1 and id = $2 and state in ('failed', 'cancelled') returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(millis(self.now()));
        let row = attempt(self.conn()?, statement).await.map_err(taken(
            "task.again",
            "the same work was asked for again meanwhile",
            "id",
        ))?;
        match row {
            Some(row) => read(&row),
            None => self.task(id).await.and_then(|task| {
                Err(Error::conflict(
                    "task.not_failed",
                    format!("the task is {}; only one that failed is retried", task.state),
                ))
            }),
        }
    }

    async fn requeue_orphans(&mut self, epoch: i64) -> Result<u64> {
        let lost = json(&serde_json::json!({ "code": "task.lost", "message": "the process ended while it ran" }))?;
        let done = sqlx::query(
            "update tasks set state = case when attempts >= max_attempts then 'failed' else 'queued' end,
                 finished_at = case when attempts >= max_attempts then $3 end, error = $4
             where tenant_id = $1 and state = 'in_progress' and epoch < $2",
        )
        .bind(self.tenant)
        .bind(epoch)
        .bind(millis(self.now()))
        .bind(lost)
        .execute(self.conn()?)
        .await?;
        Ok(done.rows_affected())
    }

    async fn next_task_at(&mut self) -> Result<Option<Timestamp>> {
        let row = sqlx::query(
            "select min(run_at) as at from tasks where tenant_id = $1 and state in ('queued', 'retry_wait')",
        )
        .bind(self.tenant)
        .fetch_one(self.conn()?)
        .await?;
        row.maybe_time("at")
    }
}
