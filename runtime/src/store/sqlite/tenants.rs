//! Rows of `tenants`, with the counter and owner rows every tenant has from its first moment.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::row::{Columns, json, millis};
use super::{Shared, SqliteTx, missing, stale};
use crate::Result;
use crate::ids::TenantId;
use crate::store::{Tenant, TenantState, TenantUpdate, Tenants};

pub(super) fn read(row: &SqliteRow) -> Result<Tenant> {
    Ok(Tenant {
        id: TenantId::from_uuid(row.uuid("id")?),
        name: row.text("name")?,
        state: row.word("state")?,
        limits: row.json("limits")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        version: row.int("version")?,
    })
}

/// A new tenant, owned by this process.
pub(super) async fn insert(connection: &mut SqliteConnection, name: &str, shared: &Shared) -> Result<Tenant> {
    let id = TenantId::new(&shared.ambient).as_uuid();
    let row = sqlx::query(
        "insert into tenants (id, name, state, limits, created_at, updated_at, version)
         values (?1, ?2, ?3, '{}', ?4, ?4, 1) returning *",
    )
    .bind(id)
    .bind(name)
    .bind(TenantState::Active.as_str())
    .bind(millis(shared.ambient.now()))
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query("insert into tenant_counters (tenant_id) values (?1)").bind(id).execute(&mut *connection).await?;
    sqlx::query("insert into tenant_owner (tenant_id, node_id, incarnation, epoch) values (?1, ?2, ?3, 1)")
        .bind(id)
        .bind(&shared.node_id)
        .bind(&shared.incarnation)
        .execute(connection)
        .await?;
    read(&row)
}

#[async_trait::async_trait]
impl Tenants for SqliteTx {
    async fn tenant(&mut self) -> Result<Tenant> {
        let row = sqlx::query("select * from tenants where id = ?1")
            .bind(self.tenant)
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("tenant", "tenant.unknown"))?;
        read(&row)
    }

    async fn update_tenant(&mut self, change: TenantUpdate, if_version: Option<i64>) -> Result<Tenant> {
        let limits = change.limits.as_ref().map(json).transpose()?;
        let row = sqlx::query(
            "update tenants set name = coalesce(?2, name), state = coalesce(?3, state), limits = coalesce(?4, limits),
                 updated_at = ?5, version = version + 1
             where id = ?1 and (?6 is null or version = ?6) returning *",
        )
        .bind(self.tenant)
        .bind(change.name)
        .bind(change.state.map(TenantState::as_str))
        .bind(limits)
        .bind(millis(self.now()))
        .bind(if_version)
        .fetch_optional(self.conn()?)
        .await?;
        match row {
            Some(row) => read(&row),
            None => self.tenant().await.and_then(|_| Err(stale("tenant", "tenant.stale"))),
        }
    }

    async fn delete_tenant(&mut self) -> Result<()> {
        sqlx::query("delete from tenants where id = ?1").bind(self.tenant).execute(self.conn()?).await?;
        Ok(())
    }
}
