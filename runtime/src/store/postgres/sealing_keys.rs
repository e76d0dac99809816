//! Rows of `sealing_keys`.

use super::PostgresTx;
use super::row::millis;
use crate::store::{SealingKeys, TenantState, Tenants};
use crate::{Error, Result};

#[async_trait::async_trait]
impl SealingKeys for PostgresTx {
    async fn sealing_key(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(sqlx::query_scalar("select sealed from sealing_keys where tenant_id = $1")
            .bind(self.tenant)
            .fetch_optional(self.conn()?)
            .await?)
    }

    async fn put_sealing_key(&mut self, row: &[u8], seen: Option<&[u8]>) -> Result<bool> {
        if self.tenant().await?.state == TenantState::Deleting {
            return Err(Error::denied("tenant.deleting", "the tenant is being deleted"));
        }
        if self.sealing_key().await?.as_deref() != seen {
            return Ok(false);
        }
        sqlx::query(
            "insert into sealing_keys (tenant_id, sealed, made_at) values ($1, $2, $3)
             on conflict (tenant_id) do update set sealed = excluded.sealed",
        )
        .bind(self.tenant)
        .bind(row)
        .bind(millis(self.now()))
        .execute(self.conn()?)
        .await?;
        Ok(true)
    }
}
