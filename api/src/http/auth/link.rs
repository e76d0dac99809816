//! `POST /api/v1/auth/link`: a one-time sign-in link for a session. The link carries its token behind `#`, which
//! browsers do not send and servers do not log.

use autonomos_runtime::store::{TokenHash, TokenPurpose};
use autonomos_runtime::{Actor, Error, Scope};
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::{agent, granted};
use crate::auth::session::{self, Grant};
use crate::error::Answer;
use crate::gateway::trace::Trace;
use crate::http::extract::Body;
use crate::state::AppState;

/// The link's token.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What stands behind `#link=`.
    pub token: String,
}

/// Signs in by a one-time link.
#[utoipa::path(post, path = "/api/v1/auth/link", operation_id = "sign_in_by_link", tag = "auth",
    request_body = Link, responses((status = 200, body = Grant)))]
pub async fn link(
    State(app): State<AppState>,
    Extension(trace): Extension<Trace>,
    headers: HeaderMap,
    Body(asked): Body<Link>,
) -> Answer<Response> {
    let refused =
        || Error::unauthenticated("auth.link_invalid", "this link is not valid (any more)").remedy("Get a new link.");
    let hash = TokenHash::of(&asked.token);
    let redeemed = app.store.directory().redeem_token(hash, TokenPurpose::SignIn).await?.ok_or_else(refused)?;
    let scope = Scope::new(redeemed.tenant_id, Actor::System("sign-in"), trace.id);
    let user = app.store.read(&scope).await?.user(redeemed.user_id.ok_or_else(refused)?).await?;
    let grant = session::start(&app, &user, trace, agent(&headers)).await?;
    Ok(granted(&app, grant))
}
