//! How much and how long: every body has an end, every answer a deadline.

use std::time::Duration;

use autonomos_runtime::config::Config;
use autonomos_runtime::{Error, Result};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::Method;

use crate::error;

/// Largest JSON body, in bytes.
pub const fn body(config: &Config) -> usize {
    config.http.body_kb << 10
}

/// Longest time a JSON body may take to arrive, and the time in which an upload has to move.
pub const fn body_time(config: &Config) -> Duration {
    Duration::from_secs(config.http.body_seconds)
}

/// A body that is no upload, whole: in time, and no larger than it may be.
pub async fn whole(config: &Config, of: Body) -> Result<Bytes> {
    tokio::time::timeout(body_time(config), to_bytes(of, body(config)))
        .await
        .map_err(|_| error::slow_body())?
        .map_err(|_| error::too_large())
}

/// An answer that did not come in time.
pub fn too_long() -> Error {
    Error::unavailable("request.timeout", "this took too long and was stopped")
        .remedy("Ask for less at once, or try again later.")
}

/// Largest upload.
pub const UPLOAD: u64 = 64 << 30;
/// What an upload has to bring in the time a body has. Whoever brings less holds a place and little else.
const MOVES: u64 = 64 << 10;

/// Whether a request may take longer than `http.request_seconds`: uploads end with their body, which has its own limits.
pub fn untimed(method: &Method, path: &str) -> bool {
    *method == Method::PUT && path.starts_with("/api/v1/files/")
}

/// Whether an upload moves. Pure: the clock is an argument.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    window: Duration,
    since: Duration,
    bytes: u64,
}

impl Pace {
    /// From a moment on.
    pub const fn new(window: Duration, now: Duration) -> Self {
        Self { window, since: now, bytes: 0 }
    }

    /// So many bytes came; false when it has not moved.
    pub fn came(&mut self, bytes: u64, now: Duration) -> bool {
        self.bytes += bytes;
        if self.bytes >= MOVES {
            *self = Self::new(self.window, now);
        }
        now.saturating_sub(self.since) < self.window
    }

    /// How long the next piece may take.
    pub fn left(&self, now: Duration) -> Duration {
        (self.since + self.window).saturating_sub(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_now_and_then_is_no_movement() {
        let s = Duration::from_secs;
        let mut pace = Pace::new(s(30), s(100));
        for second in 101..130 {
            assert!(pace.came(1, s(second)), "{second}");
        }
        assert_eq!(pace.left(s(129)), s(1));
        assert!(!pace.came(1, s(130)), "not for ever");
        let mut pace = Pace::new(s(30), s(0));
        for second in (0..10_000).step_by(29) {
            assert!(pace.came(MOVES, s(second)), "as long as it moves");
        }
    }
}
