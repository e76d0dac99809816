//! `POST /api/v1/operator/tenants`: a tenant, and how its first admin gets in.

use autonomos_runtime::store::{NewAudit, Role};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::auth::operator::Operating;
use crate::error::Answer;
use crate::http::auth::invite::{GOOD_FOR, invitation};
use crate::http::auth::register::{address, named};
use crate::http::extract::Body;
use crate::state::AppState;

/// A tenant to be.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTenant {
    /// Name people see.
    pub name: String,
    /// Address of its first admin.
    pub admin_email: String,
}

/// A tenant that was made.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MadeTenant {
    id: String,
    name: String,
    /// For the first admin: send as `invitation` to POST /api/v1/auth/register; works once.
    invitation: String,
    /// Seconds it is good.
    expires_in: u64,
}

/// Makes a tenant and an invitation for its first admin.
#[utoipa::path(post, path = "/api/v1/operator/tenants", operation_id = "operator_create_tenant", tag = "operator", request_body = NewTenant,
    responses((status = 201, body = MadeTenant)))]
pub async fn create(
    State(app): State<AppState>,
    by: Operating,
    Body(asked): Body<NewTenant>,
) -> Answer<(StatusCode, Json<MadeTenant>)> {
    let (name, email) =
        (named(&asked.name, "/name")?, address(&asked.admin_email).map_err(|e| e.field("/admin_email"))?);
    let tenant = app.store.directory().create_tenant(&name).await?;
    let mut tx = app.store.begin(&by.on(tenant.id)).await?;
    let invitation = invitation(&app, tx.as_mut(), &email, Role::Admin).await?;
    let note = NewAudit::new("tenant.create", "tenant", tenant.id);
    tx.append_audit(note.after(json!({"name": tenant.name, "admin": email}))).await?;
    tx.save().await?;
    let made = MadeTenant { id: tenant.id.to_string(), name: tenant.name, invitation, expires_in: GOOD_FOR.as_secs() };
    Ok((StatusCode::CREATED, Json(made)))
}
