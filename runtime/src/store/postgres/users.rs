//! Rows of `users`.

use sqlx::postgres::{PgConnection, PgRow};
use uuid::Uuid;

use super::error::{attempt, taken};
use super::row::{Columns, all, before, millis};
use super::{PostgresTx, missing, stale};
use crate::ids::{TenantId, UserId};
use crate::store::users::fold;
use crate::store::{NewUser, Page, Paged, PasswordHash, Role, User, UserState, UserUpdate, Users};
use crate::{Ambient, Error, Result};

pub(super) fn read(row: &PgRow) -> Result<User> {
    Ok(User {
        id: UserId::from_uuid(row.uuid("id")?),
        tenant_id: TenantId::from_uuid(row.uuid("tenant_id")?),
        email: row.text("email")?,
        name: row.text("name")?,
        role: row.word("role")?,
        state: row.word("state")?,
        password: row.maybe_text("password")?.map(PasswordHash),
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        last_login_at: row.maybe_time("last_login_at")?,
        version: row.int("version")?,
    })
}

pub(super) async fn insert(
    connection: &mut PgConnection,
    tenant: Uuid,
    new: NewUser,
    ambient: &Ambient,
) -> Result<User> {
    let statement = sqlx::query(
        "insert into users (tenant_id, id, email, name, role, state, password, created_at, updated_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, 1) returning *",
    )
    .bind(tenant)
    .bind(UserId::new(ambient).as_uuid())
    .bind(fold(&new.email))
    .bind(new.name)
    .bind(new.role.as_str())
    .bind(UserState::Active.as_str())
    .bind(new.password.map(|hash| hash.0))
    .bind(millis(ambient.now()));
    let row = attempt(connection, statement)
        .await
        .map_err(taken("user.email_taken", "somebody uses this address already", "email"))?
        .ok_or(sqlx::Error::RowNotFound)?;
    read(&row)
}

#[async_trait::async_trait]
impl Users for PostgresTx {
    async fn create_user(&mut self, new: NewUser) -> Result<User> {
        let (tenant, ambient) = (self.tenant, self.ambient.clone());
        insert(self.conn()?, tenant, new, &ambient).await
    }

    async fn user(&mut self, id: UserId) -> Result<User> {
        let row = sqlx::query("select * from users where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("person", "user.unknown"))?;
        read(&row)
    }

    async fn users(&mut self, page: &Page) -> Result<Paged<User>> {
        let rows = sqlx::query("select * from users where tenant_id = $1 and id < $2 order by id desc limit $3")
            .bind(self.tenant)
            .bind(before(page)?)
            .bind(i64::from(page.limit()) + 1)
            .fetch_all(self.conn()?)
            .await?;
        Ok(Paged::of(all(&rows, read)?, page, |user| user.id.to_string()))
    }

    async fn update_user(&mut self, id: UserId, change: UserUpdate, if_version: Option<i64>) -> Result<User> {
        let row = sqlx::query(
            "update users set name = coalesce($3, name), role = coalesce($4, role), state = coalesce($5, state),
                 password = coalesce($6, password), updated_at = $7, version = version + 1
             where tenant_id = $1 and id = $2 and ($8 is null or version = $8) returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(change.name)
        .bind(change.role.map(Role::as_str))
        .bind(change.state.map(UserState::as_str))
        .bind(change.password.map(|hash| hash.0))
        .bind(millis(self.now()))
        .bind(if_version)
        .fetch_optional(self.conn()?)
        .await?;
        let Some(row) = row else {
            return self.user(id).await.and_then(|_| Err(stale("person", "user.stale")));
        };
        if change.role.is_some() || change.state.is_some() {
            let admins: i64 = sqlx::query_scalar(
                "select count(*) from users where tenant_id = $1 and role = 'admin' and state = 'active'",
            )
            .bind(self.tenant)
            .fetch_one(self.conn()?)
            .await?;
            if admins == 0 {
                return Err(Error::conflict("user.last_admin", "the tenant would be left without an admin")
                    .remedy("Make somebody else admin first."));
            }
        }
        read(&row)
    }

    async fn touch_login(&mut self, id: UserId) -> Result<()> {
        sqlx::query("update users set last_login_at = $3 where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .bind(millis(self.now()))
            .execute(self.conn()?)
            .await?;
        Ok(())
    }
}
