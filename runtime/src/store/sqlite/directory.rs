//! The calls without a tenant. Each is one transaction.

use std::sync::Arc;

use serde_json::json;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::lane::Held;
use super::row::{Columns, all, millis};
use super::{PAGE, Shared, api_keys, audit, owners, sessions, tenants, users};
use crate::ids::{SessionId, TenantId, TraceId, UserId};
use crate::store::users::fold;
use crate::store::{
    Directory, Erasure, KeyInForce, KeyUsed, NewAudit, NewUser, Page, Paged, Redeemed, Rotation, Session,
    SessionInForce, Space, TaskCounts, Tenant, TenantRef, TokenHash, TokenPurpose, User, UserState,
};
use crate::{Actor, Error, Result, Timestamp};

/// Ended sessions and keys are kept so long, so that people can see them and the reuse of their tokens is noticed.
const KEEP_ENDED_SESSIONS: i64 = 30 * 24 * 3600 * 1000;

/// Tenants as the start of a node needs them.
macro_rules! tenant_refs {
    ($which:literal) => {
        concat!(
            "select t.id, t.state, o.node_id, o.incarnation, o.epoch,
                 exists (select 1 from connections c where c.tenant_id = t.id)
                 or exists (select 1 from tasks w where w.tenant_id = t.id and w.state in ('queued', 'retry_wait'))
                 or exists (select 1 from tasks w where w.tenant_id = t.id and w.state = 'in_progress')
                 or exists (select 1 from deliveries d where d.tenant_id = t.id and d.state = 'waiting')
                 or exists (select 1 from schedules s where s.tenant_id = t.id and s.paused = 0)
                 or exists (select 1 from playbook_runs p where p.tenant_id = t.id and p.state = 'in_progress')
                     as has_work
             from tenants t join tenant_owner o on o.tenant_id = t.id ",
            $which
        )
    };
}

pub(super) struct SqliteDirectory {
    shared: Arc<Shared>,
}

impl SqliteDirectory {
    pub(super) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    async fn write(&self) -> Result<Held> {
        self.shared.writer.begin().await
    }

    async fn read(&self) -> Result<Held> {
        self.shared.readers.begin().await
    }

    fn now(&self) -> i64 {
        millis(self.shared.ambient.now())
    }
}

fn tenant_ref(row: &SqliteRow) -> Result<TenantRef> {
    Ok(TenantRef {
        id: TenantId::from_uuid(row.uuid("id")?),
        state: row.word("state")?,
        has_work: row.flag("has_work")?,
        owner: owners::read(row)?,
    })
}

#[async_trait::async_trait]
impl Directory for SqliteDirectory {
    async fn create_tenant(&self, name: &str) -> Result<Tenant> {
        let mut held = self.write().await?;
        let tenant = tenants::insert(held.connection()?, name, &self.shared).await?;
        held.commit().await?;
        Ok(tenant)
    }

    async fn register(&self, tenant_name: &str, first: NewUser, trace: TraceId) -> Result<(Tenant, User)> {
        let mut held = self.write().await?;
        let tenant = tenants::insert(held.connection()?, tenant_name, &self.shared).await?;
        let user = users::insert(held.connection()?, tenant.id.as_uuid(), first, &self.shared.ambient).await?;
        let (by, trace) = (Actor::User(user.id).to_string(), trace.as_uuid().simple().to_string());
        let made = NewAudit::new("tenant.create", "tenant", tenant.id).after(json!({"name": tenant.name}));
        let joined =
            NewAudit::new("user.create", "user", user.id).after(json!({"email": user.email, "role": user.role}));
        for note in [made, joined] {
            audit::append(held.connection()?, tenant.id.as_uuid(), self.now(), (&by, &trace), note).await?;
        }
        held.commit().await?;
        Ok((tenant, user))
    }

    async fn tenants(&self, page: &Page) -> Result<Paged<Tenant>> {
        let mut held = self.read().await?;
        let rows = sqlx::query("select * from tenants where id > ?1 order by id limit ?2")
            .bind(page.after_key::<Uuid>()?.unwrap_or(Uuid::nil()))
            .bind(page.limit() + 1)
            .fetch_all(held.connection()?)
            .await?;
        Ok(Paged::of(all(&rows, tenants::read)?, page, |tenant| tenant.id.to_string()))
    }

    async fn tenant_refs(&self) -> Result<Vec<TenantRef>> {
        let mut held = self.read().await?;
        let rows = sqlx::query(tenant_refs!("order by t.id")).fetch_all(held.connection()?).await?;
        all(&rows, tenant_ref)
    }

    async fn tenant_ref(&self, id: TenantId) -> Result<Option<TenantRef>> {
        let mut held = self.read().await?;
        let row =
            sqlx::query(tenant_refs!("where t.id = ?1")).bind(id.as_uuid()).fetch_optional(held.connection()?).await?;
        row.as_ref().map(tenant_ref).transpose()
    }

    async fn find_user_by_email(&self, email: &str) -> Result<Option<User>> {
        let mut held = self.read().await?;
        let row = sqlx::query("select * from users where email = ?1")
            .bind(fold(email))
            .fetch_optional(held.connection()?)
            .await?;
        row.as_ref().map(users::read).transpose()
    }

    async fn rotate_refresh(&self, presented: TokenHash, next: TokenHash, expires_at: Timestamp) -> Result<Rotation> {
        let mut held = self.write().await?;
        let now = self.now();
        let Some(token) = sqlx::query("select * from refresh_tokens where hash = ?1")
            .bind(&presented.0[..])
            .fetch_optional(held.connection()?)
            .await?
        else {
            return Ok(Rotation::Refused);
        };
        let key = (token.uuid("tenant_id")?, token.uuid("session_id")?);
        let row = sqlx::query("select * from sessions where tenant_id = ?1 and id = ?2")
            .bind(key.0)
            .bind(key.1)
            .fetch_one(held.connection()?)
            .await?;
        let mut session = sessions::read(&row)?;
        if session.revoked_at.is_some() || token.int("expires_at")? <= now {
            return Ok(Rotation::Refused);
        }
        let row = sqlx::query("select * from users where tenant_id = ?1 and id = ?2")
            .bind(key.0)
            .bind(session.user_id.as_uuid())
            .fetch_one(held.connection()?)
            .await?;
        let user = users::read(&row)?;
        if user.state != UserState::Active {
            return Ok(Rotation::Refused);
        }
        if token.maybe_int("spent_at")?.is_some() {
            sqlx::query("update sessions set revoked_at = ?3 where tenant_id = ?1 and id = ?2")
                .bind(key.0)
                .bind(key.1)
                .bind(now)
                .execute(held.connection()?)
                .await?;
            let note = NewAudit::new("session.end", "session", session.id).after(json!({"reason": "refresh_reused"}));
            audit::append(held.connection()?, key.0, now, ("system:sign-in", ""), note).await?;
            held.commit().await?;
            session.revoked_at = chrono::DateTime::from_timestamp_millis(now);
            return Ok(Rotation::Reused(session));
        }
        sqlx::query("update refresh_tokens set spent_at = ?2 where hash = ?1")
            .bind(&presented.0[..])
            .bind(now)
            .execute(held.connection()?)
            .await?;
        sessions::insert_refresh(held.connection()?, key, next, expires_at).await?;
        let row = sqlx::query(
            "update sessions set last_used_at = ?3, expires_at = ?4 where tenant_id = ?1 and id = ?2 returning *",
        )
        .bind(key.0)
        .bind(key.1)
        .bind(now)
        .bind(millis(expires_at))
        .fetch_one(held.connection()?)
        .await?;
        let session = sessions::read(&row)?;
        held.commit().await?;
        Ok(Rotation::Rotated(Box::new((session, user))))
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<SessionInForce>> {
        let mut held = self.read().await?;
        let row = sqlx::query(
            "select s.*, u.role, t.state as tenant_state from sessions s
             join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
             join tenants t on t.id = s.tenant_id
             where s.id = ?1 and s.revoked_at is null and s.expires_at > ?2
                 and u.state = 'active' and t.state <> 'deleting'",
        )
        .bind(id.as_uuid())
        .bind(self.now())
        .fetch_optional(held.connection()?)
        .await?;
        let in_force = |row: &SqliteRow| {
            Ok(SessionInForce {
                session: sessions::read(row)?,
                role: row.word("role")?,
                tenant: row.word("tenant_state")?,
            })
        };
        row.as_ref().map(in_force).transpose()
    }

    async fn find_api_key(&self, token: TokenHash) -> Result<Option<KeyInForce>> {
        let mut held = self.read().await?;
        let row = sqlx::query(
            "select k.*, u.role, t.state as tenant_state from api_keys k
             join users u on u.tenant_id = k.tenant_id and u.id = k.owner_id
             join tenants t on t.id = k.tenant_id
             where k.hash = ?1 and k.revoked_at is null and k.expires_at > ?2
                 and u.state = 'active' and t.state <> 'deleting'",
        )
        .bind(&token.0[..])
        .bind(self.now())
        .fetch_optional(held.connection()?)
        .await?;
        let in_force = |row: &SqliteRow| {
            Ok(KeyInForce {
                key: api_keys::read(row)?,
                tenant_id: TenantId::from_uuid(row.uuid("tenant_id")?),
                role: row.word("role")?,
                tenant: row.word("tenant_state")?,
            })
        };
        row.as_ref().map(in_force).transpose()
    }

    async fn note_key_uses(&self, uses: &[KeyUsed]) -> Result<()> {
        let mut held = self.write().await?;
        for used in uses {
            sqlx::query(
                "update api_keys set last_used_at = max(coalesce(last_used_at, 0), ?3) where tenant_id = ?1 and id = ?2",
            )
            .bind(used.tenant_id.as_uuid())
            .bind(used.key.as_uuid())
            .bind(millis(used.at))
            .execute(held.connection()?)
            .await?;
        }
        held.commit().await
    }

    async fn session_of(&self, token: TokenHash) -> Result<Option<Session>> {
        let mut held = self.read().await?;
        let row = sqlx::query(
            "select s.* from sessions s join refresh_tokens r on r.tenant_id = s.tenant_id and r.session_id = s.id
             where r.hash = ?1 and s.revoked_at is null and s.expires_at > ?2",
        )
        .bind(&token.0[..])
        .bind(self.now())
        .fetch_optional(held.connection()?)
        .await?;
        row.as_ref().map(sessions::read).transpose()
    }

    async fn redeem_token(&self, token: TokenHash, purpose: TokenPurpose) -> Result<Option<Redeemed>> {
        let mut held = self.write().await?;
        let row = sqlx::query("delete from tokens where hash = ?1 and purpose = ?2 and expires_at > ?3 returning *")
            .bind(&token.0[..])
            .bind(purpose.as_str())
            .bind(self.now())
            .fetch_optional(held.connection()?)
            .await?;
        let redeemed = row
            .map(|row| {
                Ok::<_, crate::Error>(Redeemed {
                    tenant_id: TenantId::from_uuid(row.uuid("tenant_id")?),
                    user_id: row.maybe_uuid("user_id")?.map(UserId::from_uuid),
                    payload: row.json("payload")?,
                })
            })
            .transpose()?;
        held.commit().await?;
        Ok(redeemed)
    }

    async fn erasures(&self, at_most: u32) -> Result<Vec<Erasure>> {
        let mut held = self.read().await?;
        let rows = sqlx::query("select * from erasures order by finished_at is not null, asked_at desc limit ?1")
            .bind(at_most)
            .fetch_all(held.connection()?)
            .await?;
        all(&rows, |row| {
            Ok(Erasure {
                tenant_id: TenantId::from_uuid(row.uuid("tenant")?),
                asked_by: row.text("asked_by")?,
                asked_at: row.time("asked_at")?,
                finished_at: row.maybe_time("finished_at")?,
            })
        })
    }

    async fn finish_erasure(&self, tenant: TenantId) -> Result<()> {
        // The log of writes still has what the pages have no more.
        let mut held = self.shared.writer.acquire().await?;
        let row = sqlx::query("pragma wal_checkpoint(truncate)").fetch_one(held.connection()?).await?;
        if row.int("busy")? != 0 {
            return Err(Error::busy("store.busy", "readers are in the way of folding the write-ahead log in"));
        }
        drop(held);
        let mut held = self.write().await?;
        sqlx::query("update erasures set finished_at = ?2 where tenant = ?1 and finished_at is null")
            .bind(tenant.as_uuid())
            .bind(self.now())
            .execute(held.connection()?)
            .await?;
        held.commit().await
    }

    async fn find_identity(&self, issuer: &str, subject: &str) -> Result<Option<User>> {
        let mut held = self.read().await?;
        let row = sqlx::query(
            "select u.* from identities i join users u on u.tenant_id = i.tenant_id and u.id = i.user_id
             where i.issuer = ?1 and i.subject = ?2",
        )
        .bind(issuer)
        .bind(subject)
        .fetch_optional(held.connection()?)
        .await?;
        row.as_ref().map(users::read).transpose()
    }

    async fn sweep(&self) -> Result<u64> {
        let mut held = self.write().await?;
        let now = self.now();
        let mut rows = 0;
        for (sql, until) in [
            ("delete from tokens where expires_at <= ?1", now),
            ("delete from idempotency where expires_at <= ?1", now),
            ("delete from sessions where coalesce(revoked_at, expires_at) <= ?1", now - KEEP_ENDED_SESSIONS),
            ("delete from api_keys where coalesce(revoked_at, expires_at) <= ?1", now - KEEP_ENDED_SESSIONS),
        ] {
            rows += sqlx::query(sql).bind(until).execute(held.connection()?).await?.rows_affected();
        }
        held.commit().await?;
        Ok(rows)
    }

    async fn task_counts(&self) -> Result<TaskCounts> {
        let mut held = self.read().await?;
        let row = sqlx::query(
            "select
                 (select count(*) from tasks indexed by tasks_running where state = 'in_progress') as running,
                 (select count(*) from tasks t indexed by tasks_running
                      join tenant_owner o on o.tenant_id = t.tenant_id
                      where t.state = 'in_progress' and t.epoch < o.epoch) as orphaned,
                 (select count(*) from tasks indexed by tasks_waiting where state in ('queued', 'retry_wait')) as waiting",
        )
        .fetch_one(held.connection()?)
        .await?;
        let count = |name: &str| Ok::<_, Error>(row.int(name)?.unsigned_abs());
        Ok(TaskCounts { running: count("running")?, orphaned: count("orphaned")?, waiting: count("waiting")? })
    }

    async fn space(&self) -> Result<Space> {
        let mut held = self.read().await?;
        space(held.connection()?).await
    }

    async fn give_back(&self, bytes: u64) -> Result<u64> {
        let mut held = self.write().await?;
        let before = space(held.connection()?).await?;
        let pages = (bytes / PAGE).max(1);
        // Does nothing in a file that was made without it.
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("pragma incremental_vacuum({pages})")))
            .execute(held.connection()?)
            .await?;
        let after = space(held.connection()?).await?;
        held.commit().await?;
        Ok(before.bytes.saturating_sub(after.bytes))
    }
}

async fn space(connection: &mut SqliteConnection) -> Result<Space> {
    let pages: i64 = sqlx::query_scalar("select page_count from pragma_page_count").fetch_one(&mut *connection).await?;
    let free: i64 =
        sqlx::query_scalar("select freelist_count from pragma_freelist_count").fetch_one(&mut *connection).await?;
    Ok(Space { bytes: pages.unsigned_abs() * PAGE, free: free.unsigned_abs() * PAGE })
}
