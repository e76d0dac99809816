//! Rows of `sessions` and `refresh_tokens`.

use sqlx::postgres::{PgConnection, PgRow};
use uuid::Uuid;

use super::row::{Columns, all, millis};
use super::{PostgresTx, missing};
use crate::ids::{SessionId, TenantId, UserId};
use crate::store::{NewSession, Session, Sessions, TokenHash};
use crate::{Result, Timestamp};

pub(super) fn read(row: &PgRow) -> Result<Session> {
    Ok(Session {
        id: SessionId::from_uuid(row.uuid("id")?),
        tenant_id: TenantId::from_uuid(row.uuid("tenant_id")?),
        user_id: UserId::from_uuid(row.uuid("user_id")?),
        user_agent: row.maybe_text("user_agent")?,
        created_at: row.time("created_at")?,
        last_used_at: row.time("last_used_at")?,
        expires_at: row.time("expires_at")?,
        revoked_at: row.maybe_time("revoked_at")?,
    })
}

/// The token of a session that is in force from now on.
pub(super) async fn insert_refresh(
    connection: &mut PgConnection,
    (tenant, session): (Uuid, Uuid),
    token: TokenHash,
    expires_at: Timestamp,
) -> Result<()> {
    sqlx::query("insert into refresh_tokens (hash, tenant_id, session_id, expires_at) values ($1, $2, $3, $4)")
        .bind(&token.0[..])
        .bind(tenant)
        .bind(session)
        .bind(millis(expires_at))
        .execute(connection)
        .await?;
    Ok(())
}

#[async_trait::async_trait]
impl Sessions for PostgresTx {
    async fn create_session(&mut self, new: NewSession) -> Result<Session> {
        let id = SessionId::new(&self.ambient).as_uuid();
        let tenant = self.tenant;
        let row = sqlx::query(
            "insert into sessions (tenant_id, id, user_id, user_agent, created_at, last_used_at, expires_at)
             values ($1, $2, $3, $4, $5, $5, $6) returning *",
        )
        .bind(tenant)
        .bind(id)
        .bind(new.user_id.as_uuid())
        .bind(new.user_agent)
        .bind(millis(self.now()))
        .bind(millis(new.expires_at))
        .fetch_one(self.conn()?)
        .await?;
        insert_refresh(self.conn()?, (tenant, id), new.token, new.expires_at).await?;
        read(&row)
    }

    async fn session(&mut self, id: SessionId) -> Result<Session> {
        let row = sqlx::query("select * from sessions where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("session", "session.unknown"))?;
        read(&row)
    }

    async fn sessions(&mut self, user: UserId) -> Result<Vec<Session>> {
        let rows = sqlx::query(
            "select * from sessions where tenant_id = $1 and user_id = $2 and revoked_at is null and expires_at > $3
             order by id desc",
        )
        .bind(self.tenant)
        .bind(user.as_uuid())
        .bind(millis(self.now()))
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, read)
    }

    async fn revoke_session(&mut self, id: SessionId) -> Result<()> {
        let done =
            sqlx::query("update sessions set revoked_at = coalesce(revoked_at, $3) where tenant_id = $1 and id = $2")
                .bind(self.tenant)
                .bind(id.as_uuid())
                .bind(millis(self.now()))
                .execute(self.conn()?)
                .await?;
        if done.rows_affected() == 0 { Err(missing("session", "session.unknown")) } else { Ok(()) }
    }

    async fn revoke_sessions(&mut self, user: UserId, except: Option<SessionId>) -> Result<u64> {
        let done = sqlx::query(
            "update sessions set revoked_at = $4
             where tenant_id = $1 and user_id = $2 and revoked_at is null and ($3 is null or id <> $3)",
        )
        .bind(self.tenant)
        .bind(user.as_uuid())
        .bind(except.map(|id| id.as_uuid()))
        .bind(millis(self.now()))
        .execute(self.conn()?)
        .await?;
        Ok(done.rows_affected())
    }
}
