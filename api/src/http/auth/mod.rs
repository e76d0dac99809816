//! Signing in and out.

pub mod invite;
pub mod jwks;
pub mod link;
pub mod login;
pub mod logout;
pub mod me;
pub mod oidc;
pub mod password;
pub mod refresh;
pub mod register;
pub mod sessions;
pub mod ticket;

use axum::Json;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use crate::auth::session::{self, Grant};
use crate::state::AppState;

/// A grant, with its refresh token in the cookie as well.
pub fn granted(app: &AppState, grant: Grant) -> Response {
    let cookie = session::cookie(app, Some(&grant.refresh_token));
    ([(header::SET_COOKIE, cookie)], Json(grant)).into_response()
}

/// What the browser calls itself.
pub fn agent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(text.chars().take(200).collect())
}
