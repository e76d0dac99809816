//! One sign-in on one device: a family of refresh tokens of which only the last is good. A spent one coming back means
//! that two hold it, so the whole family is revoked ([`super::Directory::rotate_refresh`]). Only hashes are kept.

use super::tenants::TenantState;
use super::users::Role;
use crate::ids::{SessionId, TenantId, UserId};
use crate::{Result, Timestamp};

/// SHA-256 of a token that has enough entropy of its own not to need a slow hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    /// Hashes a token as the client sent it.
    pub fn of(token: &str) -> Self {
        use sha2::Digest;
        Self(sha2::Sha256::digest(token.as_bytes()).into())
    }
}

/// A sign-in.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Session {
    /// Id; the `jti` family of its access tokens.
    pub id: SessionId,
    /// Tenant.
    pub tenant_id: TenantId,
    /// Whose.
    pub user_id: UserId,
    /// What the browser called itself.
    pub user_agent: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// Last refresh.
    pub last_used_at: Timestamp,
    /// End of the refresh token in force.
    pub expires_at: Timestamp,
    /// Ended by hand, or by the reuse of a spent token.
    pub revoked_at: Option<Timestamp>,
}

/// A sign-in that is in force, and how its person and tenant stand: what they may do is asked of the row, not of the
/// token, so that a demotion does not wait for a token to end.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionInForce {
    /// The sign-in.
    pub session: Session,
    /// The person's right as of now.
    pub role: Role,
    /// Where the tenant is in its life.
    pub tenant: TenantState,
}

/// A sign-in to be.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Whose.
    pub user_id: UserId,
    /// Its first refresh token.
    pub token: TokenHash,
    /// How long that is good.
    pub expires_at: Timestamp,
    /// What the browser called itself.
    pub user_agent: Option<String>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Sessions {
    /// Starts a session.
    async fn create_session(&mut self, new: NewSession) -> Result<Session>;
    /// One session, ended or not.
    async fn session(&mut self, id: SessionId) -> Result<Session>;
    /// A person's sessions that are in force, newest first.
    async fn sessions(&mut self, user: UserId) -> Result<Vec<Session>>;
    /// Ends one.
    async fn revoke_session(&mut self, id: SessionId) -> Result<()>;
    /// Ends all of a person's, but for one; says how many.
    async fn revoke_sessions(&mut self, user: UserId, except: Option<SessionId>) -> Result<u64>;
}
