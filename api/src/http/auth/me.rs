//! `GET /api/v1/auth/me`: who the token stands for.

use autonomos_runtime::ids::{TenantId, UserId};
use autonomos_runtime::store::Role;
use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// A person and their tenant.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Me {
    #[schema(value_type = String, format = Uuid)]
    id: UserId,
    email: String,
    name: String,
    #[schema(value_type = String)]
    role: Role,
    tenant: MyTenant,
}

/// The tenant.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MyTenant {
    #[schema(value_type = String, format = Uuid)]
    id: TenantId,
    name: String,
    state: String,
}

/// Who am I?
#[utoipa::path(get, path = "/api/v1/auth/me", operation_id = "me", tag = "auth", responses((status = 200, body = Me)))]
pub async fn me(State(app): State<AppState>, member: Member) -> Answer<Json<Me>> {
    let mut tx = app.store.read(&member.scope).await?;
    let user = tx.user(member.caller.user).await?;
    let tenant = tx.tenant().await?;
    Ok(Json(Me {
        id: user.id,
        email: user.email,
        name: user.name,
        role: user.role,
        tenant: MyTenant { id: tenant.id, name: tenant.name, state: tenant.state.to_string() },
    }))
}
