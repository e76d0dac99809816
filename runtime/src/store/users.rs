//! People of the tenant. An e-mail address belongs to one person on the whole platform, whatever its case.

use super::page::{Page, Paged};
use crate::ids::{TenantId, UserId};
use crate::{Result, Timestamp};

super::words::words! {
    /// What a person may do; each may do what those before it may.
    Role {
        /// Look.
        Viewer = "viewer",
        /// Run, decide.
        Operator = "operator",
        /// Everything of the tenant.
        Admin = "admin",
    }

    /// Whether a person may sign in.
    UserState {
        /// Yes.
        Active = "active",
        /// No.
        Disabled = "disabled",
    }
}

/// An Argon2id hash in PHC text. Not printed, not serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// A person.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// The tenant they belong to.
    pub tenant_id: TenantId,
    /// Address, lower case.
    pub email: String,
    /// Name.
    pub name: String,
    /// Right.
    pub role: Role,
    /// May they sign in?
    pub state: UserState,
    /// None: no password yet (invited, or signed in by a link).
    #[serde(skip)]
    pub password: Option<PasswordHash>,
    /// When.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
    /// Last sign-in.
    pub last_login_at: Option<Timestamp>,
    /// Rises with every change.
    pub version: i64,
}

/// A person to be.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Address; folded to lower case.
    pub email: String,
    /// Name.
    pub name: String,
    /// Right.
    pub role: Role,
    /// Hash, if there is one already.
    pub password: Option<PasswordHash>,
}

/// What to change; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct UserUpdate {
    /// Name.
    pub name: Option<String>,
    /// Right.
    pub role: Option<Role>,
    /// May they sign in?
    pub state: Option<UserState>,
    /// New hash.
    pub password: Option<PasswordHash>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Users {
    /// Adds a person; an address in use anywhere is a conflict (`user.email_taken`).
    async fn create_user(&mut self, new: NewUser) -> Result<User>;
    /// One person.
    async fn user(&mut self, id: UserId) -> Result<User>;
    /// Everybody, newest first.
    async fn users(&mut self, page: &Page) -> Result<Paged<User>>;
    /// Changes a person, if still at that version. The last admin cannot be demoted or disabled (`user.last_admin`).
    async fn update_user(&mut self, id: UserId, change: UserUpdate, if_version: Option<i64>) -> Result<User>;
    /// Notes a sign-in.
    async fn touch_login(&mut self, id: UserId) -> Result<()>;
}

/// Addresses are compared in lower case.
pub(super) fn fold(email: &str) -> String {
    email.trim().to_lowercase()
}
