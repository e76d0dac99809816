//! Rows of `idempotency`.

use super::row::{Columns, millis};
use super::{SqliteTx, missing};
use crate::store::{Idempotency, KeptAnswer, KeyUse};
use crate::{Result, Timestamp};

#[async_trait::async_trait]
impl Idempotency for SqliteTx {
    async fn take_key(&mut self, route: &str, key: &str, body_hash: [u8; 32], expires_at: Timestamp) -> Result<KeyUse> {
        let (tenant, now, trace) = (self.tenant, millis(self.now()), self.trace.clone());
        sqlx::query("delete from idempotency where tenant_id = ?1 and route = ?2 and key = ?3 and expires_at <= ?4")
            .bind(tenant)
            .bind(route)
            .bind(key)
            .bind(now)
            .execute(self.conn()?)
            .await?;
        let taken = sqlx::query(
            "insert into idempotency (tenant_id, route, key, body_hash, expires_at, trace_id, audit_head)
                 values (?1, ?2, ?3, ?4, ?5, ?6, (select audit_head from tenant_counters where tenant_id = ?1))
             on conflict do nothing",
        )
        .bind(tenant)
        .bind(route)
        .bind(key)
        .bind(&body_hash[..])
        .bind(millis(expires_at))
        .bind(&trace)
        .execute(self.conn()?)
        .await?;
        if taken.rows_affected() > 0 {
            return Ok(KeyUse::Fresh);
        }
        let row = sqlx::query("select * from idempotency where tenant_id = ?1 and route = ?2 and key = ?3")
            .bind(tenant)
            .bind(route)
            .bind(key)
            .fetch_one(self.conn()?)
            .await?;
        if row.get::<Vec<u8>>("body_hash")? != body_hash {
            return Ok(KeyUse::OtherBody);
        }
        if let Some(status) = row.maybe_int("status")? {
            return Ok(KeyUse::Answered(KeptAnswer {
                status: status as u16,
                content_type: row.maybe_text("content_type")?.unwrap_or_default(),
                body: row.get::<Option<Vec<u8>>>("body")?.unwrap_or_default(),
            }));
        }
        let done = sqlx::query_scalar(
            "select subject from audit where tenant_id = ?1 and seq > ?2 and trace_id = ?3 order by seq",
        )
        .bind(tenant)
        .bind(row.maybe_int("audit_head")?.unwrap_or_default())
        .bind(row.maybe_text("trace_id")?.unwrap_or_default())
        .fetch_all(self.conn()?)
        .await?;
        if !done.is_empty() {
            return Ok(KeyUse::Done(done));
        }
        sqlx::query(
            "update idempotency set trace_id = ?4, expires_at = ?5,
                 audit_head = (select audit_head from tenant_counters where tenant_id = ?1)
             where tenant_id = ?1 and route = ?2 and key = ?3",
        )
        .bind(tenant)
        .bind(route)
        .bind(key)
        .bind(trace)
        .bind(millis(expires_at))
        .execute(self.conn()?)
        .await?;
        Ok(KeyUse::Fresh)
    }

    async fn keep_answer(&mut self, route: &str, key: &str, answer: KeptAnswer) -> Result<()> {
        let done = sqlx::query(
            "update idempotency set status = ?4, content_type = ?5, body = ?6
             where tenant_id = ?1 and route = ?2 and key = ?3",
        )
        .bind(self.tenant)
        .bind(route)
        .bind(key)
        .bind(answer.status)
        .bind(answer.content_type)
        .bind(answer.body)
        .execute(self.conn()?)
        .await?;
        if done.rows_affected() == 0 { Err(missing("key", "idempotency.unknown")) } else { Ok(()) }
    }

    async fn release_key(&mut self, route: &str, key: &str) -> Result<()> {
        sqlx::query("delete from idempotency where tenant_id = ?1 and route = ?2 and key = ?3 and status is null")
            .bind(self.tenant)
            .bind(route)
            .bind(key)
            .execute(self.conn()?)
            .await?;
        Ok(())
    }
}
