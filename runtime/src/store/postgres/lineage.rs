//! Lineage: the stamp, what others tell, and what waits to be told.

use sqlx::postgres::PgRow;

use super::PostgresTx;
use super::row::{Columns, all, json, millis};
use crate::Result;
use crate::store::{ForeignDataset, ForeignJob, ForeignName, Lineage, LineageStamp, Log};

fn dataset(row: &PgRow) -> Result<ForeignDataset> {
    Ok(ForeignDataset { name: name(row)?, fields: row.json("fields")?, seen_at: row.time("seen_at")? })
}

fn job(row: &PgRow) -> Result<ForeignJob> {
    Ok(ForeignJob {
        name: name(row)?,
        run: row.maybe_text("run")?,
        state: row.maybe_text("state")?,
        inputs: row.json("inputs")?,
        outputs: row.json("outputs")?,
        columns: row.json("columns")?,
        event_at: row.maybe_time("event_at")?,
        seen_at: row.time("seen_at")?,
    })
}

fn name(row: &PgRow) -> Result<ForeignName> {
    Ok(ForeignName { namespace: row.text("namespace")?, name: row.text("name")? })
}

/// Count, latest and sum.
fn three(row: &PgRow, of: &str) -> Result<[i64; 3]> {
    Ok([row.int(&format!("{of}_count"))?, row.int(&format!("{of}_last"))?, row.int(&format!("{of}_sum"))?])
}

#[async_trait::async_trait]
impl Lineage for PostgresTx {
    async fn lineage_stamp(&mut self) -> Result<LineageStamp> {
        let head = self.log_head().await?;
        let row = sqlx::query(
            "select c.n as c_count, c.last as c_last, c.total as c_sum, s.n as s_count, s.last as s_last, s.total as s_sum,
                    d.n + j.n as f_count, greatest(d.last, j.last) as f_last, d.total + j.total as f_sum
             from (select count(*) as n, coalesce(max(updated_at), 0) as last, coalesce(sum(updated_at % 1000000007 + version), 0)::bigint as total
                   from connections where tenant_id = $1) c,
                  (select count(*) as n, coalesce(max(updated_at), 0) as last, coalesce(sum(updated_at % 1000000007 + rows), 0)::bigint as total
                   from streams where tenant_id = $1) s,
                  (select count(*) as n, coalesce(max(seen_at), 0) as last, coalesce(sum(seen_at % 1000000007), 0)::bigint as total
                   from lineage_datasets where tenant_id = $1) d,
                  (select count(*) as n, coalesce(max(seen_at), 0) as last, coalesce(sum(seen_at % 1000000007), 0)::bigint as total
                   from lineage_jobs where tenant_id = $1) j",
        )
        .bind(self.tenant)
        .fetch_one(self.conn()?)
        .await?;
        let found = sqlx::query(
            "select agent, count(*) as n from findings where tenant_id = $1 and state = 'open' group by agent",
        )
        .bind(self.tenant)
        .fetch_all(self.conn()?)
        .await?;
        let findings = all(&found, |row| Ok((row.text("agent")?, row.int("n")?)))?.into_iter().collect();
        let [connections, streams, foreign] = [three(&row, "c")?, three(&row, "s")?, three(&row, "f")?];
        Ok(LineageStamp { head, connections, streams, foreign, findings })
    }

    async fn put_foreign_dataset(&mut self, dataset: ForeignDataset) -> Result<()> {
        let (tenant, at) = (self.tenant, millis(self.now()));
        sqlx::query(
            "insert into lineage_datasets (tenant_id, namespace, name, fields, seen_at) values ($1, $2, $3, $4, $5)
             on conflict (tenant_id, namespace, name) do update set
                 fields = case when excluded.fields = '[]' then lineage_datasets.fields else excluded.fields end,
                 seen_at = excluded.seen_at",
        )
        .bind(tenant)
        .bind(dataset.name.namespace)
        .bind(dataset.name.name)
        .bind(json(&dataset.fields)?)
        .bind(at)
        .execute(self.conn()?)
        .await?;
        Ok(())
    }

    async fn foreign_datasets(&mut self) -> Result<Vec<ForeignDataset>> {
        let rows = sqlx::query("select * from lineage_datasets where tenant_id = $1 order by namespace, name")
            .bind(self.tenant)
            .fetch_all(self.conn()?)
            .await?;
        all(&rows, dataset)
    }

    async fn put_foreign_job(&mut self, job: ForeignJob) -> Result<()> {
        let (tenant, at) = (self.tenant, millis(self.now()));
        sqlx::query(
            "insert into lineage_jobs (tenant_id, namespace, name, run, state, inputs, outputs, columns, event_at, seen_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (tenant_id, namespace, name) do update set
                 run = excluded.run, state = excluded.state, inputs = excluded.inputs, outputs = excluded.outputs,
                 columns = excluded.columns, event_at = excluded.event_at, seen_at = excluded.seen_at",
        )
        .bind(tenant)
        .bind(job.name.namespace)
        .bind(job.name.name)
        .bind(job.run)
        .bind(job.state)
        .bind(json(&job.inputs)?)
        .bind(json(&job.outputs)?)
        .bind(json(&job.columns)?)
        .bind(job.event_at.map(millis))
        .bind(at)
        .execute(self.conn()?)
        .await?;
        Ok(())
    }

    async fn foreign_job(&mut self, name: &ForeignName) -> Result<Option<ForeignJob>> {
        let row = sqlx::query("select * from lineage_jobs where tenant_id = $1 and namespace = $2 and name = $3")
            .bind(self.tenant)
            .bind(&name.namespace)
            .bind(&name.name)
            .fetch_optional(self.conn()?)
            .await?;
        row.as_ref().map(job).transpose()
    }

    async fn foreign_jobs(&mut self) -> Result<Vec<ForeignJob>> {
        let rows = sqlx::query("select * from lineage_jobs where tenant_id = $1 order by namespace, name")
            .bind(self.tenant)
            .fetch_all(self.conn()?)
            .await?;
        all(&rows, job)
    }

    async fn queue_lineage(&mut self, sink: &str, events: &[serde_json::Value], most: u64) -> Result<u64> {
        let (tenant, at) = (self.tenant, millis(self.now()));
        let last: i64 =
            sqlx::query("select coalesce(max(seq), 0) as last from lineage_outbox where tenant_id = $1 and sink = $2")
                .bind(tenant)
                .bind(sink)
                .fetch_one(self.conn()?)
                .await?
                .int("last")?;
        for (seq, event) in (last + 1..).zip(events) {
            sqlx::query(
                "insert into lineage_outbox (tenant_id, sink, seq, event, made_at) values ($1, $2, $3, $4, $5)",
            )
            .bind(tenant)
            .bind(sink)
            .bind(seq)
            .bind(json(event)?)
            .bind(at)
            .execute(self.conn()?)
            .await?;
        }
        // Numbers are gapless from the first that waits, so the room is a matter of numbers.
        let first = last + events.len() as i64 - most as i64;
        let gone = sqlx::query("delete from lineage_outbox where tenant_id = $1 and sink = $2 and seq <= $3")
            .bind(tenant)
            .bind(sink)
            .bind(first)
            .execute(self.conn()?)
            .await?;
        Ok(gone.rows_affected())
    }

    async fn queued_lineage(&mut self, sink: &str, limit: u32) -> Result<Vec<(i64, serde_json::Value)>> {
        let rows = sqlx::query(
            "select seq, event from lineage_outbox where tenant_id = $1 and sink = $2 order by seq limit $3",
        )
        .bind(self.tenant)
        .bind(sink)
        .bind(i64::from(limit))
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, |row| Ok((row.int("seq")?, row.json("event")?)))
    }

    async fn sent_lineage(&mut self, sink: &str, upto: i64) -> Result<()> {
        sqlx::query("delete from lineage_outbox where tenant_id = $1 and sink = $2 and seq <= $3")
            .bind(self.tenant)
            .bind(sink)
            .bind(upto)
            .execute(self.conn()?)
            .await?;
        Ok(())
    }
}
