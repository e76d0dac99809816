//! Rows of `api_keys`.

use sqlx::postgres::PgRow;

use super::row::{Columns, all, before, json, millis};
use super::{PostgresTx, missing};
use crate::Result;
use crate::ids::{ApiKeyId, UserId};
use crate::store::{ApiKey, ApiKeys, NewApiKey, Page, Paged};

pub(super) fn read(row: &PgRow) -> Result<ApiKey> {
    Ok(ApiKey {
        id: ApiKeyId::from_uuid(row.uuid("id")?),
        owner: UserId::from_uuid(row.uuid("owner_id")?),
        hint: row.text("hint")?,
        name: row.text("name")?,
        scopes: row.json("scopes")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        last_used_at: row.maybe_time("last_used_at")?,
        revoked_at: row.maybe_time("revoked_at")?,
    })
}

#[async_trait::async_trait]
impl ApiKeys for PostgresTx {
    async fn create_api_key(&mut self, new: NewApiKey) -> Result<ApiKey> {
        let id = ApiKeyId::new(&self.ambient).as_uuid();
        let row = sqlx::query(
            "insert into api_keys (tenant_id, id, owner_id, hash, hint, name, scopes, created_at, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning *",
        )
        .bind(self.tenant)
        .bind(id)
        .bind(new.owner.as_uuid())
        .bind(&new.token.0[..])
        .bind(new.hint)
        .bind(new.name)
        .bind(json(&new.scopes)?)
        .bind(millis(self.now()))
        .bind(millis(new.expires_at))
        .fetch_one(self.conn()?)
        .await?;
        read(&row)
    }

    async fn api_key(&mut self, id: ApiKeyId) -> Result<ApiKey> {
        let row = sqlx::query("select * from api_keys where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("key", "api_key.unknown"))?;
        read(&row)
    }

    async fn api_keys(&mut self, owner: Option<UserId>, page: &Page) -> Result<Paged<ApiKey>> {
        let rows = sqlx::query(
            "select * from api_keys where tenant_id = $1 and id < $2 and ($3 is null or owner_id = $3)
             order by id desc limit $4",
        )
        .bind(self.tenant)
        .bind(before(page)?)
        .bind(owner.map(|id| id.as_uuid()))
        .bind(i64::from(page.limit()) + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read)?, page, |key| key.id.to_string()))
    }

    async fn revoke_api_key(&mut self, id: ApiKeyId) -> Result<ApiKey> {
        let row = sqlx::query(
            "update api_keys set revoked_at = coalesce(revoked_at, $3) where tenant_id = $1 and id = $2 returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(millis(self.now()))
        .fetch_optional(self.conn()?)
        .await?
        .ok_or_else(|| missing("key", "api_key.unknown"))?;
        read(&row)
    }
}
