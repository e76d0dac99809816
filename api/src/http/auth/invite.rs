//! `POST /api/v1/auth/invitations`: lets somebody join the tenant. The invitation is shown once, to whoever made it.

use std::time::Duration;

use autonomos_runtime::Error;
use autonomos_runtime::store::{NewAudit, NewToken, Role, TokenHash, TokenPurpose, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::auth::permission::Admin;
use crate::auth::session;
use crate::error::Answer;
use crate::http::extract::Body;
use crate::state::AppState;

/// How long an invitation is good.
pub const GOOD_FOR: Duration = Duration::from_hours(7 * 24);

/// Who may join.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// The address they will register with.
    pub email: String,
    /// `viewer`, `operator`, `admin`.
    pub role: String,
}

/// An invitation.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Invitation {
    /// Send as `invitation` to POST /api/v1/auth/register; works once.
    pub invitation: String,
    /// Seconds it is good.
    pub expires_in: u64,
}

/// Invites somebody into the tenant.
#[utoipa::path(post, path = "/api/v1/auth/invitations", operation_id = "invite", tag = "auth",
    request_body = Invite, responses((status = 201, body = Invitation)))]
pub async fn invite(
    State(app): State<AppState>,
    admin: Admin,
    Body(asked): Body<Invite>,
) -> Answer<(StatusCode, Json<Invitation>)> {
    let email = super::register::address(&asked.email)?;
    let role: Role = asked.role.parse().map_err(|error: Error| error.field("/role"))?;
    let mut tx = app.store.begin(&admin.scope).await?;
    let invitation = invitation(&app, tx.as_mut(), &email, role).await?;
    let note = NewAudit::new("invitation.create", "invitation", &email);
    tx.append_audit(note.after(json!({"email": email, "role": role}))).await?;
    tx.save().await?;
    Ok((StatusCode::CREATED, Json(Invitation { invitation, expires_in: GOOD_FOR.as_secs() })))
}

/// An invitation for an address, kept by its hash.
pub async fn invitation(app: &AppState, tx: &mut dyn Tx, email: &str, role: Role) -> Result<String, Error> {
    let invitation = session::secret(app, "aoi");
    tx.create_token(NewToken {
        token: TokenHash::of(&invitation),
        purpose: TokenPurpose::Invitation,
        user_id: None,
        payload: json!({"email": email, "role": role}),
        expires_at: app.ambient.now() + GOOD_FOR,
    })
    .await?;
    Ok(invitation)
}
