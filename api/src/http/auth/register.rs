//! `POST /api/v1/auth/register`: a tenant and its first admin, or a person who was invited.

use autonomos_actors::platform::limits;
use autonomos_runtime::store::{NewAudit, NewUser, Role, TokenHash, TokenPurpose};
use autonomos_runtime::{Actor, Error, Scope, ids};
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::Answer;
use crate::gateway::trace::Trace;
use crate::http::extract::Body;
use crate::state::AppState;

/// Who registers.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Address to sign in with.
    pub email: String,
    /// At least 8 characters.
    pub password: String,
    /// Name.
    pub name: String,
    /// Name of the new tenant; not with an invitation.
    #[serde(default)]
    pub tenant_name: Option<String>,
    /// Invitation to an existing tenant.
    #[serde(default)]
    pub invitation: Option<String>,
}

/// Who registered.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Registered {
    user: RegisteredUser,
    tenant: RegisteredTenant,
}

/// The person.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RegisteredUser {
    #[schema(value_type = String, format = Uuid)]
    id: ids::UserId,
    email: String,
    #[schema(value_type = String)]
    role: Role,
}

/// The tenant.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RegisteredTenant {
    #[schema(value_type = String, format = Uuid)]
    id: ids::TenantId,
    name: String,
}

/// What an invitation carries.
#[derive(Deserialize)]
struct Invited {
    email: String,
    role: Role,
}

/// Makes a tenant and its first admin, or joins one by invitation.
#[utoipa::path(post, path = "/api/v1/auth/register", operation_id = "register", tag = "auth",
    request_body = Registration, responses((status = 201, body = Registered)))]
pub async fn register(
    State(app): State<AppState>,
    Extension(trace): Extension<Trace>,
    Body(asked): Body<Registration>,
) -> Answer<(StatusCode, Json<Registered>)> {
    let email = address(&asked.email)?;
    let name = named(&asked.name, "/name")?;
    let (tenant, user) = if let Some(invitation) = asked.invitation {
        let refused = || Error::denied("auth.invitation_invalid", "the invitation is not valid").field("/invitation");
        let hash = TokenHash::of(&invitation);
        let password = app.passwords.hash(asked.password).await?;
        let redeemed = app.store.directory().redeem_token(hash, TokenPurpose::Invitation).await?.ok_or_else(refused)?;
        let invited: Invited = serde_json::from_value(redeemed.payload).map_err(|_| refused())?;
        if !invited.email.eq_ignore_ascii_case(&email) {
            return Err(refused().into());
        }
        let scope = Scope::new(redeemed.tenant_id, Actor::System("registration"), trace.id);
        let mut tx = app.store.begin(&scope).await?;
        limits::user(tx.as_mut(), &app.config).await?;
        let user = tx.create_user(NewUser { email, name, role: invited.role, password: Some(password) }).await?;
        let tenant = tx.tenant().await?;
        let note = NewAudit::new("user.create", "user", user.id);
        tx.append_audit(note.after(json!({"email": user.email, "role": user.role}))).await?;
        tx.save().await?;
        (tenant, user)
    } else {
        if !app.settings.open_registration {
            return Err(Error::denied("auth.registration_closed", "registration is by invitation only")
                .remedy("Ask an admin for an invitation.")
                .into());
        }
        let tenant_name = named(asked.tenant_name.as_deref().unwrap_or_default(), "/tenant_name")?;
        let password = app.passwords.hash(asked.password).await?;
        let first = NewUser { email, name, role: Role::Admin, password: Some(password) };
        app.store.directory().register(&tenant_name, first, trace.id).await?
    };
    let registered = Registered {
        user: RegisteredUser { id: user.id, email: user.email, role: user.role },
        tenant: RegisteredTenant { id: tenant.id, name: tenant.name },
    };
    Ok((StatusCode::CREATED, Json(registered)))
}

/// An address as it is kept.
pub fn address(text: &str) -> Result<String, Error> {
    let text = text.trim();
    let fits = text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if fits {
        Ok(text.to_lowercase())
    } else {
        Err(Error::invalid("auth.email", "that is no e-mail address").field("/email").remedy("Send one like a@b.org."))
    }
}

/// A name as it is kept.
pub fn named(text: &str, field: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err(Error::invalid("auth.name", "a name has 1 to 200 characters").field(field));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_folded_and_nonsense_is_refused() {
        assert_eq!(address(" Ann@Example.ORG ").unwrap(), "ann@example.org");
        for bad in ["", "a", "@b", "a@", "a b@c", "a@b\nc", &"x".repeat(300)] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
