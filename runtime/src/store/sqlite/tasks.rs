//! Rows of `tasks` and `task_lines`.
//!
//! Tasks come and go by the hundred thousand, so lists of them are written and ended many a statement, and what looks for
//! the few among them (what is due, what runs) has an index of those alone: a claim costs the same with a million waiting.

use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::row::{Columns, all, before, json, maybe_json, millis};
use super::{SqliteTx, missing};
use crate::ids::{ConnectionId, TaskId};
use crate::store::rows::tasks::{self, Ending, TaskRows, portions};
use crate::store::{
    Claimed, LINE_DATA, LINE_LENGTH, LINES_KEPT, LineLevel, NewTask, Page, Paged, Room, Task, TaskFilter, TaskLine,
    TaskOutcome, TaskState, Tasks,
};
use crate::{Error, Result, Timestamp};

pub(super) fn read(row: &SqliteRow) -> Result<Task> {
    Ok(Task {
        id: TaskId::from_uuid(row.uuid("id")?),
        kind: row.text("kind")?,
        payload: row.json("payload")?,
        connection_id: row.maybe_uuid("connection_id")?.map(ConnectionId::from_uuid),
        state: row.word("state")?,
        progress: row.json("progress")?,
        attempts: row.int("attempts")?,
        losses: row.int("losses")?,
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

fn read_line(row: &SqliteRow) -> Result<TaskLine> {
    Ok(TaskLine {
        n: row.int("n")?,
        at: row.time("at")?,
        attempt: row.int("attempt")?,
        level: row.word("level")?,
        message: row.text("message")?,
        data: row.maybe_json("data")?,
    })
}

/// `?5,?6,?7`: so many places from a number on.
fn places(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count).map(|n| format!("?{n}")).collect();
    places.join(",")
}

#[async_trait::async_trait]
impl TaskRows for SqliteTx {
    async fn insert_keyed(&mut self, task: Task, key: &str) -> Result<Task> {
        // The update of a row that is there already changes nothing; it is there for its `returning`.
        let row = sqlx::query(
            "insert into tasks (tenant_id, id, kind, payload, connection_id, key, state, progress, attempts,
                 max_attempts, callback_url, cancel_requested, run_at, created_at, created_by)
             values (?1, ?2, ?3, ?4, ?5, ?6, 'queued', '{}', 0, ?7, ?8, 0, ?9, ?10, ?11)
             on conflict (tenant_id, kind, key) where key is not null and state in ('queued', 'in_progress', 'retry_wait')
                 do update set kind = excluded.kind
             returning *",
        )
        .bind(self.tenant)
        .bind(task.id.as_uuid())
        .bind(task.kind)
        .bind(json(&task.payload)?)
        .bind(task.connection_id.map(|id| id.as_uuid()))
        .bind(key)
        .bind(task.max_attempts)
        .bind(task.callback_url)
        .bind(millis(task.run_at))
        .bind(millis(task.created_at))
        .bind(task.created_by)
        .fetch_one(self.conn()?)
        .await?;
        read(&row)
    }

    async fn insert_plain(&mut self, tasks: &[Task]) -> Result<()> {
        for portion in portions(tasks) {
            let rows: Vec<String> = (0..portion.len())
                .map(|n| format!("(?1,{},'queued','{{}}',0,0,?2,?3)", places(4 + 7 * n, 7)))
                .collect();
            let sql = format!(
                "insert into tasks (tenant_id, id, kind, payload, connection_id, max_attempts, callback_url, run_at,
                     state, progress, attempts, cancel_requested, created_at, created_by)
                 values {}",
                rows.join(",")
            );
            let Some(first) = portion.first() else { continue };
            // The text is made of places alone.
            let mut insert = sqlx::query(AssertSqlSafe(sql))
                .bind(self.tenant)
                .bind(millis(first.created_at))
                .bind(first.created_by.clone());
            for task in portion {
                insert = insert
                    .bind(task.id.as_uuid())
                    .bind(task.kind.clone())
                    .bind(json(&task.payload)?)
                    .bind(task.connection_id.map(|id| id.as_uuid()))
                    .bind(task.max_attempts)
                    .bind(task.callback_url.clone())
                    .bind(millis(task.run_at));
            }
            insert.execute(self.conn()?).await?;
        }
        Ok(())
    }

    async fn count_running(&mut self) -> Result<i64> {
        Ok(sqlx::query_scalar("select count(*) from tasks where tenant_id = ?1 and state = 'in_progress'")
            .bind(self.tenant)
            .fetch_one(self.conn()?)
            .await?)
    }

    async fn due(&mut self, after: (i64, Uuid), at_most: i64) -> Result<Vec<Task>> {
        let rows = sqlx::query(
            "select * from tasks
             where tenant_id = ?1 and state in ('queued', 'retry_wait') and run_at <= ?2 and (run_at, id) > (?3, ?4)
             order by run_at, id limit ?5",
        )
        .bind(self.tenant)
        .bind(millis(self.now()))
        .bind(after.0)
        .bind(after.1)
        .bind(at_most)
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, read)
    }

    async fn begin_attempt(&mut self, id: TaskId, epoch: i64) -> Result<Option<Task>> {
        let row = sqlx::query(
            "update tasks set state = 'in_progress', attempts = attempts + 1, started_at = ?3, epoch = ?4,
                 cancel_requested = 0
             where tenant_id = ?1 and id = ?2 and state in ('queued', 'retry_wait') returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(millis(self.now()))
        .bind(epoch)
        .fetch_optional(self.conn()?)
        .await?;
        row.as_ref().map(read).transpose()
    }

    async fn pass_well(&mut self, result: &str, ids: &[TaskId]) -> Result<()> {
        let now = millis(self.now());
        for portion in portions(ids) {
            let sql = format!(
                "update tasks set state = 'success', attempts = attempts + 1, started_at = ?2, finished_at = ?2,
                     result = ?3, error = null
                 where tenant_id = ?1 and id in ({}) and state in ('queued', 'retry_wait')",
                places(4, portion.len())
            );
            // The text is made of places alone.
            let mut update = sqlx::query(AssertSqlSafe(sql)).bind(self.tenant).bind(now).bind(result.to_owned());
            for id in portion {
                update = update.bind(id.as_uuid());
            }
            let done = update.execute(self.conn()?).await?;
            if done.rows_affected() != portion.len() as u64 {
                return Err(Error::internal("task.not_claimed", "a task was passed that was not claimed here"));
            }
        }
        Ok(())
    }

    async fn finish_attempt(&mut self, epoch: i64, id: TaskId, ending: &Ending) -> Result<Option<TaskState>> {
        let row = sqlx::query(
            "update tasks set
                 state = case when ?4 = 'retry_wait' and attempts >= max_attempts then 'failed' else ?4 end,
                 result = ?5, error = coalesce(?6, error), run_at = coalesce(?7, run_at), attempts = attempts - ?8,
                 finished_at = case when ?4 in ('success', 'failed', 'cancelled')
                     or (?4 = 'retry_wait' and attempts >= max_attempts) then ?9 end
             where tenant_id = ?1 and id = ?2 and state = 'in_progress' and epoch = ?3 returning state",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(epoch)
        .bind(ending.wanted.as_str())
        .bind(maybe_json(ending.result.as_ref())?)
        .bind(maybe_json(ending.error.as_ref())?)
        .bind(ending.run_at.map(millis))
        .bind(ending.uncount)
        .bind(millis(self.now()))
        .fetch_optional(self.conn()?)
        .await?;
        row.map(|row| row.word("state")).transpose()
    }
}

#[async_trait::async_trait]
impl Tasks for SqliteTx {
    async fn create_task(&mut self, new: NewTask) -> Result<Task> {
        let made = self.create_tasks(vec![new]).await?.pop();
        made.ok_or_else(|| Error::internal("store.failed", "a task was not made"))
    }

    async fn create_tasks(&mut self, new: Vec<NewTask>) -> Result<Vec<Task>> {
        let (ambient, by) = (self.ambient.clone(), self.actor.clone());
        tasks::create(self, &ambient, &by, new).await
    }

    async fn task(&mut self, id: TaskId) -> Result<Task> {
        let row = sqlx::query("select * from tasks where tenant_id = ?1 and id = ?2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("task", "task.unknown"))?;
        read(&row)
    }

    async fn tasks(&mut self, filter: &TaskFilter, page: &Page) -> Result<Paged<Task>> {
        // The states that few are in have an index; it is used where its own condition stands.
        let which = match filter.state {
            None | Some(TaskState::Queued | TaskState::Success) => "tasks where (?3 is null or state = ?3)",
            Some(_) => {
                "tasks indexed by tasks_by_state
                 where state = ?3 and state in ('in_progress', 'retry_wait', 'failed', 'cancelled')"
            }
        };
        // One of two texts.
        let rows = sqlx::query(AssertSqlSafe(format!(
            "select * from {which} and tenant_id = ?1 and id < ?2
                 and (?4 is null or kind = ?4) and (?5 is null or connection_id = ?5)
             order by id desc limit ?6",
        )))
        .bind(self.tenant)
        .bind(before(page)?)
        .bind(filter.state.map(TaskState::as_str))
        .bind(filter.kind.clone())
        .bind(filter.connection.map(|id| id.as_uuid()))
        .bind(page.limit() + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read)?, page, |task| task.id.to_string()))
    }

    async fn running_tasks(&mut self) -> Result<Vec<Task>> {
        let rows = sqlx::query(
            "select * from tasks indexed by tasks_running where tenant_id = ?1 and state = 'in_progress'
             order by started_at, id",
        )
        .bind(self.tenant)
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, read)
    }

    async fn claim_tasks(&mut self, epoch: i64, room: &Room<'_>) -> Result<Claimed> {
        let now = self.now();
        tasks::claim(self, now, epoch, room).await
    }

    async fn pass_tasks(
        &mut self,
        epoch: i64,
        outcomes: Vec<(TaskId, TaskOutcome)>,
    ) -> Result<Vec<(TaskId, TaskState)>> {
        let now = self.now();
        tasks::pass(self, now, epoch, outcomes).await
    }

    async fn progress_task(&mut self, id: TaskId, progress: Value) -> Result<bool> {
        let cancel: Option<i64> = sqlx::query_scalar(
            "update tasks set progress = ?3 where tenant_id = ?1 and id = ?2 and state = 'in_progress'
             returning cancel_requested",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(json(&progress)?)
        .fetch_optional(self.conn()?)
        .await?;
        // One that is not running any more should stop as well.
        Ok(cancel.is_none_or(|cancel| cancel != 0))
    }

    async fn finish_tasks(
        &mut self,
        epoch: i64,
        outcomes: Vec<(TaskId, TaskOutcome)>,
    ) -> Result<Vec<(TaskId, TaskState)>> {
        let now = self.now();
        tasks::finish(self, now, epoch, outcomes).await
    }

    async fn cancel_task(&mut self, id: TaskId) -> Result<Task> {
        let row = sqlx::query(
            "update tasks set cancel_requested = 1,
                 finished_at = case when state = 'in_progress' then finished_at else ?3 end,
                 state = case when state = 'in_progress' then state else 'cancelled' end
             where tenant_id = ?1 and id = ?2 and state in ('queued', 'retry_wait', 'in_progress') returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(millis(self.now()))
        .fetch_optional(self.conn()?)
        .await?;
        let Some(row) = row else { return Err(tasks::not_cancelled(self, id).await) };
        let task = read(&row)?;
        let by = self.actor.clone();
        tasks::log_cancel(self, &task, &by).await?;
        Ok(task)
    }

    async fn retry_task(&mut self, id: TaskId) -> Result<Task> {
        let row = sqlx::query(
            "update tasks set state = 'queued', attempts = 0, losses = 0, cancel_requested = 0, finished_at = null,
                 error = null, result = null, progress = '{}', run_at = ?3
             where tenant_id = ?1 and id = ?2 and state in ('failed', 'cancelled') returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(millis(self.now()))
        .fetch_optional(self.conn()?)
        .await
        .map_err(super::error::taken("task.again", "the same work was asked for again meanwhile", "id"))?;
        let Some(row) = row else { return Err(tasks::not_retried(self, id).await) };
        let by = self.actor.clone();
        tasks::log_retry(self, id, &by).await?;
        read(&row)
    }

    async fn requeue_orphans(&mut self, epoch: i64, losses: u32) -> Result<Vec<Task>> {
        let (lost, poison) = tasks::lost_and_poison(losses);
        let rows = sqlx::query(
            "update tasks set losses = losses + 1, attempts = attempts - 1,
                 state = case when cancel_requested <> 0 then 'cancelled' when losses >= ?3 then 'failed' else 'queued' end,
                 finished_at = case when cancel_requested <> 0 or losses >= ?3 then ?4 end,
                 error = case when cancel_requested <> 0 then error when losses >= ?3 then ?6 else ?5 end
             where tenant_id = ?1 and state = 'in_progress' and epoch < ?2 returning *",
        )
        .bind(self.tenant)
        .bind(epoch)
        .bind(losses)
        .bind(millis(self.now()))
        .bind(json(&lost)?)
        .bind(json(&poison)?)
        .fetch_all(self.conn()?)
        .await?;
        let orphans = all(&rows, read)?;
        tasks::log_orphans(self, &orphans).await?;
        Ok(orphans)
    }

    async fn next_task_at(&mut self) -> Result<Option<Timestamp>> {
        let row = sqlx::query(
            "select min(run_at) as at from tasks where tenant_id = ?1 and state in ('queued', 'retry_wait')",
        )
        .bind(self.tenant)
        .fetch_one(self.conn()?)
        .await?;
        row.maybe_time("at")
    }

    async fn log_task(
        &mut self,
        id: TaskId,
        level: LineLevel,
        message: &str,
        data: Option<Value>,
    ) -> Result<Option<i64>> {
        let message: String = message.chars().take(LINE_LENGTH).collect();
        let data = maybe_json(data.as_ref())?.filter(|data| data.len() <= LINE_DATA);
        let n: Option<i64> = sqlx::query_scalar(
            "insert into task_lines (tenant_id, task_id, n, at, attempt, level, message, data)
             select t.tenant_id, t.id,
                 coalesce((select max(n) from task_lines where tenant_id = ?1 and task_id = ?2), 0) + 1,
                 ?3, t.attempts, ?4, ?5, ?6
             from tasks t where t.tenant_id = ?1 and t.id = ?2
             returning n",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(millis(self.now()))
        .bind(level.as_str())
        .bind(message)
        .bind(data)
        .fetch_optional(self.conn()?)
        .await?;
        if let Some(n) = n.filter(|n| *n > LINES_KEPT) {
            sqlx::query("delete from task_lines where tenant_id = ?1 and task_id = ?2 and n <= ?3")
                .bind(self.tenant)
                .bind(id.as_uuid())
                .bind(n - LINES_KEPT)
                .execute(self.conn()?)
                .await?;
        }
        Ok(n)
    }

    async fn task_lines(&mut self, id: TaskId, page: &Page) -> Result<Paged<TaskLine>> {
        let rows = sqlx::query(
            "select * from task_lines where tenant_id = ?1 and task_id = ?2 and n > ?3 order by n limit ?4",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(page.after_key::<i64>()?.unwrap_or(0))
        .bind(page.limit() + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read_line)?, page, |line| line.n.to_string()))
    }
}
