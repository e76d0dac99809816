//! Rows of `playbooks`, `playbook_runs` and `playbook_steps`.

use sqlx::postgres::PgRow;

use super::error::{attempt, taken};
use super::row::{Columns, all, before, maybe_json, millis};
use super::{PostgresTx, missing, stale};
use crate::Result;
use crate::ids::{PlaybookId, PlaybookRunId, TaskId};
use crate::store::{
    Page, Paged, PlaybookRow, PlaybookRun, PlaybookRunState, PlaybookStep, Playbooks, StepChange, StepState,
};

fn read(row: &PgRow) -> Result<PlaybookRow> {
    Ok(PlaybookRow {
        id: PlaybookId::from_uuid(row.uuid("id")?),
        name: row.text("name")?,
        document: row.text("document")?,
        version: row.int("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        created_by: row.text("created_by")?,
    })
}

fn read_run(row: &PgRow) -> Result<PlaybookRun> {
    Ok(PlaybookRun {
        id: PlaybookRunId::from_uuid(row.uuid("id")?),
        playbook: row.text("playbook")?,
        document: row.text("document")?,
        task_id: row.maybe_uuid("task_id")?.map(TaskId::from_uuid),
        state: row.word("state")?,
        error: row.maybe_text("error")?,
        created_at: row.time("created_at")?,
        finished_at: row.maybe_time("finished_at")?,
        created_by: row.text("created_by")?,
    })
}

fn read_step(row: &PgRow) -> Result<PlaybookStep> {
    Ok(PlaybookStep {
        place: row.int("place")?,
        name: row.text("name")?,
        state: row.word("state")?,
        task_id: row.maybe_uuid("task_id")?.map(TaskId::from_uuid),
        result: row.maybe_json("result")?,
        error: row.maybe_json("error")?,
        started_at: row.maybe_time("started_at")?,
        finished_at: row.maybe_time("finished_at")?,
    })
}

#[async_trait::async_trait]
impl Playbooks for PostgresTx {
    async fn create_playbook(&mut self, name: &str, document: &str) -> Result<PlaybookRow> {
        let (now, actor) = (millis(self.now()), self.actor.clone());
        let statement = sqlx::query(
            "insert into playbooks (tenant_id, id, name, document, version, created_at, updated_at, created_by)
             values ($1, $2, $3, $4, 1, $5, $5, $6) returning *",
        )
        .bind(self.tenant)
        .bind(PlaybookId::new(&self.ambient).as_uuid())
        .bind(name)
        .bind(document)
        .bind(now)
        .bind(actor);
        let row = attempt(self.conn()?, statement)
            .await
            .map_err(taken("playbook.name_taken", "a playbook of that name exists", "/name"))?
            .ok_or(sqlx::Error::RowNotFound)?;
        read(&row)
    }

    async fn playbook(&mut self, id: PlaybookId) -> Result<PlaybookRow> {
        let row = sqlx::query("select * from playbooks where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("playbook", "playbook.unknown"))?;
        read(&row)
    }

    async fn playbook_named(&mut self, name: &str) -> Result<PlaybookRow> {
        let row = sqlx::query("select * from playbooks where tenant_id = $1 and name = $2")
            .bind(self.tenant)
            .bind(name)
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("playbook", "playbook.unknown"))?;
        read(&row)
    }

    async fn playbooks(&mut self, page: &Page) -> Result<Paged<PlaybookRow>> {
        let rows = sqlx::query("select * from playbooks where tenant_id = $1 and id < $2 order by id desc limit $3")
            .bind(self.tenant)
            .bind(before(page)?)
            .bind(i64::from(page.limit()) + 1)
            .fetch_all(self.conn()?)
            .await?;
        Ok(Paged::of(all(&rows, read)?, page, |playbook| playbook.id.to_string()))
    }

    async fn update_playbook(
        &mut self,
        id: PlaybookId,
        document: &str,
        if_version: Option<i64>,
    ) -> Result<PlaybookRow> {
        let now = millis(self.now());
        let row = sqlx::query(
            "update playbooks set document = $3, version = version + 1, updated_at = $4
             where tenant_id = $1 and id = $2 and ($5 is null or version = $5) returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(document)
        .bind(now)
        .bind(if_version)
        .fetch_optional(self.conn()?)
        .await?;
        match row {
            Some(row) => read(&row),
            None => self.playbook(id).await.and_then(|_| Err(stale("playbook", "playbook.stale"))),
        }
    }

    async fn delete_playbook(&mut self, id: PlaybookId) -> Result<()> {
        let done = sqlx::query("delete from playbooks where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .execute(self.conn()?)
            .await?;
        if done.rows_affected() == 0 { Err(missing("playbook", "playbook.unknown")) } else { Ok(()) }
    }

    async fn start_playbook(
        &mut self,
        of: &PlaybookRow,
        task: Option<TaskId>,
        steps: &[String],
    ) -> Result<PlaybookRun> {
        let (tenant, now, actor) = (self.tenant, millis(self.now()), self.actor.clone());
        let id = PlaybookRunId::new(&self.ambient);
        let row = sqlx::query(
            "insert into playbook_runs (tenant_id, id, playbook, document, task_id, state, created_at, created_by)
             values ($1, $2, $3, $4, $5, 'in_progress', $6, $7) returning *",
        )
        .bind(tenant)
        .bind(id.as_uuid())
        .bind(&of.name)
        .bind(&of.document)
        .bind(task.map(|id| id.as_uuid()))
        .bind(now)
        .bind(actor)
        .fetch_one(self.conn()?)
        .await?;
        for (place, name) in (0_i64..).zip(steps) {
            sqlx::query(
                "insert into playbook_steps (tenant_id, run_id, place, name, state) values ($1, $2, $3, $4, 'waiting')",
            )
            .bind(tenant)
            .bind(id.as_uuid())
            .bind(place)
            .bind(name)
            .execute(self.conn()?)
            .await?;
        }
        read_run(&row)
    }

    async fn playbook_run(&mut self, id: PlaybookRunId) -> Result<PlaybookRun> {
        let row = sqlx::query("select * from playbook_runs where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("run", "playbook_run.unknown"))?;
        read_run(&row)
    }

    async fn playbook_runs(&mut self, playbook: Option<&str>, page: &Page) -> Result<Paged<PlaybookRun>> {
        let rows = sqlx::query(
            "select * from playbook_runs where tenant_id = $1 and id < $2 and ($3 is null or playbook = $3)
             order by id desc limit $4",
        )
        .bind(self.tenant)
        .bind(before(page)?)
        .bind(playbook)
        .bind(i64::from(page.limit()) + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read_run)?, page, |run| run.id.to_string()))
    }

    async fn open_playbook_runs(&mut self, at_most: u32) -> Result<Vec<PlaybookRun>> {
        let rows = sqlx::query(
            "select * from playbook_runs where tenant_id = $1 and state = 'in_progress' order by id limit $2",
        )
        .bind(self.tenant)
        .bind(i64::from(at_most))
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, read_run)
    }

    async fn playbook_steps(&mut self, run: PlaybookRunId) -> Result<Vec<PlaybookStep>> {
        let rows = sqlx::query("select * from playbook_steps where tenant_id = $1 and run_id = $2 order by place")
            .bind(self.tenant)
            .bind(run.as_uuid())
            .fetch_all(self.conn()?)
            .await?;
        all(&rows, read_step)
    }

    async fn change_step(&mut self, run: PlaybookRunId, place: i64, change: StepChange) -> Result<()> {
        let now = millis(self.now());
        let over = !matches!(change.state, StepState::Waiting | StepState::InProgress);
        sqlx::query(
            "update playbook_steps set state = $4, task_id = coalesce($5, task_id), result = $6, error = $7,
                 started_at = case when $4 = 'in_progress' then $8 else started_at end,
                 finished_at = case when $9 then $8 end
             where tenant_id = $1 and run_id = $2 and place = $3",
        )
        .bind(self.tenant)
        .bind(run.as_uuid())
        .bind(place)
        .bind(change.state.as_str())
        .bind(change.task_id.map(|id| id.as_uuid()))
        .bind(maybe_json(change.result.as_ref())?)
        .bind(maybe_json(change.error.as_ref())?)
        .bind(now)
        .bind(over)
        .execute(self.conn()?)
        .await?;
        Ok(())
    }

    async fn finish_playbook_run(
        &mut self,
        id: PlaybookRunId,
        state: PlaybookRunState,
        error: Option<String>,
    ) -> Result<PlaybookRun> {
        let now = millis(self.now());
        sqlx::query(
            "update playbook_runs set state = $3, error = $4, finished_at = $5
             where tenant_id = $1 and id = $2 and state = 'in_progress'",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(state.as_str())
        .bind(error)
        .bind(now)
        .execute(self.conn()?)
        .await?;
        self.playbook_run(id).await
    }
}
