//! `GET /api/v1/events/stream`: server-sent events of the tenant.

use autonomos_runtime::{Error, Scope};
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use crate::auth::caller::Caller;
use crate::error::Answer;
use crate::gateway::trace::Trace;
use crate::http::extract::Params;
use crate::live::hub::Filter;
use crate::live::{sse, ticket};
use crate::state::AppState;

/// What to see, from where.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Watch {
    /// Topics by comma: `flow,tasks,reviews`; nothing is all.
    pub topics: Option<String>,
    /// Resume behind this place in the sequence; `Last-Event-ID` goes before it.
    pub after: Option<u64>,
    /// A one-time ticket, for browsers that cannot send a token.
    pub ticket: Option<String>,
}

/// Live events; `event: reset` says that the past asked for is gone, `event: missed` that the reader was too slow.
#[utoipa::path(get, path = "/api/v1/events/stream", operation_id = "stream_events", tag = "live",
    params(Watch, ("Last-Event-ID" = Option<String>, Header, description = "Last id that was seen")),
    responses((status = 200, body = String, content_type = "text/event-stream")))]
pub async fn stream(
    State(app): State<AppState>,
    Extension(trace): Extension<Trace>,
    caller: Option<Extension<Caller>>,
    headers: HeaderMap,
    Params(watch): Params<Watch>,
) -> Answer<Response> {
    let caller = match (caller, &watch.ticket) {
        (Some(Extension(caller)), _) => caller,
        (None, Some(given)) => ticket::redeem(&app, given, &headers).await?,
        (None, None) => {
            return Err(Error::unauthenticated("auth.required", "sign in first")
                .remedy("Send Authorization: Bearer, or a ticket from POST /api/v1/auth/tickets.")
                .into());
        }
    };
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let after = match last {
        Some(id) => Some(id.trim().parse().map_err(|_| {
            Error::invalid("live.last_event_id", "Last-Event-ID is not a number").field("Last-Event-ID")
        })?),
        None => watch.after,
    };
    let scope = Scope::new(caller.tenant, caller.actor(), trace.id);
    let filter = watch.topics.as_deref().map(Filter::parse).transpose()?.unwrap_or_default();
    let viewer = app.hub.join(&scope, after, filter).await?;
    Ok(sse::response(app, viewer, caller))
}
