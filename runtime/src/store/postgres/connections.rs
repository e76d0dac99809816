//! Rows of `connections`.

use sqlx::postgres::PgRow;

use super::error::{attempt, taken};
use super::row::{Columns, all, before, json, legible, millis};
use super::{PostgresTx, missing, stale};
use crate::Result;
use crate::canonical::batch_id;
use crate::ids::ConnectionId;
use crate::store::{
    Connection, ConnectionState, ConnectionUpdate, Connections, EntryKind, Log, NewConnection, NewEntry, Owners, Page,
    Paged,
};

fn read(row: &PgRow) -> Result<Connection> {
    Ok(Connection {
        id: ConnectionId::from_uuid(row.uuid("id")?),
        name: row.text("name")?,
        kind: row.text("kind")?,
        config: row.json("config")?,
        policy: row.json("policy")?,
        state: row.word("state")?,
        last_error: row.maybe_text("last_error")?,
        system: row.maybe_text("system")?,
        safe_mode: row.flag("safe_mode")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        version: row.int("version")?,
    })
}

const NAME_TAKEN: (&str, &str, &str) = ("connection.name_taken", "a connection of this name exists already", "name");

#[async_trait::async_trait]
impl Connections for PostgresTx {
    async fn create_connection(&mut self, new: NewConnection) -> Result<Connection> {
        let id = new.id.unwrap_or_else(|| ConnectionId::new(&self.ambient));
        let statement = sqlx::query(
            "insert into connections
                 (tenant_id, id, name, kind, config, policy, state, system, safe_mode, created_at, updated_at, version)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, 1) returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(new.name)
        .bind(new.kind)
        .bind(json(&new.config)?)
        .bind(json(&new.policy)?)
        .bind(ConnectionState::Pending.as_str())
        .bind(new.system)
        .bind(new.safe_mode)
        .bind(millis(self.now()));
        let row = attempt(self.conn()?, statement)
            .await
            .map_err(taken(NAME_TAKEN.0, NAME_TAKEN.1, NAME_TAKEN.2))?
            .ok_or(sqlx::Error::RowNotFound)?;
        read(&row)
    }

    async fn connection(&mut self, id: ConnectionId) -> Result<Connection> {
        let row = sqlx::query("select * from connections where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("connection", "connection.unknown"))?;
        read(&row)
    }

    async fn connections(&mut self, state: Option<ConnectionState>, page: &Page) -> Result<Paged<Connection>> {
        let rows = sqlx::query(
            "select * from connections where tenant_id = $1 and id < $2 and ($3 is null or state = $3)
             order by id desc limit $4",
        )
        .bind(self.tenant)
        .bind(before(page)?)
        .bind(state.map(ConnectionState::as_str))
        .bind(i64::from(page.limit()) + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read)?, page, |connection| connection.id.to_string()))
    }

    async fn update_connection(
        &mut self,
        id: ConnectionId,
        change: ConnectionUpdate,
        if_version: Option<i64>,
    ) -> Result<Connection> {
        let statement = sqlx::query(
            "update connections set name = coalesce($3, name), config = coalesce($4, config),
                 policy = coalesce($5, policy), system = coalesce($6, system), safe_mode = coalesce($7, safe_mode),
                 updated_at = $8, version = version + 1
             where tenant_id = $1 and id = $2 and ($9 is null or version = $9) returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(change.name)
        .bind(change.config.as_ref().map(json).transpose()?)
        .bind(change.policy.as_ref().map(json).transpose()?)
        .bind(change.system)
        .bind(change.safe_mode)
        .bind(millis(self.now()))
        .bind(if_version);
        let row = attempt(self.conn()?, statement).await.map_err(taken(NAME_TAKEN.0, NAME_TAKEN.1, NAME_TAKEN.2))?;
        match row {
            Some(row) => read(&row),
            None => self.connection(id).await.and_then(|_| Err(stale("connection", "connection.stale"))),
        }
    }

    async fn set_connection_state(
        &mut self,
        id: ConnectionId,
        state: ConnectionState,
        last_error: Option<String>,
    ) -> Result<()> {
        let done = sqlx::query(
            "update connections set state = $3, last_error = $4, updated_at = $5 where tenant_id = $1 and id = $2",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(state.as_str())
        .bind(last_error.map(legible))
        .bind(millis(self.now()))
        .execute(self.conn()?)
        .await?;
        if done.rows_affected() == 0 { Err(missing("connection", "connection.unknown")) } else { Ok(()) }
    }

    async fn delete_connection(&mut self, id: ConnectionId, epoch: i64) -> Result<i64> {
        self.fence(epoch).await?;
        self.connection(id).await?;
        sqlx::query(
            "update tenant_counters set
                 log_rows = log_rows - (select coalesce(sum(rows), 0)::bigint from canonical_streams
                                        where tenant_id = $1 and connection_id = $2 and kind = 'records'),
                 log_bytes = log_bytes - (select coalesce(sum(bytes), 0)::bigint from canonical_streams
                                          where tenant_id = $1 and connection_id = $2 and kind = 'records')
             where tenant_id = $1",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .execute(self.conn()?)
        .await?;
        sqlx::query(
            "update canonical_streams set rows = 0, bytes = 0, payload = ''
             where tenant_id = $1 and connection_id = $2 and kind = 'records' and (bytes > 0 or rejected > 0)",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .execute(self.conn()?)
        .await?;
        sqlx::query(
            "delete from canonical_packs where tenant_id = $1 and seq in
                 (select seq from canonical_streams where tenant_id = $1 and connection_id = $2)",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .execute(self.conn()?)
        .await?;
        let payload = json(&serde_json::json!({ "connection_id": id }))?;
        let seq = self
            .append_entry(NewEntry {
                epoch,
                batch_id: batch_id(&id.to_string(), "", None, "purge"),
                kind: EntryKind::Purge,
                connection: Some(id),
                stream: None,
                entity: None,
                payload: payload.into(),
            })
            .await?;
        sqlx::query("delete from connections where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .execute(self.conn()?)
            .await?;
        Ok(seq)
    }
}
