//! When a connection is looked at by itself: its policy's `every_seconds`, or what its kind does by default.

use std::time::Duration;

use autonomos_runtime::config;
use autonomos_runtime::store::Connection;

/// The shortest pause anybody can ask for.
const SHORTEST: f64 = 0.2;

/// See the module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Pause between the end of one read and the next; none: only when asked.
    pub every: Option<Duration>,
}

impl Schedule {
    /// Of a connection. A demo source lives, and a watched folder may get a file at any moment: both are looked at every
    /// `poll_seconds` unless the policy says otherwise.
    pub fn of(connection: &Connection, config: &config::Connector) -> Self {
        let asked = connection.policy.get("every_seconds").and_then(serde_json::Value::as_f64);
        let watched = connection.config.get("watch").and_then(serde_json::Value::as_bool).unwrap_or(false);
        let every = match asked {
            Some(seconds) if seconds > 0.0 => Some(Duration::from_secs_f64(seconds.max(SHORTEST))),
            Some(_) => None,
            None => (connection.kind == "demo" || watched).then_some(Duration::from_secs(config.poll_seconds)),
        };
        Self { every }
    }
}
