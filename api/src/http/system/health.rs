//! `/healthz`: the process lives. `/readyz`: it can serve. Neither tells a stranger more.

use std::time::Duration;

use autonomos_cluster::redis::bus::Health;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use crate::state::AppState;

/// How it is.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Readiness {
    /// `ready`, `starting`, `draining`, `unavailable`.
    status: &'static str,
    /// Parts and whether they answer.
    parts: Parts,
    /// What is gone without stopping the rest.
    degraded: Vec<&'static str>,
}

/// Parts.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Parts {
    store: &'static str,
    tenants: &'static str,
}

/// Alive.
#[utoipa::path(get, path = "/healthz", operation_id = "healthz", tag = "system",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn alive() -> &'static str {
    "ok"
}

/// Able to serve.
#[utoipa::path(get, path = "/readyz", operation_id = "readyz", tag = "system",
    responses((status = 200, body = Readiness), (status = 503, body = Readiness)))]
pub async fn ready(State(app): State<AppState>) -> (StatusCode, Json<Readiness>) {
    let answers = tokio::time::timeout(Duration::from_secs(2), app.store.ping()).await;
    let store = matches!(answers, Ok(Ok(())));
    let started = *app.ready.borrow();
    let status = match (app.draining.is_cancelled(), started, store) {
        (true, _, _) => "draining",
        (_, false, _) => "starting",
        (_, _, false) => "unavailable",
        _ => "ready",
    };
    let code = if status == "ready" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let parts = Parts { store: if store { "ok" } else { "away" }, tenants: if started { "ok" } else { "starting" } };
    let redis = app.redis.as_ref().is_some_and(|health| *health.borrow() != Health::Up);
    let degraded = redis.then_some("redis").into_iter().collect();
    (code, Json(Readiness { status, parts, degraded }))
}
