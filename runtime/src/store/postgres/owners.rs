//! Rows of `tenant_owner` and `owner_history`: the fence.

use sqlx::postgres::{PgConnection, PgRow};

use super::row::{Columns, all};
use super::{PostgresTx, missing};
use crate::Result;
use crate::ids::IncarnationId;
use crate::store::owners::fenced;
use crate::store::{Owned, Owner, Owners};

pub(super) fn read(row: &PgRow) -> Result<Owner> {
    Ok(Owner { node_id: row.text("node_id")?, incarnation: row.text("incarnation")?, epoch: row.int("epoch")? })
}

/// At the start of a node that runs alone: it owns every tenant, under an epoch higher than any before. Another one that
/// still runs is fenced by that.
pub(super) async fn take_over(connection: &mut PgConnection, node_id: &str, by: IncarnationId) -> Result<()> {
    sqlx::query("select take_over_every_tenant($1, $2)").bind(node_id).bind(by.to_string()).execute(connection).await?;
    Ok(())
}

#[async_trait::async_trait]
impl Owners for PostgresTx {
    async fn owner(&mut self) -> Result<Owner> {
        let row = sqlx::query("select * from tenant_owner where tenant_id = $1")
            .bind(self.tenant)
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("tenant", "tenant.unknown"))?;
        read(&row)
    }

    async fn owners(&mut self, at_most: u32) -> Result<Vec<Owned>> {
        let rows = sqlx::query("select * from owner_history where tenant_id = $1 order by epoch desc limit $2")
            .bind(self.tenant)
            .bind(i64::from(at_most))
            .fetch_all(self.conn()?)
            .await?;
        all(&rows, |row| Ok(Owned { owner: read(row)?, at: row.time("at")? }))
    }

    async fn fence(&mut self, epoch: i64) -> Result<()> {
        // It was begun under this one, and the row is locked since.
        if self.under == Some(epoch) {
            return Ok(());
        }
        // A take-over waits for the end of this transaction, or this one finds another epoch.
        let current = sqlx::query("select * from tenant_owner where tenant_id = $1 for share")
            .bind(self.tenant)
            .fetch_optional(self.conn()?)
            .await?;
        match current.as_ref().map(read).transpose()? {
            Some(current) if current.epoch == epoch && current.incarnation == self.incarnation => Ok(()),
            Some(_) => Err(fenced()),
            None => Err(missing("tenant", "tenant.unknown")),
        }
    }
}
