//! Rows of `demo_sources`.

use sqlx::postgres::PgRow;

use super::row::{Columns, all, json, millis};
use super::{PostgresTx, stale};
use crate::Result;
use crate::ids::ConnectionId;
use crate::store::{Demo, DemoSource};

fn read(row: &PgRow) -> Result<DemoSource> {
    Ok(DemoSource {
        connection_id: ConnectionId::from_uuid(row.uuid("connection_id")?),
        stream: row.text("stream")?,
        state: row.json("state")?,
        version: row.int("version")?,
        updated_at: row.time("updated_at")?,
    })
}

#[async_trait::async_trait]
impl Demo for PostgresTx {
    async fn demo_source(&mut self, connection: ConnectionId, stream: &str) -> Result<Option<DemoSource>> {
        let row = sqlx::query("select * from demo_sources where tenant_id = $1 and connection_id = $2 and stream = $3")
            .bind(self.tenant)
            .bind(connection.as_uuid())
            .bind(stream)
            .fetch_optional(self.conn()?)
            .await?;
        row.as_ref().map(read).transpose()
    }

    async fn demo_sources(&mut self, connection: ConnectionId) -> Result<Vec<DemoSource>> {
        let rows =
            sqlx::query("select * from demo_sources where tenant_id = $1 and connection_id = $2 order by stream")
                .bind(self.tenant)
                .bind(connection.as_uuid())
                .fetch_all(self.conn()?)
                .await?;
        all(&rows, read)
    }

    async fn put_demo_source(
        &mut self,
        connection: ConnectionId,
        stream: &str,
        state: serde_json::Value,
        if_version: i64,
    ) -> Result<DemoSource> {
        let row = sqlx::query(
            "insert into demo_sources (tenant_id, connection_id, stream, state, version, updated_at)
             select $1, $2, $3, $4, 1, $5 where $6 = 0 or exists (
                 select 1 from demo_sources where tenant_id = $1 and connection_id = $2 and stream = $3)
             on conflict (tenant_id, connection_id, stream) do update set
                 state = excluded.state, version = demo_sources.version + 1, updated_at = excluded.updated_at
                 where demo_sources.version = $6
             returning *",
        )
        .bind(self.tenant)
        .bind(connection.as_uuid())
        .bind(stream)
        .bind(json(&state)?)
        .bind(millis(self.now()))
        .bind(if_version)
        .fetch_optional(self.conn()?)
        .await?
        .ok_or_else(|| stale("demo source", "demo.stale"))?;
        read(&row)
    }
}
