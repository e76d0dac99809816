//! Keys for programs: SPEC A3.

pub mod create;
pub mod list;
pub mod revoke;

use autonomos_runtime::ids::{ApiKeyId, UserId};
use autonomos_runtime::store::ApiKey;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::auth::api_key::Uses;

/// A key, without what it opens with.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ApiKeyView {
    #[schema(value_type = String, format = Uuid)]
    id: ApiKeyId,
    /// What it is for.
    name: String,
    /// Its first characters.
    hint: String,
    /// What it may do.
    scopes: Vec<String>,
    /// Who made it; it never has more rights than they have.
    #[schema(value_type = String, format = Uuid)]
    owner_id: UserId,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl ApiKeyView {
    /// With what is known of its use but not written yet.
    fn of(key: ApiKey, uses: &Uses) -> Self {
        Self {
            last_used_at: uses.of(key.id).max(key.last_used_at),
            id: key.id,
            name: key.name,
            hint: key.hint,
            scopes: key.scopes,
            owner_id: key.owner,
            created_at: key.created_at,
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
        }
    }
}
