//! Rows of `identities`.

use super::PostgresTx;
use super::row::millis;
use crate::ids::UserId;
use crate::store::Identities;
use crate::{Error, Result};

#[async_trait::async_trait]
impl Identities for PostgresTx {
    async fn bind_identity(&mut self, user: UserId, issuer: &str, subject: &str, email: &str) -> Result<()> {
        let at = millis(self.now());
        let done = sqlx::query(
            "insert into identities (issuer, subject, tenant_id, user_id, email, made_at, last_used_at)
             values ($1, $2, $3, $4, $5, $6, $6) on conflict (issuer, subject) do nothing",
        )
        .bind(issuer)
        .bind(subject)
        .bind(self.tenant)
        .bind(user.as_uuid())
        .bind(email)
        .bind(at)
        .execute(self.conn()?)
        .await?;
        if done.rows_affected() == 0 {
            return Err(Error::conflict("identity.taken", "this identity belongs to somebody already"));
        }
        Ok(())
    }

    async fn touch_identity(&mut self, issuer: &str, subject: &str) -> Result<()> {
        sqlx::query("update identities set last_used_at = $4 where issuer = $1 and subject = $2 and tenant_id = $3")
            .bind(issuer)
            .bind(subject)
            .bind(self.tenant)
            .bind(millis(self.now()))
            .execute(self.conn()?)
            .await?;
        Ok(())
    }
}
