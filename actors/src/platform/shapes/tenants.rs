//! Tenants.

use autonomos_runtime::ids::TenantId;
use autonomos_runtime::store::{Tenant, Usage};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::platform::limits::Limits;

/// A tenant.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TenantView {
    /// Id.
    #[schema(value_type = String, format = Uuid)]
    pub id: TenantId,
    /// Name people see.
    pub name: String,
    /// `active`, `suspended`, `deleting`.
    pub state: String,
    /// Suspended by whoever operates the platform, who alone resumes it.
    pub held: bool,
    /// What it may have.
    pub limits: Limits,
    /// What it has.
    #[schema(value_type = Object)]
    pub usage: Usage,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// For If-Match.
    pub version: i64,
}

impl TenantView {
    /// Of its row, its limits and what it has.
    pub fn new(tenant: Tenant, limits: Limits, usage: Usage) -> Self {
        Self {
            id: tenant.id,
            name: tenant.name,
            state: tenant.state.to_string(),
            held: tenant.held,
            limits,
            usage,
            created_at: tenant.created_at,
            version: tenant.version,
        }
    }
}

/// What may be changed on a tenant; absent means unchanged.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantPatch {
    /// New name.
    #[serde(default)]
    pub name: Option<String>,
    /// Limits that differ from the configured ones, whole: `connections`, `rows`, `file_bytes`, `users`. For the operator of
    /// the platform.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub limits: Option<Value>,
}
