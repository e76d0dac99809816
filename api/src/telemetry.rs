//! Logs and metrics: JSON lines on standard error (plain text on a terminal in `dev`), Prometheus text at `/metrics`.
//! The names of this crate's metrics stand in `metrics.rs`.

use std::sync::OnceLock;
use std::time::Duration;

use ::metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use axum::http::{Method, StatusCode};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::metrics::{RELAYED, REQUESTS, SECONDS, VIEWERS};

/// Upper bounds of latency, in seconds.
const BOUNDS: &[f64] = &[0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Starts logging; `AUTONOMOS_LOG` says how much. A second call changes nothing.
pub fn log(human: bool, default: &str) {
    let filter = EnvFilter::try_from_env("AUTONOMOS_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let registry = tracing_subscriber::registry().with(filter);
    let done = if human {
        registry
            .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).compact())
            .try_init()
    } else {
        registry
            .with(tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr))
            .try_init()
    };
    if done.is_err() {
        tracing::debug!("logging was started before");
    }
}

/// The one everything of this process reports to.
static MEASURING: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts measuring; a second node in one process shares the first one's measures.
pub fn measure() -> PrometheusHandle {
    MEASURING.get_or_init(begin).clone()
}

fn begin() -> PrometheusHandle {
    let builder = PrometheusBuilder::new();
    let builder = match builder.set_buckets_for_metric(Matcher::Suffix("_seconds".into()), BOUNDS) {
        Ok(builder) => builder,
        Err(error) => {
            tracing::warn!(%error, "latencies are summarised instead of counted in buckets");
            PrometheusBuilder::new()
        }
    };
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_err() {
        tracing::debug!("measuring was started before");
        return handle;
    }
    describe_counter!(REQUESTS, "Requests by route, method and status");
    describe_histogram!(SECONDS, Unit::Seconds, "Time to the first byte of the answer, by route");
    describe_counter!(
        RELAYED,
        "Requests that were passed on to the node that owns the tenant, by the status of its answer"
    );
    describe_gauge!(VIEWERS, "Live streams that are open");
    handle
}

/// Counts a request that another node answered, or not.
pub fn request_relayed(status: StatusCode) {
    counter!(RELAYED, "status" => code(status)).increment(1);
}

/// Counts an answered request.
pub fn request_done(method: &Method, route: &str, status: StatusCode, took: Duration) {
    let route: metrics::SharedString = route.to_owned().into();
    let method: &'static str = match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        _ => "other",
    };
    counter!(REQUESTS, "route" => route.clone(), "method" => method, "status" => code(status)).increment(1);
    histogram!(SECONDS, "route" => route).record(took.as_secs_f64());
}

/// Says how many streams are open.
pub fn viewers(open: usize) {
    gauge!(VIEWERS).set(open as f64);
}

fn code(status: StatusCode) -> metrics::SharedString {
    match status.as_u16() {
        200 => "200".into(),
        201 => "201".into(),
        202 => "202".into(),
        204 => "204".into(),
        304 => "304".into(),
        400 => "400".into(),
        401 => "401".into(),
        403 => "403".into(),
        404 => "404".into(),
        409 => "409".into(),
        412 => "412".into(),
        429 => "429".into(),
        500 => "500".into(),
        503 => "503".into(),
        other => other.to_string().into(),
    }
}
