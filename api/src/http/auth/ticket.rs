//! `POST /api/v1/auth/tickets`: lets a browser open one live stream, which cannot send a token.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;

use crate::auth::permission::Person;
use crate::error::{self, Answer};
use crate::live::ticket;
use crate::state::AppState;

/// A ticket.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Ticket {
    /// Send as `?ticket=`; works once.
    pub ticket: String,
    /// Seconds it is good.
    pub expires_in: u64,
}

/// Gets a one-time ticket for a live stream.
#[utoipa::path(post, path = "/api/v1/auth/tickets", operation_id = "create_ticket", tag = "auth",
    responses((status = 201, body = Ticket)))]
pub async fn create(
    State(app): State<AppState>,
    who: Person,
    headers: HeaderMap,
) -> Answer<(StatusCode, Json<Ticket>)> {
    let session = who.caller.session().ok_or_else(error::absent)?;
    let ticket = ticket::issue(&app, &who.scope, &who.caller, session, &headers).await?;
    Ok((StatusCode::CREATED, Json(Ticket { ticket, expires_in: ticket::GOOD_FOR.as_secs() })))
}
