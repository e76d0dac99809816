//! Rows of `tokens`.

use super::PostgresTx;
use super::row::{json, millis};
use crate::Result;
use crate::store::{NewToken, Tokens};

#[async_trait::async_trait]
impl Tokens for PostgresTx {
    async fn create_token(&mut self, new: NewToken) -> Result<()> {
        sqlx::query(
            "insert into tokens (hash, tenant_id, purpose, user_id, payload, expires_at) values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&new.token.0[..])
        .bind(self.tenant)
        .bind(new.purpose.as_str())
        .bind(new.user_id.map(|id| id.as_uuid()))
        .bind(json(&new.payload)?)
        .bind(millis(new.expires_at))
        .execute(self.conn()?)
        .await?;
        Ok(())
    }
}
