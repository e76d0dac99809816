//! How much and how long: every body has an end, every answer a deadline.

use std::time::Duration;

use axum::http::Method;

/// Largest JSON body.
pub const BODY: usize = 1 << 20;
/// Longest time a JSON body may take to arrive.
pub const BODY_TIME: Duration = Duration::from_secs(30);
/// Longest pause inside an upload.
pub const UPLOAD_PAUSE: Duration = Duration::from_secs(30);
/// Largest upload.
pub const UPLOAD: u64 = 64 << 30;
/// Longest time to the first byte of an answer.
pub const ANSWER: Duration = Duration::from_mins(1);
/// Longest time for a request's head, which is also how long an idle connection is kept.
pub const HEAD: Duration = Duration::from_secs(20);
/// Connections at once.
pub const CONNECTIONS: usize = 20_000;

/// Whether a request may take longer than [`ANSWER`]: uploads end with their body, which has its own limits.
pub fn untimed(method: &Method, path: &str) -> bool {
    *method == Method::PUT && path.starts_with("/api/v1/files/")
}
