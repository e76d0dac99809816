//! Rows of `deliveries` and `signing_secrets`, and the ends of tasks that were not told yet.

use sqlx::postgres::PgRow;

use super::row::{Columns, all, before, json, millis};
use super::{PostgresTx, missing, tasks};
use crate::ids::{DeliveryId, SigningSecretId, TaskId};
use crate::store::{
    Channel, Deliveries, Delivery, DeliveryFilter, DeliveryState, NewDelivery, Page, Paged, Sending, SigningSecret,
    Task,
};
use crate::{Result, Timestamp};

/// Lines of a message's log that are kept.
const LINES: usize = 20;

fn read(row: &PgRow) -> Result<Delivery> {
    Ok(Delivery {
        id: DeliveryId::from_uuid(row.uuid("id")?),
        channel: row.word("channel")?,
        key: row.text("key")?,
        subject: row.text("subject")?,
        address: row.get("address")?,
        body: row.text("body")?,
        state: row.word("state")?,
        attempts: row.int("attempts")?,
        log: row.json("log")?,
        next_at: row.time("next_at")?,
        created_at: row.time("created_at")?,
        finished_at: row.maybe_time("finished_at")?,
    })
}

fn read_secret(row: &PgRow) -> Result<SigningSecret> {
    Ok(SigningSecret {
        id: SigningSecretId::from_uuid(row.uuid("id")?),
        sealed: row.get("sealed")?,
        made_at: row.time("made_at")?,
        retires_at: row.maybe_time("retires_at")?,
    })
}

#[async_trait::async_trait]
impl Deliveries for PostgresTx {
    async fn untold_tasks(&mut self, at_most: u32) -> Result<Vec<Task>> {
        let rows = sqlx::query(
            "select * from tasks where tenant_id = $1 and callback_url is not null and finished_at is not null
                 and (told_at is null or told_at <> finished_at)
             order by finished_at limit $2",
        )
        .bind(self.tenant)
        .bind(i64::from(at_most))
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, tasks::read)
    }

    async fn told_task(&mut self, id: TaskId) -> Result<()> {
        sqlx::query("update tasks set told_at = finished_at where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .execute(self.conn()?)
            .await?;
        Ok(())
    }

    async fn tell(&mut self, new: NewDelivery) -> Result<bool> {
        let now = millis(self.now());
        let done = sqlx::query(
            "insert into deliveries (tenant_id, id, channel, key, subject, address, body, state, attempts, log, next_at,
                 created_at)
             values ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, '[]', $8, $8)
             on conflict (tenant_id, channel, key) do nothing",
        )
        .bind(self.tenant)
        .bind(new.id.as_uuid())
        .bind(new.channel.as_str())
        .bind(new.key)
        .bind(new.subject)
        .bind(new.address)
        .bind(new.body)
        .bind(now)
        .execute(self.conn()?)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn due_deliveries(&mut self, channel: Channel, at_most: u32) -> Result<Vec<Delivery>> {
        let rows = sqlx::query(
            "select * from deliveries where tenant_id = $1 and state = 'waiting' and next_at <= $2 and channel = $4
             order by next_at, id limit $3",
        )
        .bind(self.tenant)
        .bind(millis(self.now()))
        .bind(i64::from(at_most))
        .bind(channel.as_str())
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, read)
    }

    async fn next_delivery_at(&mut self, channel: Channel) -> Result<Option<Timestamp>> {
        let row = sqlx::query(
            "select min(next_at) as at from deliveries where tenant_id = $1 and state = 'waiting' and channel = $2",
        )
        .bind(self.tenant)
        .bind(channel.as_str())
        .fetch_one(self.conn()?)
        .await?;
        row.maybe_time("at")
    }

    async fn note_sending(&mut self, id: DeliveryId, sending: Sending) -> Result<()> {
        let mut log: Vec<serde_json::Value> = match self.delivery(id).await?.log {
            serde_json::Value::Array(lines) => lines,
            _ => Vec::new(),
        };
        log.push(sending.line);
        let log = &log[log.len().saturating_sub(LINES)..];
        let finished = (sending.state != DeliveryState::Waiting).then(|| millis(self.now()));
        sqlx::query(
            "update deliveries set state = $3, next_at = $4, attempts = attempts + $5, log = $6, finished_at = $7
             where tenant_id = $1 and id = $2 and state = 'waiting'",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(sending.state.as_str())
        .bind(millis(sending.next_at))
        .bind(i64::from(sending.counted))
        .bind(json(&log)?)
        .bind(finished)
        .execute(self.conn()?)
        .await?;
        Ok(())
    }

    async fn delivery(&mut self, id: DeliveryId) -> Result<Delivery> {
        let row = sqlx::query("select * from deliveries where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("delivery", "delivery.unknown"))?;
        read(&row)
    }

    async fn deliveries(&mut self, filter: &DeliveryFilter, page: &Page) -> Result<Paged<Delivery>> {
        let rows = sqlx::query(
            "select * from deliveries
             where tenant_id = $1 and id < $2 and ($3 is null or state = $3) and ($4 is null or subject = $4)
             order by id desc limit $5",
        )
        .bind(self.tenant)
        .bind(before(page)?)
        .bind(filter.state.map(DeliveryState::as_str))
        .bind(&filter.subject)
        .bind(i64::from(page.limit()) + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read)?, page, |delivery| delivery.id.to_string()))
    }

    async fn replay_delivery(&mut self, id: DeliveryId) -> Result<Delivery> {
        let row = sqlx::query(
            "update deliveries set state = 'waiting', attempts = 0, next_at = $3, finished_at = null
             where tenant_id = $1 and id = $2 returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(millis(self.now()))
        .fetch_optional(self.conn()?)
        .await?
        .ok_or_else(|| missing("delivery", "delivery.unknown"))?;
        read(&row)
    }

    async fn signing_secrets(&mut self) -> Result<Vec<SigningSecret>> {
        let rows = sqlx::query(
            "select * from signing_secrets where tenant_id = $1 and (retires_at is null or retires_at > $2)
             order by id desc",
        )
        .bind(self.tenant)
        .bind(millis(self.now()))
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, read_secret)
    }

    async fn put_signing_secret(&mut self, sealed: &[u8], retire_at: Timestamp) -> Result<SigningSecret> {
        let now = millis(self.now());
        sqlx::query("delete from signing_secrets where tenant_id = $1 and retires_at <= $2")
            .bind(self.tenant)
            .bind(now)
            .execute(self.conn()?)
            .await?;
        sqlx::query("update signing_secrets set retires_at = least(retires_at, $2) where tenant_id = $1")
            .bind(self.tenant)
            .bind(millis(retire_at))
            .execute(self.conn()?)
            .await?;
        let row = sqlx::query(
            "insert into signing_secrets (tenant_id, id, sealed, made_at) values ($1, $2, $3, $4) returning *",
        )
        .bind(self.tenant)
        .bind(SigningSecretId::new(&self.ambient).as_uuid())
        .bind(sealed)
        .bind(now)
        .fetch_one(self.conn()?)
        .await?;
        read_secret(&row)
    }
}
