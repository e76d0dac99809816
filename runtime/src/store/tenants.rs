//! The tenant a transaction is bound to. Making and listing tenants is the [`super::Directory`]'s.

use crate::ids::TenantId;
use crate::{Result, Timestamp};

super::words::words! {
    /// Where a tenant is in its life.
    TenantState {
        /// Served.
        Active = "active",
        /// Its people may look, nothing runs.
        Suspended = "suspended",
        /// On its way out; nobody may look.
        Deleting = "deleting",
    }
}

/// A customer.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Tenant {
    /// Id.
    pub id: TenantId,
    /// Name people see.
    pub name: String,
    /// Where it is in its life.
    pub state: TenantState,
    /// Limits that differ from the configured ones, by name.
    pub limits: serde_json::Value,
    /// When.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
    /// Rises with every change.
    pub version: i64,
}

/// What to change; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct TenantUpdate {
    /// Name.
    pub name: Option<String>,
    /// Life.
    pub state: Option<TenantState>,
    /// Limits, whole.
    pub limits: Option<serde_json::Value>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Tenants {
    /// The tenant itself.
    async fn tenant(&mut self) -> Result<Tenant>;
    /// Changes it, if it is still at that version (or whatever it is at).
    async fn update_tenant(&mut self, change: TenantUpdate, if_version: Option<i64>) -> Result<Tenant>;
    /// Deletes every row of it. Sealing keys go first, in the caller's hands.
    async fn delete_tenant(&mut self) -> Result<()>;
}
