//! How much and how long: every body has an end, every answer a deadline.

use std::time::Duration;

use autonomos_runtime::config::Config;
use axum::http::Method;

/// Largest JSON body, in bytes.
pub const fn body(config: &Config) -> usize {
    config.http.body_kb << 10
}

/// Longest time a JSON body may take to arrive.
pub const BODY_TIME: Duration = Duration::from_secs(30);
/// Longest pause inside an upload.
pub const UPLOAD_PAUSE: Duration = Duration::from_secs(30);
/// Largest upload.
pub const UPLOAD: u64 = 64 << 30;
/// Connections at once.
pub const CONNECTIONS: usize = 20_000;

/// Whether a request may take longer than `http.request_seconds`: uploads end with their body, which has its own limits.
pub fn untimed(method: &Method, path: &str) -> bool {
    *method == Method::PUT && path.starts_with("/api/v1/files/")
}
