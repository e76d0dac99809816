//! Rows of `streams`.

use sqlx::postgres::{PgConnection, PgRow};
use uuid::Uuid;

use super::row::{Columns, all, json, legible, maybe_json, millis};
use super::{PostgresTx, missing};
use crate::ids::ConnectionId;
use crate::store::{NewStream, Stream, StreamState, StreamUpdate, Streams};
use crate::{Result, Timestamp};

pub(super) fn read(row: &PgRow) -> Result<Stream> {
    Ok(Stream {
        connection_id: ConnectionId::from_uuid(row.uuid("connection_id")?),
        name: row.text("name")?,
        object: row.maybe_text("object")?,
        entity: row.maybe_text("entity")?,
        cursor: row.maybe_text("cursor")?,
        generation: row.int("generation")?,
        schema: row.maybe_json("schema")?,
        fingerprint: row.maybe_text("fingerprint")?,
        mapping_version: row.maybe_int("mapping_version")?,
        rows: row.int("rows")?,
        rejected: row.int("rejected")?,
        state: row.word("state")?,
        last_error: row.maybe_text("last_error")?,
        last_seq: row.maybe_int("last_seq")?,
        last_sync_at: row.maybe_time("last_sync_at")?,
        stale: row.json("stale")?,
        updated_at: row.time("updated_at")?,
    })
}

/// Changes a stream; also as part of a batch or of an adoption. Says whether it was there.
pub(super) async fn apply(
    connection: &mut PgConnection,
    (tenant, of, name): (Uuid, ConnectionId, &str),
    change: &StreamUpdate,
    at: Timestamp,
) -> Result<bool> {
    let (state, last_error) = match &change.state {
        Some((state, why)) => (Some(state.as_str()), why.clone().map(legible)),
        None => (None, None),
    };
    let done = sqlx::query(
        "update streams set schema = coalesce($4, schema), fingerprint = coalesce($5, fingerprint),
             last_error = case when $6 is null then last_error else $7 end, state = coalesce($6, state),
             stale = coalesce($8, stale), last_sync_at = case when $9 then $10 else last_sync_at end, updated_at = $10
         where tenant_id = $1 and connection_id = $2 and name = $3",
    )
    .bind(tenant)
    .bind(of.as_uuid())
    .bind(name)
    .bind(maybe_json(change.schema.as_ref())?)
    .bind(change.schema.as_ref().map(crate::canonical::schema::SourceSchema::fingerprint))
    .bind(state)
    .bind(last_error)
    .bind(maybe_json(change.stale.as_ref())?)
    .bind(change.synced)
    .bind(millis(at))
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

#[async_trait::async_trait]
impl Streams for PostgresTx {
    async fn ensure_stream(&mut self, new: NewStream) -> Result<Stream> {
        sqlx::query(
            "insert into streams (tenant_id, connection_id, name, object, schema, fingerprint, state, updated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (tenant_id, connection_id, name) do update set
                 object = coalesce(streams.object, excluded.object), schema = excluded.schema,
                 fingerprint = excluded.fingerprint, updated_at = excluded.updated_at
             where streams.schema is null and excluded.schema is not null",
        )
        .bind(self.tenant)
        .bind(new.connection_id.as_uuid())
        .bind(&new.name)
        .bind(new.object)
        .bind(new.schema.as_ref().map(json).transpose()?)
        .bind(new.schema.as_ref().map(crate::canonical::schema::SourceSchema::fingerprint))
        .bind(StreamState::Active.as_str())
        .bind(millis(self.now()))
        .execute(self.conn()?)
        .await?;
        self.stream(new.connection_id, &new.name).await
    }

    async fn stream(&mut self, connection: ConnectionId, name: &str) -> Result<Stream> {
        let row = sqlx::query("select * from streams where tenant_id = $1 and connection_id = $2 and name = $3")
            .bind(self.tenant)
            .bind(connection.as_uuid())
            .bind(name)
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("stream", "stream.unknown"))?;
        read(&row)
    }

    async fn streams(&mut self, connection: ConnectionId) -> Result<Vec<Stream>> {
        let rows = sqlx::query("select * from streams where tenant_id = $1 and connection_id = $2 order by name")
            .bind(self.tenant)
            .bind(connection.as_uuid())
            .fetch_all(self.conn()?)
            .await?;
        all(&rows, read)
    }

    async fn all_streams(&mut self) -> Result<Vec<Stream>> {
        let rows = sqlx::query("select * from streams where tenant_id = $1 order by connection_id, name")
            .bind(self.tenant)
            .fetch_all(self.conn()?)
            .await?;
        all(&rows, read)
    }

    async fn update_stream(&mut self, connection: ConnectionId, name: &str, change: StreamUpdate) -> Result<Stream> {
        let (tenant, now) = (self.tenant, self.now());
        apply(self.conn()?, (tenant, connection, name), &change, now).await?;
        self.stream(connection, name).await
    }

    async fn rewind_stream(&mut self, connection: ConnectionId, name: &str, cursor: Option<String>) -> Result<()> {
        let done = sqlx::query(
            "update streams set cursor = $4, generation = generation + 1, updated_at = $5
             where tenant_id = $1 and connection_id = $2 and name = $3",
        )
        .bind(self.tenant)
        .bind(connection.as_uuid())
        .bind(name)
        .bind(cursor)
        .bind(millis(self.now()))
        .execute(self.conn()?)
        .await?;
        if done.rows_affected() == 0 { Err(missing("stream", "stream.unknown")) } else { Ok(()) }
    }
}
