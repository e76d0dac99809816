//! Keys for programs: made by a person, for some scopes and some time, kept as hashes. A key never has more rights than
//! its owner has at that moment, so demoting or disabling somebody does the same to their keys.

use super::page::{Page, Paged};
use super::sessions::TokenHash;
use super::tenants::TenantState;
use super::users::Role;
use crate::ids::{ApiKeyId, TenantId, UserId};
use crate::{Result, Timestamp};

/// A key, without what it opens with.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ApiKey {
    /// Id.
    pub id: ApiKeyId,
    /// Who made it.
    pub owner: UserId,
    /// Its first characters, to be known by.
    pub hint: String,
    /// What it is for.
    pub name: String,
    /// What it may do: `read`, `connections:write`. The words are the edge's.
    pub scopes: Vec<String>,
    /// When made.
    pub created_at: Timestamp,
    /// Until when it opens.
    pub expires_at: Timestamp,
    /// When last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Ended by hand.
    pub revoked_at: Option<Timestamp>,
}

/// A key to be.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// Whose.
    pub owner: UserId,
    /// Of what the program will send.
    pub token: TokenHash,
    /// Its first characters.
    pub hint: String,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Until when it opens.
    pub expires_at: Timestamp,
}

/// A key that opens, and how its owner and tenant stand.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyInForce {
    /// The key.
    pub key: ApiKey,
    /// Tenant.
    pub tenant_id: TenantId,
    /// The owner's right as of now.
    pub role: Role,
    /// Where the tenant is in its life.
    pub tenant: TenantState,
}

/// A use to be noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUsed {
    /// Tenant.
    pub tenant_id: TenantId,
    /// Key.
    pub key: ApiKeyId,
    /// When.
    pub at: Timestamp,
}

/// See the module. Which key a program sent is found by [`super::Directory::find_api_key`].
#[async_trait::async_trait]
pub trait ApiKeys {
    /// Keeps a new one.
    async fn create_api_key(&mut self, new: NewApiKey) -> Result<ApiKey>;
    /// One.
    async fn api_key(&mut self, id: ApiKeyId) -> Result<ApiKey>;
    /// All, or one person's, newest first; ended ones too.
    async fn api_keys(&mut self, owner: Option<UserId>, page: &Page) -> Result<Paged<ApiKey>>;
    /// Ends one; one that ended stays as it is.
    async fn revoke_api_key(&mut self, id: ApiKeyId) -> Result<ApiKey>;
}
