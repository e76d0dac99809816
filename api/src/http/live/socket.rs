//! `GET /ws/flow-monitor`: the handshake of the WebSocket; what is said on it is in [`crate::live::ws`].

use autonomos_runtime::Error;
use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::upgrade::OnUpgrade;
use sha1::{Digest, Sha1};

use super::events::Watch;
use crate::auth::caller::Caller;
use crate::error::Answer;
use crate::gateway::trace::Trace;
use crate::http::extract::Params;
use crate::live::hub::Filter;
use crate::live::{ticket, ws};
use crate::state::AppState;

/// Live events as JSON messages. Without a token in the header or a ticket, the first message has to be
/// `{"token": "..."}`.
#[utoipa::path(get, path = "/ws/flow-monitor", operation_id = "flow_monitor_socket", tag = "live", params(Watch),
    responses((status = 101, description = "The socket is open")))]
pub async fn socket(
    State(app): State<AppState>,
    Extension(trace): Extension<Trace>,
    caller: Option<Extension<Caller>>,
    Params(watch): Params<Watch>,
    mut request: Request,
) -> Answer<Response> {
    let accept = accept(request.headers())?;
    if !ticket::origin_fits(request.headers()) {
        return Err(Error::denied("live.origin", "this page may not open a socket here").into());
    }
    let caller = match (caller, &watch.ticket) {
        (Some(Extension(caller)), _) => Some(caller),
        (None, Some(given)) => Some(ticket::redeem(&app, given, request.headers()).await?),
        (None, None) => None,
    };
    let upgrade = request.extensions_mut().remove::<OnUpgrade>().ok_or_else(|| {
        Error::invalid("live.no_upgrade", "this connection cannot become a WebSocket").remedy("Use HTTP/1.1.")
    })?;
    let filter = watch.topics.as_deref().map(Filter::parse).transpose()?.unwrap_or_default();
    let opening = ws::Opening { caller, after: watch.after, filter, trace: trace.id };
    tokio::spawn(async move {
        match upgrade.await {
            Ok(io) => ws::run(app, io, opening).await,
            Err(error) => tracing::debug!(%error, "a socket was not opened"),
        }
    });
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    Ok(response)
}

/// Checks the handshake and answers its key.
fn accept(headers: &HeaderMap) -> Result<HeaderValue, Error> {
    let has = |name: header::HeaderName, word: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(word))
    };
    let refused = || {
        Error::invalid("live.handshake", "this is no WebSocket handshake")
            .remedy("Connect with a WebSocket client, version 13.")
    };
    let key = headers.get(header::SEC_WEBSOCKET_KEY).ok_or_else(refused)?;
    let whole = STANDARD.decode(key.as_bytes()).is_ok_and(|key| key.len() == 16);
    if !has(header::CONNECTION, "upgrade")
        || !has(header::UPGRADE, "websocket")
        || !has(header::SEC_WEBSOCKET_VERSION, "13")
        || !whole
    {
        return Err(refused());
    }
    let digest =
        Sha1::new().chain_update(key.as_bytes()).chain_update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").finalize();
    HeaderValue::from_str(&STANDARD.encode(digest)).map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_the_rfc_has_the_answer_of_the_rfc() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ] {
            headers.insert(header::HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        assert_eq!(accept(&headers).unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        headers.remove("sec-websocket-version");
        assert!(accept(&headers).is_err());
    }
}
