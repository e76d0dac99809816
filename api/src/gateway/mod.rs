//! What happens to every request before and after its handler, in one list:
//!
//! 1. **trace**: an id for logs, errors and whoever called us ([`trace`]);
//! 2. **catch-panic**: a handler that panics is a 500 of its own request and nothing else;
//! 3. **authenticate**: every path that is neither the console's nor in [`access`]'s short list needs a token or a key,
//!    also one that does not exist; what a key may do there is found out with it. A credential that is none is counted against its address;
//! 4. **relay**: a tenant's request is answered by the node that owns the tenant, and passed on to it from any other
//!    ([`relay`]); everything below happens there;
//! 5. **rate limit** by tenant, or by network address where there is no tenant yet ([`rate_limit`]); after the one before,
//!    because only then it is known whose budget it is, and before anything that costs;
//! 6. **idempotency** for a POST that asks for it ([`idempotency`]); a request sent again is counted and not done again;
//! 7. **deadline** for the first byte of the answer ([`limits`]);
//! 8. the handler, whose changes are **audited** in the transactions that make them ([`audit`]);
//! 9. **headers** and, for every error whoever made it, the problem document ([`headers`], [`crate::error`]).
//!
//! It is one function rather than a stack of layers: the order is the point, and the hot path pays for one box.

pub mod access;
pub mod audit;
pub mod gcra;
pub mod headers;
pub mod idempotency;
pub mod limits;
pub mod rate_limit;
pub mod rate_share;
pub mod relay;
pub mod server;
pub mod trace;

use std::panic::AssertUnwindSafe;

use autonomos_runtime::ids::TraceId;
use autonomos_runtime::{Error, Result};
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use tracing::Instrument;

use crate::auth::caller::{self, Caller};
use crate::error::Problem;
use crate::http::pages::console;
use crate::state::AppState;
use crate::telemetry;
use access::Access;
use relay::Course;

/// The whole list.
pub async fn enter(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let began = app.ambient.elapsed();
    let trace = trace::of(request.headers(), &app.ambient);
    request.extensions_mut().insert(trace);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let matched = request.extensions().get::<MatchedPath>().cloned();

    let span = tracing::info_span!("request", trace_id = %trace);
    let response = async {
        let outcome = AssertUnwindSafe(guarded(&app, request, next)).catch_unwind().await;
        let mut response = outcome.unwrap_or_else(|_| {
            tracing::error!(%method, path, "a handler panicked");
            Problem::from(Error::internal("internal.panic", "something went wrong on our side")).into_response()
        });
        problem(&mut response, &path, trace);
        response
    }
    .instrument(span)
    .await;

    let mut response = response;
    headers::secure(response.headers_mut());
    response.headers_mut().insert("traceparent", trace.outgoing());
    let route = matched.as_ref().map_or("none", MatchedPath::as_str);
    telemetry::request_done(&method, route, response.status(), app.ambient.elapsed().saturating_sub(began));
    response
}

async fn guarded(app: &AppState, mut request: Request, next: Next) -> Response {
    // The console's own files are the same for everybody and cost nothing: no token, no count.
    if console::wanted(request.method(), request.uri().path(), request.headers()) {
        return next.run(request).await;
    }
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let peer = server::Peer::of(request.extensions());
    let identified = authenticate(app, request.headers(), &path).await;
    let caller = identified.as_ref().ok().copied().flatten();
    let mut longest = std::time::Duration::from_secs(app.config.http.request_seconds);
    if identified.is_ok() {
        match relay::course(app, caller.as_ref(), request).await {
            Course::Answered(response) => return response,
            Course::Here(here, owned, left) => {
                request = here;
                longest = left.map_or(longest, |left| left.min(longest));
                if let Some(epoch) = owned {
                    request.extensions_mut().insert(relay::Owned(epoch));
                }
            }
        }
    }
    let (counted, refused) = app.rates.take(caller.as_ref(), peer, &method, &path);
    let stopped = refused.or_else(|| identified.err().map(Problem::from));
    let mut response = if let Some(problem) = stopped {
        problem.into_response()
    } else {
        if let Some(caller) = caller {
            app.key_uses.note(&caller, app.ambient.now());
            request.extensions_mut().insert(caller);
        }
        answered(app, caller.as_ref(), longest, request, next).await
    };
    counted.tell(response.headers_mut());
    response
}

/// Who asks, with what they may do at this path; nobody, where anybody may.
async fn authenticate(app: &AppState, headers: &HeaderMap, path: &str) -> Result<Option<Caller>> {
    let access = access::of(path);
    if access == Access::Public || access == Access::Live && !caller::tries(headers) {
        return Ok(None);
    }
    let credential = caller::presented(headers).ok_or_else(|| {
        Error::unauthenticated("auth.required", "sign in first")
            .remedy("Send Authorization: Bearer with a token from POST /api/v1/auth/login, or an API key as X-API-Key.")
    })?;
    if access == Access::Operator {
        return app.operators.verify(credential).map(|()| None);
    }
    caller::identify(app, credential).await?.at(path).map(Some)
}

async fn answered(
    app: &AppState,
    caller: Option<&Caller>,
    longest: std::time::Duration,
    request: Request,
    next: Next,
) -> Response {
    let untimed = limits::untimed(request.method(), request.uri().path());
    let trace = request.extensions().get::<trace::Trace>().map_or(TraceId::from_uuid(uuid::Uuid::nil()), |t| t.id);
    let answer = idempotency::run(app, caller, trace, request, next);
    if untimed {
        answer.await
    } else {
        match tokio::time::timeout(longest, answer).await {
            Ok(response) => response,
            Err(_) => Problem::from(limits::too_long()).into_response(),
        }
    }
}

/// Turns every error answer into a problem document with its trace id, and notes what an operator should see.
fn problem(response: &mut Response, path: &str, trace: trace::Trace) {
    let status = response.status();
    let made_elsewhere = response.extensions().get::<relay::Relayed>().is_some();
    if made_elsewhere || !status.is_client_error() && !status.is_server_error() {
        return;
    }
    let problem =
        response.extensions_mut().remove::<Problem>().unwrap_or_else(|| Problem::of_status(response.status()));
    if status.is_server_error() {
        tracing::error!(path, status = status.as_u16(), "{}", problem.error().chain());
    } else {
        tracing::debug!(path, status = status.as_u16(), "{}", problem.error().chain());
    }
    let body = problem.body(path, &trace.to_string());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = Body::from(body);
}
