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
    /// Suspended by the platform: its own admins cannot resume it.
    pub held: bool,
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
    /// Whether it is the platform that suspended it.
    pub held: Option<bool>,
    /// Limits, whole.
    pub limits: Option<serde_json::Value>,
}

/// What a tenant has, as far as there are limits to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Usage {
    /// Connections.
    pub connections: u64,
    /// Rows that were ever taken into the log.
    pub rows: u64,
    /// Bytes of uploaded files.
    pub file_bytes: u64,
    /// People, those who may not sign in among them.
    pub users: u64,
}

/// A tenant's end.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Erasure {
    /// The tenant that is going, or gone.
    pub tenant_id: TenantId,
    /// Who asked for it.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// When the last of it was gone.
    pub finished_at: Option<Timestamp>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Tenants {
    /// The tenant itself.
    async fn tenant(&mut self) -> Result<Tenant>;
    /// Changes it, if it is still at that version (or whatever it is at).
    async fn update_tenant(&mut self, change: TenantUpdate, if_version: Option<i64>) -> Result<Tenant>;
    /// What it has.
    async fn usage(&mut self) -> Result<Usage>;
    /// Begins its end, if it is still at that version: from here on nobody is let in, what was sealed for it can be opened
    /// by nobody, and that it has to go is a row of its own that outlives it.
    async fn begin_erasure(&mut self, if_version: Option<i64>) -> Result<Tenant>;
    /// Deletes some of its rows, a portion that nobody waits long for, the tenant itself last; says whether that was all.
    async fn erase_rows(&mut self) -> Result<bool>;
}
