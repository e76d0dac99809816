//! Rows of `mappings`. Written only by an adoption (`log.rs`).

use sqlx::postgres::PgRow;

use super::row::{Columns, all};
use super::{PostgresTx, missing};
use crate::canonical::mapping::Origin;
use crate::ids::{ConnectionId, MappingId};
use crate::store::{MappingVersion, Mappings};
use crate::{Error, Result};

fn read(row: &PgRow) -> Result<MappingVersion> {
    Ok(MappingVersion {
        id: MappingId::from_uuid(row.uuid("id")?),
        connection_id: ConnectionId::from_uuid(row.uuid("connection_id")?),
        stream: row.text("stream")?,
        version: row.int("version")?,
        mapping: row.json("mapping")?,
        author: row.text("author")?,
        origin: origin(&row.text("origin")?)?,
        reason: row.maybe_text("reason")?,
        from_seq: row.int("from_seq")?,
        seq: row.int("seq")?,
        state: row.word("state")?,
        created_at: row.time("created_at")?,
    })
}

fn origin(word: &str) -> Result<Origin> {
    serde_json::from_value(word.into())
        .map_err(|e| Error::internal("store.unreadable", "a stored value cannot be read").source(e))
}

#[async_trait::async_trait]
impl Mappings for PostgresTx {
    async fn active_mapping(&mut self, connection: ConnectionId, stream: &str) -> Result<Option<MappingVersion>> {
        let row = sqlx::query(
            "select * from mappings
             where tenant_id = $1 and connection_id = $2 and stream = $3 and state = 'active'",
        )
        .bind(self.tenant)
        .bind(connection.as_uuid())
        .bind(stream)
        .fetch_optional(self.conn()?)
        .await?;
        row.as_ref().map(read).transpose()
    }

    async fn mapping(&mut self, connection: ConnectionId, stream: &str, version: i64) -> Result<MappingVersion> {
        let row = sqlx::query(
            "select * from mappings where tenant_id = $1 and connection_id = $2 and stream = $3 and version = $4",
        )
        .bind(self.tenant)
        .bind(connection.as_uuid())
        .bind(stream)
        .bind(version)
        .fetch_optional(self.conn()?)
        .await?
        .ok_or_else(|| missing("mapping version", "mapping.unknown"))?;
        read(&row)
    }

    async fn mappings(&mut self, connection: ConnectionId, stream: &str) -> Result<Vec<MappingVersion>> {
        let rows = sqlx::query(
            "select * from mappings where tenant_id = $1 and connection_id = $2 and stream = $3 order by version desc",
        )
        .bind(self.tenant)
        .bind(connection.as_uuid())
        .bind(stream)
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, read)
    }

    async fn active_mappings(&mut self, connection: ConnectionId) -> Result<Vec<MappingVersion>> {
        let rows = sqlx::query(
            "select * from mappings where tenant_id = $1 and connection_id = $2 and state = 'active' order by stream",
        )
        .bind(self.tenant)
        .bind(connection.as_uuid())
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, read)
    }

    async fn all_active_mappings(&mut self) -> Result<Vec<MappingVersion>> {
        let rows = sqlx::query(
            "select * from mappings where tenant_id = $1 and state = 'active' order by connection_id, stream",
        )
        .bind(self.tenant)
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, read)
    }
}
