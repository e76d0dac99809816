//! `POST /api/v1/auth/login`: a password for a session. A wrong password and an unknown address are one answer, and
//! take one time.

use autonomos_runtime::Error;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::{agent, granted};
use crate::auth::session::{self, Grant};
use crate::error::Answer;
use crate::gateway::server::Peer;
use crate::gateway::trace::Trace;
use crate::http::extract::Body;
use crate::state::AppState;

/// Who signs in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Address.
    pub email: String,
    /// Password.
    pub password: String,
}

/// Signs in.
#[utoipa::path(post, path = "/api/v1/auth/login", operation_id = "login", tag = "auth",
    request_body = Credentials, responses((status = 200, body = Grant)))]
pub async fn login(
    State(app): State<AppState>,
    Extension(trace): Extension<Trace>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Body(asked): Body<Credentials>,
) -> Answer<Response> {
    let from = peer.map(|Extension(peer)| peer.0.ip().to_string()).unwrap_or_default();
    app.attempts.check(&asked.email, &from)?;
    let user = app.store.directory().find_user_by_email(&asked.email).await?;
    let password = user.as_ref().and_then(|user| user.password.clone());
    let fits = app.passwords.verify(asked.password, password).await?;
    let Some(user) = user.filter(|_| fits) else {
        app.attempts.failed(&asked.email, &from);
        return Err(Error::unauthenticated("auth.credentials", "address or password is wrong").into());
    };
    app.attempts.succeeded(&asked.email, &from);
    let grant = session::start(&app, &user, trace, agent(&headers)).await?;
    Ok(granted(&app, grant))
}
