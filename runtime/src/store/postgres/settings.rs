//! Rows of `settings`.

use sqlx::postgres::PgRow;

use super::PostgresTx;
use super::row::{Columns, all, json, millis};
use crate::Result;
use crate::store::{Setting, Settings};

fn read(row: &PgRow) -> Result<Setting> {
    Ok(Setting {
        key: row.text("key")?,
        value: row.json("value")?,
        updated_by: row.text("updated_by")?,
        updated_at: row.time("updated_at")?,
    })
}

#[async_trait::async_trait]
impl Settings for PostgresTx {
    async fn setting(&mut self, key: &str) -> Result<Option<Setting>> {
        let row = sqlx::query("select * from settings where tenant_id = $1 and key = $2")
            .bind(self.tenant)
            .bind(key)
            .fetch_optional(self.conn()?)
            .await?;
        row.as_ref().map(read).transpose()
    }

    async fn settings(&mut self, prefix: &str) -> Result<Vec<Setting>> {
        let rows =
            sqlx::query("select * from settings where tenant_id = $1 and substr(key, 1, length($2)) = $2 order by key")
                .bind(self.tenant)
                .bind(prefix)
                .fetch_all(self.conn()?)
                .await?;
        all(&rows, read)
    }

    async fn put_setting(&mut self, key: &str, value: Option<serde_json::Value>) -> Result<()> {
        let (tenant, actor, at) = (self.tenant, self.actor.clone(), millis(self.now()));
        let Some(value) = value else {
            sqlx::query("delete from settings where tenant_id = $1 and key = $2")
                .bind(tenant)
                .bind(key)
                .execute(self.conn()?)
                .await?;
            return Ok(());
        };
        sqlx::query(
            "insert into settings (tenant_id, key, value, updated_by, updated_at) values ($1, $2, $3, $4, $5)
             on conflict (tenant_id, key) do update set
                 value = excluded.value, updated_by = excluded.updated_by, updated_at = excluded.updated_at",
        )
        .bind(tenant)
        .bind(key)
        .bind(json(&value)?)
        .bind(actor)
        .bind(at)
        .execute(self.conn()?)
        .await?;
        Ok(())
    }
}
