//! Rows of `tenant_owner` and `owner_history`: the fence.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::row::{Columns, all};
use super::{SqliteTx, missing};
use crate::Result;
use crate::store::owners::fenced;
use crate::store::{Owned, Owner, Owners};

pub(super) fn read(row: &SqliteRow) -> Result<Owner> {
    Ok(Owner { node_id: row.text("node_id")?, incarnation: row.text("incarnation")?, epoch: row.int("epoch")? })
}

/// At start: whoever holds the data directory owns every tenant, under an epoch higher than any before.
pub(super) async fn take_over(connection: &mut SqliteConnection, node_id: &str, incarnation: &str) -> Result<()> {
    sqlx::query("update tenant_owner set node_id = ?1, incarnation = ?2, epoch = epoch + 1")
        .bind(node_id)
        .bind(incarnation)
        .execute(connection)
        .await?;
    Ok(())
}

#[async_trait::async_trait]
impl Owners for SqliteTx {
    async fn owner(&mut self) -> Result<Owner> {
        let row = sqlx::query("select * from tenant_owner where tenant_id = ?1")
            .bind(self.tenant)
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("tenant", "tenant.unknown"))?;
        read(&row)
    }

    async fn owners(&mut self, at_most: u32) -> Result<Vec<Owned>> {
        let rows = sqlx::query("select * from owner_history where tenant_id = ?1 order by epoch desc limit ?2")
            .bind(self.tenant)
            .bind(at_most)
            .fetch_all(self.conn()?)
            .await?;
        all(&rows, |row| Ok(Owned { owner: read(row)?, at: row.time("at")? }))
    }

    async fn fence(&mut self, epoch: i64) -> Result<()> {
        // The write lock of the transaction keeps the row as it is; a store of many processes locks it.
        let current: Option<i64> = sqlx::query_scalar("select epoch from tenant_owner where tenant_id = ?1")
            .bind(self.tenant)
            .fetch_optional(self.conn()?)
            .await?;
        match current {
            Some(current) if current == epoch => Ok(()),
            Some(_) => Err(fenced()),
            None => Err(missing("tenant", "tenant.unknown")),
        }
    }
}
