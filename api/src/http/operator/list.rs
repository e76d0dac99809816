//! `GET /api/v1/operator/tenants`: every tenant of the platform.

use autonomos_runtime::store::{Page, Tenant};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::auth::operator::Operating;
use crate::error::Answer;
use crate::http::extract::{Items, Params};
use crate::http::users::list::Part;
use crate::state::AppState;

/// A tenant in the list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TenantRow {
    id: String,
    name: String,
    /// `active`, `suspended`, `deleting`.
    state: String,
    held: bool,
    created_at: DateTime<Utc>,
    version: i64,
}

impl From<Tenant> for TenantRow {
    fn from(tenant: Tenant) -> Self {
        Self {
            id: tenant.id.to_string(),
            name: tenant.name,
            state: tenant.state.to_string(),
            held: tenant.held,
            created_at: tenant.created_at,
            version: tenant.version,
        }
    }
}

/// Tenants, in order of making.
#[utoipa::path(get, path = "/api/v1/operator/tenants", operation_id = "operator_tenants", tag = "operator", params(Part),
    responses((status = 200, body = Items<TenantRow>)))]
pub async fn list(
    State(app): State<AppState>,
    _: Operating,
    Params(part): Params<Part>,
) -> Answer<Json<Items<TenantRow>>> {
    let page = Page::asked(part.limit, part.cursor.as_deref())?;
    Ok(Json(app.store.directory().tenants(&page).await?.map(TenantRow::from).into()))
}
