//! One-time tickets: a browser cannot send a header with a socket, and a token does not belong in a URL. A ticket is
//! good for half a minute, once, for the origin that asked for it.

use std::time::Duration;

use autonomos_runtime::ids::SessionId;
use autonomos_runtime::store::{NewAudit, NewToken, Role, TenantState, TokenHash, TokenPurpose};
use autonomos_runtime::{Error, Result, Scope};
use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};

use crate::auth;
use crate::auth::caller::{Caller, Credential};
use crate::state::AppState;

/// How long a ticket is good.
pub const GOOD_FOR: Duration = Duration::from_secs(30);

/// What a ticket carries besides tenant and person.
#[derive(Debug, Serialize, Deserialize)]
struct Carried {
    role: Role,
    session: SessionId,
    tenant_state: TenantState,
    expires: i64,
    origin: Option<String>,
}

/// Makes one.
pub async fn issue(
    app: &AppState,
    scope: &Scope,
    caller: &Caller,
    session: SessionId,
    headers: &HeaderMap,
) -> Result<String> {
    let ticket = auth::session::secret(app, "aot");
    let carried = Carried {
        role: caller.role,
        session,
        tenant_state: caller.tenant_state,
        expires: caller.expires,
        origin: origin(headers).map(str::to_owned),
    };
    let payload = serde_json::to_value(carried)
        .map_err(|e| Error::internal("auth.ticket", "no ticket could be made").source(e))?;
    let mut tx = app.store.begin(scope).await?;
    tx.create_token(NewToken {
        token: TokenHash::of(&ticket),
        purpose: TokenPurpose::Ticket,
        user_id: Some(caller.user),
        payload,
        expires_at: app.ambient.now() + GOOD_FOR,
    })
    .await?;
    tx.append_audit(NewAudit::new("ticket.create", "session", session)).await?;
    tx.save().await?;
    Ok(ticket)
}

/// Takes one.
pub async fn redeem(app: &AppState, ticket: &str, headers: &HeaderMap) -> Result<Caller> {
    let refused = || {
        Error::unauthenticated("auth.ticket_invalid", "the ticket is not valid")
            .remedy("Get a new one from POST /api/v1/auth/tickets; a ticket works once, for 30 seconds.")
    };
    let redeemed =
        app.store.directory().redeem_token(TokenHash::of(ticket), TokenPurpose::Ticket).await?.ok_or_else(refused)?;
    let carried: Carried = serde_json::from_value(redeemed.payload).map_err(|_| refused())?;
    if carried.origin.as_deref() != origin(headers) && carried.origin.is_some() {
        return Err(refused());
    }
    let user = redeemed.user_id.ok_or_else(refused)?;
    Ok(Caller {
        tenant: redeemed.tenant_id,
        user,
        role: carried.role,
        credential: Credential::Session(carried.session),
        tenant_state: carried.tenant_state,
        expires: carried.expires,
    })
}

fn origin(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ORIGIN).and_then(|value| value.to_str().ok())
}

/// Whether a browser's page may open a socket here: only one that came from here.
pub fn origin_fits(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let from = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, rest)| rest);
    from.is_some() && from.map(str::to_ascii_lowercase) == host.map(str::to_ascii_lowercase)
}
