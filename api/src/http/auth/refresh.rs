//! `POST /api/v1/auth/refresh`: a refresh token, from the body or the cookie, for the next grant. It works once.

use autonomos_runtime::Error;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;

use super::granted;
use crate::auth::session::{self, Grant};
use crate::error::Answer;
use crate::http::extract;
use crate::state::AppState;

/// The token, unless the cookie has it.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// `refresh_token` of the last grant.
    #[serde(default)]
    pub refresh_token: Option<String>,
}

/// Goes on with a session.
#[utoipa::path(post, path = "/api/v1/auth/refresh", operation_id = "refresh", tag = "auth",
    request_body = Option<Refresh>, responses((status = 200, body = Grant)))]
pub async fn refresh(State(app): State<AppState>, headers: HeaderMap, body: Bytes) -> Answer<Response> {
    let asked: Refresh = if body.is_empty() { Refresh::default() } else { extract::parse(&body)? };
    let token = session::presented(&headers, asked.refresh_token.as_deref()).ok_or_else(|| {
        Error::unauthenticated("auth.refresh_missing", "there is no refresh token").remedy("Sign in.")
    })?;
    let grant = session::refresh(&app, token).await?;
    Ok(granted(&app, grant))
}
