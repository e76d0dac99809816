//! Who somebody is here whom the provider knows.
//!
//! First by who they are there, which never changes. Else, if the provider made sure of their address: by an invitation to
//! that address, or because its domain belongs to a tenant. An account that exists already is theirs only if its tenant
//! owns the domain: otherwise whoever runs some provider could take over whoever has an address.

use autonomos_actors::platform::limits;
use autonomos_runtime::ids::{TenantId, TraceId};
use autonomos_runtime::store::{NewAudit, NewUser, Role, TokenHash, TokenPurpose, User};
use autonomos_runtime::{Actor, Error, Result, Scope};
use serde::Deserialize;
use serde_json::json;

use super::Oidc;
use super::id_token::IdToken;
use crate::state::AppState;

/// What an invitation carries.
#[derive(Deserialize)]
struct Invited {
    email: String,
    role: Role,
}

fn unknown() -> Error {
    Error::denied("oidc.unknown", "nobody here is known by this sign-in")
        .remedy("Ask an admin for an invitation to the address that your provider has confirmed.")
}

/// The person, made if they may be.
pub async fn find(
    app: &AppState,
    oidc: &Oidc,
    who: &IdToken,
    invitation: Option<&str>,
    trace: TraceId,
) -> Result<User> {
    let issuer = oidc.provider.issuer();
    if let Some(user) = app.store.directory().find_identity(issuer, &who.subject).await? {
        let mut tx = app.store.begin(&scope(user.tenant_id, trace)).await?;
        tx.touch_identity(issuer, &who.subject).await?;
        tx.save().await?;
        return Ok(user);
    }
    let email = who.email.as_deref().ok_or_else(|| {
        Error::denied("oidc.email_unverified", "your provider has not confirmed your e-mail address")
            .remedy("Confirm it there, then sign in again.")
    })?;
    let known = app.store.directory().find_user_by_email(email).await?;
    let owner = oidc.domain_of(email);
    if let Some(user) = known {
        let theirs = owner.is_some_and(|domain| domain.tenant == user.tenant_id);
        return if theirs { bind(app, oidc, who, email, Joins::Is(user), trace).await } else { Err(unknown()) };
    }
    if let Some(invitation) = invitation {
        let refused = || Error::denied("auth.invitation_invalid", "the invitation is not valid").field("invitation");
        let hash = TokenHash::of(invitation);
        let redeemed = app.store.directory().redeem_token(hash, TokenPurpose::Invitation).await?.ok_or_else(refused)?;
        let invited: Invited = serde_json::from_value(redeemed.payload).map_err(|_| refused())?;
        if !invited.email.eq_ignore_ascii_case(email) {
            return Err(refused());
        }
        return bind(app, oidc, who, email, Joins::As(redeemed.tenant_id, invited.role), trace).await;
    }
    let domain = owner.ok_or_else(unknown)?;
    bind(app, oidc, who, email, Joins::As(domain.tenant, domain.role), trace).await
}

/// How somebody comes to be here.
enum Joins {
    /// They are.
    Is(User),
    /// They are made a member.
    As(TenantId, Role),
}

fn scope(tenant: TenantId, trace: TraceId) -> Scope {
    Scope::new(tenant, Actor::System("sign-in"), trace)
}

async fn bind(app: &AppState, oidc: &Oidc, who: &IdToken, email: &str, joins: Joins, trace: TraceId) -> Result<User> {
    let tenant = match &joins {
        Joins::Is(user) => user.tenant_id,
        Joins::As(tenant, _) => *tenant,
    };
    let mut tx = app.store.begin(&scope(tenant, trace)).await?;
    let user = match joins {
        Joins::Is(user) => user,
        Joins::As(_, role) => {
            limits::user(tx.as_mut(), &app.config).await?;
            let name = who.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| email.to_owned());
            let user = tx.create_user(NewUser { email: email.to_owned(), name, role, password: None }).await?;
            let note = NewAudit::new("user.create", "user", user.id);
            tx.append_audit(note.after(json!({"email": user.email, "role": user.role, "by": "oidc"}))).await?;
            user
        }
    };
    let issuer = oidc.provider.issuer();
    tx.bind_identity(user.id, issuer, &who.subject, email).await?;
    let note = NewAudit::new("identity.bind", "user", user.id);
    tx.append_audit(note.after(json!({"issuer": issuer, "email": email}))).await?;
    tx.save().await?;
    Ok(user)
}
