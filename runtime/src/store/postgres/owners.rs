//! Rows of `tenant_owner`: the fence.

use sqlx::postgres::{PgConnection, PgRow};

use super::row::Columns;
use super::{PostgresTx, missing};
use crate::store::{Owner, Owners};
use crate::{Error, Result};

pub(super) fn read(row: &PgRow) -> Result<Owner> {
    Ok(Owner { node_id: row.text("node_id")?, incarnation: row.text("incarnation")?, epoch: row.int("epoch")? })
}

/// At the start of a node that runs alone: it owns every tenant, under an epoch higher than any before. Another one that
/// still runs is fenced by that.
pub(super) async fn take_over(connection: &mut PgConnection, node_id: &str, incarnation: &str) -> Result<()> {
    sqlx::query("select take_over_every_tenant($1, $2)").bind(node_id).bind(incarnation).execute(connection).await?;
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

    async fn fence(&mut self, epoch: i64) -> Result<()> {
        // A take-over waits for the end of this transaction, or this one finds another epoch.
        let current: Option<i64> = sqlx::query_scalar("select epoch from tenant_owner where tenant_id = $1 for share")
            .bind(self.tenant)
            .fetch_optional(self.conn()?)
            .await?;
        match current {
            Some(current) if current == epoch => Ok(()),
            Some(_) => Err(Error::fenced("owner.fenced", "this node does not own the tenant any more")),
            None => Err(missing("tenant", "tenant.unknown")),
        }
    }
}
