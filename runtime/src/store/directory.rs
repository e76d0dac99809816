//! The calls that have no tenant yet, few and named one by one. Each is its own transaction.

use super::api_keys::{KeyInForce, KeyUsed};
use super::owners::Owner;
use super::page::{Page, Paged};
use super::sessions::{Session, SessionInForce, TokenHash};
use super::tasks::TaskCounts;
use super::tenants::{Erasure, Tenant, TenantState};
use super::tokens::{Redeemed, TokenPurpose};
use super::users::{NewUser, User};
use crate::ids::{SessionId, TenantId, TraceId};
use crate::{Result, Timestamp};

/// What became of a refresh token that a client presented.
#[derive(Clone, Debug, PartialEq)]
pub enum Rotation {
    /// It was the last of its family; the new one is in force.
    Rotated(Box<(Session, User)>),
    /// It was spent before: somebody else has it. The family is revoked.
    Reused(Session),
    /// Nobody knows it, or its session ended, or its person may not sign in.
    Refused,
}

/// A tenant as the start of a node needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantRef {
    /// Id.
    pub id: TenantId,
    /// Whether anything runs for it.
    pub state: TenantState,
    /// Whether there is something to run: a connection, a task or a message that waits, a schedule, a playbook under way.
    pub has_work: bool,
    /// Who owns it.
    pub owner: Owner,
}

/// What the store takes on its disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Space {
    /// Bytes of it all.
    pub bytes: u64,
    /// Of them, those that hold nothing and wait for new rows: what deletions and compaction freed.
    pub free: u64,
}

/// See the module.
#[async_trait::async_trait]
pub trait Directory: Send + Sync {
    /// Makes a tenant without people (command line, demo).
    async fn create_tenant(&self, name: &str) -> Result<Tenant>;
    /// Makes a tenant and its first person in one step, noted in its audit as done by that person; an address in use is a
    /// conflict (`user.email_taken`).
    async fn register(&self, tenant_name: &str, first: NewUser, trace: TraceId) -> Result<(Tenant, User)>;
    /// Every tenant, in order of making.
    async fn tenants(&self, page: &Page) -> Result<Paged<Tenant>>;
    /// Every tenant, as the start of a node needs it, in one read.
    async fn tenant_refs(&self) -> Result<Vec<TenantRef>>;
    /// One tenant's life and owner.
    async fn tenant_ref(&self, id: TenantId) -> Result<Option<TenantRef>>;
    /// Who signs in with this address; case does not matter.
    async fn find_user_by_email(&self, email: &str) -> Result<Option<User>>;
    /// Spends a refresh token for the next one of its family; one that was spent before ends its session, which is noted.
    async fn rotate_refresh(&self, presented: TokenHash, next: TokenHash, expires_at: Timestamp) -> Result<Rotation>;
    /// Whether a session is in force, and whose it is: the revocation check of access tokens. Nobody of a tenant that is
    /// being deleted, and nobody who is disabled, is signed in.
    async fn find_session(&self, id: SessionId) -> Result<Option<SessionInForce>>;
    /// Whose key that is, if it opens: neither ended nor late, its owner active, its tenant not on its way out.
    async fn find_api_key(&self, token: TokenHash) -> Result<Option<KeyInForce>>;
    /// Notes when keys were last used; many at once, since it is done now and then rather than at every use.
    async fn note_key_uses(&self, uses: &[KeyUsed]) -> Result<()>;
    /// The session a refresh token belongs to, spent or not, if it is in force (logout without an access token).
    async fn session_of(&self, token: TokenHash) -> Result<Option<Session>>;
    /// Uses a one-time token up; none if it is unknown, spent, late, or for something else.
    async fn redeem_token(&self, token: TokenHash, purpose: TokenPurpose) -> Result<Option<Redeemed>>;
    /// Ends of tenants, those that are not finished first, then the latest.
    async fn erasures(&self, at_most: u32) -> Result<Vec<Erasure>>;
    /// Makes sure that nothing of deleted rows is left anywhere in the store's files, and notes that the tenant is gone.
    async fn finish_erasure(&self, tenant: TenantId) -> Result<()>;
    /// Who somebody is here that an identity provider knows by this subject.
    async fn find_identity(&self, issuer: &str, subject: &str) -> Result<Option<User>>;
    /// Forgets what is past its time (tokens, dead sessions, idempotency answers); says how many rows.
    async fn sweep(&self) -> Result<u64>;
    /// Tasks of all tenants: slots that are taken, and what waits.
    async fn task_counts(&self) -> Result<TaskCounts>;
    /// What the store takes; zeros where a database server keeps that to itself.
    async fn space(&self) -> Result<Space>;
    /// Gives free space back to the file system, about so many bytes at most, in one short turn of the writer. Says how
    /// many; none where the store was made without a way to.
    async fn give_back(&self, bytes: u64) -> Result<u64>;
}
