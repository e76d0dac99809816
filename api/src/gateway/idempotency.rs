//! `Idempotency-Key` on a POST: sent again, the same request gets the first answer and is not done twice. The same key
//! with another body is 422, and 409 while the first still runs. Successes are kept for a day, by caller and path, and
//! sealed, because an answer may show a secret once; a refusal or a failure is not kept, so that trying again may succeed.
//!
//! A crash, or a store that went away, between the work and the keeping leaves the key without an answer. What runs is known to
//! the node that owns the tenant and to nobody else, so there the next try knows that the first is over: whatever it did is
//! in the audit, under its trace. If that is nothing, the next try does it; else it is told what was done. It errs on the
//! side of not doing things twice.

use std::time::Duration;

use ahash::AHashSet;
use autonomos_runtime::ids::{TenantId, TraceId};
use autonomos_runtime::secrets::Purpose;
use autonomos_runtime::store::{KeptAnswer, KeyUse};
use autonomos_runtime::{Actor, Error, Result, Scope};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::limits;
use super::relay::Owned;
use crate::auth::caller::Caller;
use crate::error::Problem;
use crate::state::AppState;

/// Longest key.
const LONGEST: usize = 200;

/// Requests with a key that run on this node now.
#[derive(Debug, Default)]
pub struct Running(Mutex<AHashSet<(TenantId, String)>>);

/// One of them, as long as it runs.
struct Run<'a> {
    all: &'a Running,
    it: (TenantId, String),
}

impl Running {
    /// Begins one, unless the same runs.
    fn begin(&self, tenant: TenantId, route: &str, key: &str) -> Option<Run<'_>> {
        let it = (tenant, format!("{route} {key}"));
        self.0.lock().insert(it.clone()).then_some(Run { all: self, it })
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        self.all.0.lock().remove(&self.it);
    }
}

/// Runs the handler, unless the request was answered before.
pub async fn run(app: &AppState, caller: Option<&Caller>, trace: TraceId, request: Request, next: Next) -> Response {
    let key = request.headers().get("idempotency-key").cloned();
    let (Some(key), Some(caller)) = (key.filter(|_| request.method() == Method::POST), caller) else {
        return next.run(request).await;
    };
    // Keeping an answer is the gateway's own doing; what the request changes is noted by who changes it.
    let owned = Owned::of(request.extensions());
    let scope = Scope::new(caller.tenant, Actor::System("gateway"), trace).under(owned);
    let route = format!("POST {} as {}", request.uri().path(), caller.actor());
    match once(app, &scope, &route, &key, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn once(
    app: &AppState,
    scope: &Scope,
    route: &str,
    key: &HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let key = key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= LONGEST).ok_or_else(|| {
        Error::invalid("idempotency.key", "the idempotency key cannot be used")
            .field("Idempotency-Key")
            .remedy("Send 1 to 200 visible characters, a UUID for example.")
    })?;
    let vault = &app.platform.host().parts().vault;
    let (parts, body) = request.into_parts();
    let body = limits::whole(&app.config, body).await?;
    let Some(_run) = app.running.begin(scope.tenant(), route, key) else {
        return Err(Error::conflict("idempotency.running", "the first request with this key still runs")
            .field("Idempotency-Key")
            .remedy("Wait a moment and send it again.")
            .into());
    };
    let mut tx = app.store.begin(scope).await?;
    let used = tx
        .take_key(
            route,
            key,
            Sha256::digest(&body).into(),
            app.ambient.now() + Duration::from_secs(app.config.http.idempotency_seconds),
        )
        .await?;
    tx.save().await?;
    match used {
        KeyUse::Fresh => {}
        KeyUse::Answered(mut answer) => {
            answer.body = vault.of(scope).await?.open(&Purpose::kept_answer(), &answer.body)?.to_vec();
            return Ok(replayed(answer));
        }
        KeyUse::Done(subjects) => {
            let what =
                format!("the first request with this key was done and its answer is lost: {}", subjects.join(", "));
            return Err(Error::conflict("idempotency.answer_lost", what)
                .field("Idempotency-Key")
                .remedy("Look at what it made; send nothing again.")
                .into());
        }
        KeyUse::OtherBody => {
            return Err(Error::invalid("idempotency.mismatch", "this key was used for another request")
                .field("Idempotency-Key")
                .remedy("Use a new key for a new request.")
                .into());
        }
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    keep(app, scope, route, key, response).await
}

/// Keeps an answer worth keeping and passes it on; gives the key back otherwise.
async fn keep(app: &AppState, scope: &Scope, route: &str, key: &str, response: Response) -> Result<Response, Problem> {
    let problem = response.extensions().get::<Problem>().is_some();
    let sealer = app.platform.host().parts().vault.of(scope).await?;
    let mut tx = app.store.begin(scope).await?;
    if problem || !response.status().is_success() {
        tx.release_key(route, key).await?;
        tx.save().await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, limits::body(&app.config)).await.unwrap_or_default();
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let sealed = sealer.seal(&Purpose::kept_answer(), &body)?;
    let answer = KeptAnswer { status: parts.status.as_u16(), content_type: content_type.to_owned(), body: sealed };
    tx.keep_answer(route, key, answer).await?;
    tx.save().await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn replayed(answer: KeptAnswer) -> Response {
    let mut response = Response::new(Body::from(Bytes::from(answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    if let Ok(kind) = HeaderValue::from_str(&answer.content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    response
}
