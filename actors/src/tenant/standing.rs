//! A tenant that was taken out on this node: why, since when, when it comes back, and how often that happened.
//!
//! Kept in memory beside the trees that run. A restart of the process forgets it and starts everybody: that is an
//! attempt like any other.

use std::time::Duration;

use autonomos_runtime::config;
use autonomos_runtime::supervision::{Backoff, Supervisor, Suspensions, Task};
use autonomos_runtime::{Error, Timestamp};
use serde_json::json;

/// So long without another suspension, and the earlier ones are forgotten.
const CALM: Duration = Duration::from_hours(1);

/// A tenant whose actors are stopped, as people see it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Suspension {
    /// What happened.
    pub why: String,
    /// When.
    pub since: Timestamp,
    /// When it comes back by itself, or for whoever asks from then on.
    pub again_at: Timestamp,
    /// How often in a row.
    pub times: u32,
}

impl Suspension {
    /// What whoever needs its actors is told.
    pub fn refusal(&self) -> Error {
        let at = |moment: Timestamp| moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let (since, again) = (at(self.since), at(self.again_at));
        Error::unavailable("tenant.suspended", format!("The tenant's actors are stopped on this node since {since}."))
            .remedy(format!(
                "See the actors' page for the cause. They start again at {again}, or when an admin resumes the tenant."
            ))
    }

    /// What the place of its tree shows.
    pub fn shown(&self) -> serde_json::Value {
        json!({"since": self.since, "again_at": self.again_at, "times": self.times})
    }
}

/// A tree that was taken out, stopped by now.
pub(super) struct Out {
    pub(super) suspension: Suspension,
    /// On the monotonic clock.
    pub(super) again: Duration,
    /// Shows what happened until it is forgotten.
    pub(super) root: Supervisor,
    /// Starts it anew when its time has come.
    pub(super) _return: Task<()>,
}

/// What is known of a tenant that was ever taken out.
pub(super) struct Standing {
    history: Suspensions,
    pub(super) out: Option<Out>,
}

impl Standing {
    pub(super) fn new(config: &config::Tenant) -> Self {
        let pauses =
            Backoff::new(Duration::from_secs(config.resume_seconds), Duration::from_secs(config.resume_most_seconds));
        Self { history: Suspensions::new(pauses, CALM), out: None }
    }

    /// It is taken out once more: for how long, and as people see it.
    pub(super) fn note(
        &mut self,
        why: &str,
        elapsed: Duration,
        now: Timestamp,
        fraction: f64,
    ) -> (Duration, Suspension) {
        let pause = self.history.suspended(elapsed, fraction);
        let again_at = now + chrono::TimeDelta::from_std(pause).unwrap_or_default();
        (pause, Suspension { why: why.to_owned(), since: now, again_at, times: self.history.count() })
    }
}
