//! The clocks of what is measured: the one place that reads them.

#![expect(clippy::disallowed_methods, reason = "time is what a load test measures; nobody gives it as an argument")]

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// This moment, for what took how long.
pub fn now() -> Instant {
    Instant::now()
}

/// Milliseconds since 1970, for what a server says of its time.
pub fn wall_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as i64
}
