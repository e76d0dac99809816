//! People of the tenant: SPEC A3.

pub mod list;
pub mod update;

use autonomos_runtime::ids::UserId;
use autonomos_runtime::store::User;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A person.
#[derive(Serialize, utoipa::ToSchema)]
pub struct UserView {
    #[schema(value_type = String, format = Uuid)]
    id: UserId,
    email: String,
    name: String,
    /// `viewer`, `operator`, `admin`.
    role: String,
    /// `active`, `disabled`.
    state: String,
    created_at: DateTime<Utc>,
    last_login_at: Option<DateTime<Utc>>,
    /// For If-Match.
    version: i64,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            name: user.name,
            role: user.role.to_string(),
            state: user.state.to_string(),
            created_at: user.created_at,
            last_login_at: user.last_login_at,
            version: user.version,
        }
    }
}
