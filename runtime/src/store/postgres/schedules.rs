//! Rows of `schedules`.

use sqlx::postgres::PgRow;

use super::error::{attempt, taken};
use super::row::{Columns, all, before, json, millis};
use super::{PostgresTx, missing, stale};
use crate::ids::{ScheduleId, TaskId};
use crate::store::{Fired, NewSchedule, Page, Paged, Schedule, Schedules};
use crate::{Result, Timestamp};

fn read(row: &PgRow) -> Result<Schedule> {
    Ok(Schedule {
        id: ScheduleId::from_uuid(row.uuid("id")?),
        name: row.text("name")?,
        set_off_by: row.json("set_off_by")?,
        work: row.json("work")?,
        missed: row.text("missed")?,
        paused: row.flag("paused")?,
        next_at: row.maybe_time("next_at")?,
        last_at: row.maybe_time("last_at")?,
        last_task_id: row.maybe_uuid("last_task_id")?.map(TaskId::from_uuid),
        last_error: row.maybe_text("last_error")?,
        version: row.int("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        created_by: row.text("created_by")?,
    })
}

#[async_trait::async_trait]
impl Schedules for PostgresTx {
    async fn create_schedule(&mut self, new: NewSchedule) -> Result<Schedule> {
        let (now, actor) = (millis(self.now()), self.actor.clone());
        let statement = sqlx::query(
            "insert into schedules (tenant_id, id, name, set_off_by, work, missed, paused, next_at, version, created_at,
                 updated_at, created_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9, $10) returning *",
        )
        .bind(self.tenant)
        .bind(ScheduleId::new(&self.ambient).as_uuid())
        .bind(new.name)
        .bind(json(&new.set_off_by)?)
        .bind(json(&new.work)?)
        .bind(new.missed)
        .bind(new.paused)
        .bind(new.next_at.map(millis))
        .bind(now)
        .bind(actor);
        let row = attempt(self.conn()?, statement)
            .await
            .map_err(taken("schedule.name_taken", "a schedule of that name exists", "/name"))?
            .ok_or(sqlx::Error::RowNotFound)?;
        read(&row)
    }

    async fn schedule(&mut self, id: ScheduleId) -> Result<Schedule> {
        let row = sqlx::query("select * from schedules where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("schedule", "schedule.unknown"))?;
        read(&row)
    }

    async fn schedules(&mut self, page: &Page) -> Result<Paged<Schedule>> {
        let rows = sqlx::query("select * from schedules where tenant_id = $1 and id < $2 order by id desc limit $3")
            .bind(self.tenant)
            .bind(before(page)?)
            .bind(i64::from(page.limit()) + 1)
            .fetch_all(self.conn()?)
            .await?;
        Ok(Paged::of(all(&rows, read)?, page, |schedule| schedule.id.to_string()))
    }

    async fn update_schedule(&mut self, id: ScheduleId, new: NewSchedule, if_version: Option<i64>) -> Result<Schedule> {
        let now = millis(self.now());
        let statement = sqlx::query(
            "update schedules set name = $3, set_off_by = $4, work = $5, missed = $6, paused = $7, next_at = $8,
                 version = version + 1, updated_at = $9
             where tenant_id = $1 and id = $2 and ($10 is null or version = $10) returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(new.name)
        .bind(json(&new.set_off_by)?)
        .bind(json(&new.work)?)
        .bind(new.missed)
        .bind(new.paused)
        .bind(new.next_at.map(millis))
        .bind(now)
        .bind(if_version);
        let row = attempt(self.conn()?, statement).await.map_err(taken(
            "schedule.name_taken",
            "a schedule of that name exists",
            "/name",
        ))?;
        match row {
            Some(row) => read(&row),
            None => self.schedule(id).await.and_then(|_| Err(stale("schedule", "schedule.stale"))),
        }
    }

    async fn delete_schedule(&mut self, id: ScheduleId) -> Result<()> {
        let done = sqlx::query("delete from schedules where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .execute(self.conn()?)
            .await?;
        if done.rows_affected() == 0 { Err(missing("schedule", "schedule.unknown")) } else { Ok(()) }
    }

    async fn ready_schedules(&mut self, at_most: u32) -> Result<Vec<Schedule>> {
        let rows = sqlx::query(
            "select * from schedules where tenant_id = $1 and not paused and (next_at is null or next_at <= $2)
             order by next_at, id limit $3",
        )
        .bind(self.tenant)
        .bind(millis(self.now()))
        .bind(i64::from(at_most))
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, read)
    }

    async fn next_schedule_at(&mut self) -> Result<Option<Timestamp>> {
        let row = sqlx::query("select min(next_at) as at from schedules where tenant_id = $1 and not paused")
            .bind(self.tenant)
            .fetch_one(self.conn()?)
            .await?;
        row.maybe_time("at")
    }

    async fn fired_schedule(&mut self, id: ScheduleId, fired: Fired) -> Result<()> {
        sqlx::query(
            "update schedules set next_at = $3, last_at = coalesce($4, last_at), last_task_id = coalesce($5, last_task_id),
                 last_error = $6
             where tenant_id = $1 and id = $2",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(fired.next_at.map(millis))
        .bind(fired.at.map(millis))
        .bind(fired.task.map(|id| id.as_uuid()))
        .bind(fired.error)
        .execute(self.conn()?)
        .await?;
        Ok(())
    }
}
