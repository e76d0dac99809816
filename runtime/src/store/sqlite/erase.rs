//! Deletes everything of a tenant, a portion a transaction, so that nobody waits long behind it.
//!
//! Which tables hold something of a tenant is asked of the schema: each that has a `tenant_id`, so that one added later is
//! not forgotten. Those that others refer to come after those others, because a row that takes millions along is no portion.
//! The connection overwrites what it deletes (`secure_delete`).

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use super::row::Columns;
use crate::Result;
use crate::store::erase::referrers_first;

/// Rows of a portion, and of one whose rows are megabytes.
const ROWS: i64 = 2_000;
const HEAVY_ROWS: i64 = 16;
/// The log's payloads.
const HEAVY: &str = "canonical_streams";

struct Table {
    name: String,
    /// Rows of one without row ids are small and few.
    by_row: bool,
}

/// Deletes a portion; true when the tenant itself went, which is last.
pub(super) async fn portion(tenant: Uuid, connection: &mut SqliteConnection) -> Result<bool> {
    for table in tables(connection).await? {
        let name = &table.name;
        let sql = if table.by_row {
            format!(
                "delete from \"{name}\" where rowid in (select rowid from \"{name}\" where tenant_id = ?1 limit ?2)"
            )
        } else {
            format!("delete from \"{name}\" where tenant_id = ?1 and ?2 > 0")
        };
        let rows = if name == HEAVY { HEAVY_ROWS } else { ROWS };
        // The names are the schema's own.
        let done = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant).bind(rows).execute(&mut *connection).await?;
        if done.rows_affected() > 0 {
            return Ok(false);
        }
    }
    sqlx::query("delete from tenants where id = ?1").bind(tenant).execute(connection).await?;
    Ok(true)
}

/// Every table with rows of tenants, none before one that refers to it.
async fn tables(connection: &mut SqliteConnection) -> Result<Vec<Table>> {
    let rows = sqlx::query(
        "select m.name, lower(m.sql) like '%without rowid%' as bare,
                (select group_concat(distinct f.\"table\") from pragma_foreign_key_list(m.name) f) as refers
         from sqlite_master m
         where m.type = 'table' and exists (select 1 from pragma_table_info(m.name) c where c.name = 'tenant_id')
         order by m.name",
    )
    .fetch_all(connection)
    .await?;
    let (mut found, mut refers) = (Vec::new(), BTreeMap::new());
    for row in &rows {
        let name = row.text("name")?;
        let to = row.maybe_text("refers")?.unwrap_or_default();
        refers.insert(name.clone(), to.split(',').map(str::to_owned).collect());
        found.push(Table { by_row: !row.flag("bare")?, name });
    }
    let order = referrers_first(&refers);
    found.sort_by_key(|table| order.iter().position(|name| *name == table.name));
    Ok(found)
}
