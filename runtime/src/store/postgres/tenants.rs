//! Rows of `tenants`, with the counter and owner rows every tenant has from its first moment.

use sqlx::postgres::{PgConnection, PgRow};

use super::row::{Columns, json, millis};
use super::{PostgresTx, Shared, erase, missing, stale};
use crate::Result;
use crate::ids::TenantId;
use crate::store::{Tenant, TenantState, TenantUpdate, Tenants, Usage};

pub(super) fn read(row: &PgRow) -> Result<Tenant> {
    Ok(Tenant {
        id: TenantId::from_uuid(row.uuid("id")?),
        name: row.text("name")?,
        state: row.word("state")?,
        held: row.flag("held")?,
        limits: row.json("limits")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        version: row.int("version")?,
    })
}

/// A new tenant, owned by this process.
pub(super) async fn insert(connection: &mut PgConnection, id: TenantId, name: &str, shared: &Shared) -> Result<Tenant> {
    let id = id.as_uuid();
    let row = sqlx::query(
        "insert into tenants (id, name, state, limits, created_at, updated_at, version)
         values ($1, $2, $3, '{}', $4, $4, 1) returning *",
    )
    .bind(id)
    .bind(name)
    .bind(TenantState::Active.as_str())
    .bind(millis(shared.ambient.now()))
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query("insert into tenant_counters (tenant_id) values ($1)").bind(id).execute(&mut *connection).await?;
    sqlx::query("insert into tenant_owner (tenant_id, node_id, incarnation, epoch) values ($1, $2, $3, 1)")
        .bind(id)
        .bind(&shared.node_id)
        .bind(shared.incarnation.to_string())
        .execute(connection)
        .await?;
    read(&row)
}

#[async_trait::async_trait]
impl Tenants for PostgresTx {
    async fn tenant(&mut self) -> Result<Tenant> {
        let row = sqlx::query("select * from tenants where id = $1")
            .bind(self.tenant)
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("tenant", "tenant.unknown"))?;
        read(&row)
    }

    async fn update_tenant(&mut self, change: TenantUpdate, if_version: Option<i64>) -> Result<Tenant> {
        let limits = change.limits.as_ref().map(json).transpose()?;
        let row = sqlx::query(
            "update tenants set name = coalesce($2, name), state = coalesce($3, state), limits = coalesce($4, limits),
                 held = coalesce($7, held), updated_at = $5, version = version + 1
             where id = $1 and ($6 is null or version = $6) and (state <> 'deleting' or $3 = 'deleting') returning *",
        )
        .bind(self.tenant)
        .bind(change.name)
        .bind(change.state.map(TenantState::as_str))
        .bind(limits)
        .bind(millis(self.now()))
        .bind(if_version)
        .bind(change.held)
        .fetch_optional(self.conn()?)
        .await?;
        match row {
            Some(row) => read(&row),
            None => self.tenant().await.and_then(|_| Err(stale("tenant", "tenant.stale"))),
        }
    }

    async fn usage(&mut self) -> Result<Usage> {
        let row = sqlx::query(
            "select (select count(*) from connections where tenant_id = $1) as connections,
                    (select count(*) from users where tenant_id = $1) as users,
                    (select coalesce(sum(size), 0)::bigint from files where tenant_id = $1) as file_bytes,
                    (select log_rows from tenant_counters where tenant_id = $1) as log_rows",
        )
        .bind(self.tenant)
        .fetch_one(self.conn()?)
        .await?;
        Ok(Usage {
            connections: row.int("connections")?.unsigned_abs(),
            rows: row.maybe_int("log_rows")?.unwrap_or_default().unsigned_abs(),
            file_bytes: row.int("file_bytes")?.unsigned_abs(),
            users: row.int("users")?.unsigned_abs(),
        })
    }

    async fn begin_erasure(&mut self, if_version: Option<i64>) -> Result<Tenant> {
        let change = TenantUpdate { state: Some(TenantState::Deleting), ..TenantUpdate::default() };
        let tenant = self.update_tenant(change, if_version).await?;
        let (actor, now) = (self.actor.clone(), millis(self.now()));
        sqlx::query("delete from sealing_keys where tenant_id = $1").bind(self.tenant).execute(self.conn()?).await?;
        sqlx::query("insert into erasures (tenant, asked_by, asked_at) values ($1, $2, $3) on conflict do nothing")
            .bind(self.tenant)
            .bind(actor)
            .bind(now)
            .execute(self.conn()?)
            .await?;
        Ok(tenant)
    }

    async fn erase_rows(&mut self) -> Result<bool> {
        erase::portion(self.tenant, self.conn()?).await
    }
}
