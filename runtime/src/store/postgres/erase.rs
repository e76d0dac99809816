//! Deletes everything of a tenant, a portion a transaction, so that nobody waits long behind it.
//!
//! Which tables hold something of a tenant is asked of the schema: each that has a `tenant_id`, so that one added later is
//! not forgotten. Those that others refer to come after those others, because a row that takes millions along is no portion.
//! What is deleted stays in the server's files until it vacuums them; whatever in it was sealed is noise by then, because
//! the tenant's key goes first.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::row::Columns;
use crate::Result;
use crate::store::erase::referrers_first;

/// Rows of a portion, and of one whose rows are megabytes.
const ROWS: i64 = 2_000;
const HEAVY_ROWS: i64 = 16;
/// The log's payloads.
const HEAVY: &str = "canonical_streams";

/// Deletes a portion; true when the tenant itself went, which is last.
pub(super) async fn portion(tenant: Uuid, connection: &mut PgConnection) -> Result<bool> {
    for name in tables(connection).await? {
        let sql = format!(
            "delete from \"{name}\" where ctid = any (array(select ctid from \"{name}\" where tenant_id = $1 limit $2))"
        );
        let rows = if name == HEAVY { HEAVY_ROWS } else { ROWS };
        // The names are the schema's own.
        let done = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant).bind(rows).execute(&mut *connection).await?;
        if done.rows_affected() > 0 {
            return Ok(false);
        }
    }
    sqlx::query("delete from tenants where id = $1").bind(tenant).execute(connection).await?;
    Ok(true)
}

/// Every table with rows of tenants, none before one that refers to it.
async fn tables(connection: &mut PgConnection) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "select c.relname::text as name,
                (select string_agg(distinct f.relname::text, ',') from pg_constraint k join pg_class f on f.oid = k.confrelid
                 where k.conrelid = c.oid and k.contype = 'f') as refers
         from pg_class c
         where c.relnamespace = 'autonomos'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
             and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id')
         order by c.relname",
    )
    .fetch_all(connection)
    .await?;
    let mut refers = BTreeMap::new();
    for row in &rows {
        let to = row.maybe_text("refers")?.unwrap_or_default();
        refers.insert(row.text("name")?, to.split(',').map(str::to_owned).collect());
    }
    Ok(referrers_first(&refers))
}
