//! `/metrics` in Prometheus text. No tenant's name, no secret.

use axum::extract::State;
use axum::http::header;

use crate::state::AppState;

/// Metrics of this process.
#[utoipa::path(get, path = "/metrics", operation_id = "metrics", tag = "system",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn metrics(State(app): State<AppState>) -> ([(header::HeaderName, &'static str); 1], String) {
    let parts = app.platform.host().parts();
    autonomos_runtime::metrics::observe(parts.node.observatory(), &[&parts.batches, &parts.slots]);
    // A store that does not answer now leaves the gauges where they were.
    if let Ok(counts) = app.store.directory().task_counts().await {
        autonomos_actors::metrics::tasks(counts);
    }
    for guard in parts.guards() {
        guard.observe();
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render())
}
