//! Rows of `bulk_objects`.

use sqlx::postgres::PgRow;

use super::PostgresTx;
use super::row::{Columns, all, json, millis};
use crate::Result;
use crate::ids::TaskId;
use crate::store::{BulkCounts, BulkDone, BulkMappings, BulkObject, NewBulkObject, Page, Paged};

fn read(row: &PgRow) -> Result<BulkObject> {
    Ok(BulkObject {
        place: row.int("place")?,
        source: row.text("source")?,
        system: row.maybe_text("system")?,
        object: row.text("object")?,
        fields: row.json("fields")?,
        field_count: row.int("field_count")?,
        proposals: row.maybe_json("proposals")?,
        mapped: row.maybe_int("mapped")?,
        done_at: row.maybe_time("done_at")?,
    })
}

#[async_trait::async_trait]
impl BulkMappings for PostgresTx {
    async fn add_bulk_objects(&mut self, job: TaskId, objects: Vec<NewBulkObject>) -> Result<()> {
        let tenant = self.tenant;
        let first: i64 = sqlx::query_scalar("select count(*) from bulk_objects where tenant_id = $1 and task_id = $2")
            .bind(tenant)
            .bind(job.as_uuid())
            .fetch_one(self.conn()?)
            .await?;
        for (place, new) in (first..).zip(objects) {
            sqlx::query(
                "insert into bulk_objects (tenant_id, task_id, place, source, system, object, fields, field_count)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(tenant)
            .bind(job.as_uuid())
            .bind(place)
            .bind(new.source)
            .bind(new.system)
            .bind(new.object)
            .bind(json(&new.fields)?)
            .bind(new.field_count.cast_signed())
            .execute(self.conn()?)
            .await?;
        }
        Ok(())
    }

    async fn bulk_objects_left(&mut self, job: TaskId, at_most: u32) -> Result<Vec<BulkObject>> {
        let rows = sqlx::query(
            "select * from bulk_objects where tenant_id = $1 and task_id = $2 and done_at is null
             order by place limit $3",
        )
        .bind(self.tenant)
        .bind(job.as_uuid())
        .bind(i64::from(at_most))
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, read)
    }

    async fn finish_bulk_objects(&mut self, job: TaskId, done: Vec<BulkDone>) -> Result<()> {
        let (tenant, now) = (self.tenant, millis(self.now()));
        for one in done {
            sqlx::query(
                "update bulk_objects set proposals = $4, mapped = $5, done_at = $6
                 where tenant_id = $1 and task_id = $2 and place = $3",
            )
            .bind(tenant)
            .bind(job.as_uuid())
            .bind(one.place)
            .bind(json(&one.proposals)?)
            .bind(one.mapped.cast_signed())
            .bind(now)
            .execute(self.conn()?)
            .await?;
        }
        Ok(())
    }

    async fn bulk_objects(&mut self, job: TaskId, page: &Page) -> Result<Paged<BulkObject>> {
        let rows = sqlx::query(
            "select * from bulk_objects where tenant_id = $1 and task_id = $2 and place > $3 order by place limit $4",
        )
        .bind(self.tenant)
        .bind(job.as_uuid())
        .bind(page.after_key::<i64>()?.unwrap_or(-1))
        .bind(i64::from(page.limit()) + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read)?, page, |object| object.place.to_string()))
    }

    async fn bulk_counts(&mut self, job: TaskId) -> Result<BulkCounts> {
        let row = sqlx::query(
            "select count(*) as objects, count(done_at) as done, coalesce(sum(field_count), 0)::bigint as fields,
                 coalesce(sum(case when done_at is not null then field_count end), 0)::bigint as fields_done,
                 coalesce(sum(mapped), 0)::bigint as mapped
             from bulk_objects where tenant_id = $1 and task_id = $2",
        )
        .bind(self.tenant)
        .bind(job.as_uuid())
        .fetch_one(self.conn()?)
        .await?;
        Ok(BulkCounts {
            objects: row.int("objects")?,
            done: row.int("done")?,
            fields: row.int("fields")?,
            fields_done: row.int("fields_done")?,
            mapped: row.int("mapped")?,
        })
    }
}
