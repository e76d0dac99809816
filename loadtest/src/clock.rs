//! The clock of what is measured: the one place that reads it.

use std::time::Instant;

/// This moment.
#[expect(
    clippy::disallowed_methods,
    reason = "time is what a load test measures; there is nothing here to give it as an argument"
)]
pub fn now() -> Instant {
    Instant::now()
}
