//! Requests a minute: by tenant, and by network address where nobody has signed in. A live stream counts once, when it
//! is opened. Kept in memory: with one node that is exact; a cluster divides the limit between its nodes.

use std::net::IpAddr;

use ahash::AHashMap;
use autonomos_runtime::ids::TenantId;
use autonomos_runtime::{Ambient, Error};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use parking_lot::Mutex;

use crate::auth::caller::Caller;
use crate::error::Problem;

/// Length of a window, in seconds.
const WINDOW: i64 = 60;
/// How many addresses are counted at once; when there are more, all begin anew.
const MOST: usize = 50_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Who {
    Tenant(TenantId),
    Address(Option<IpAddr>),
}

/// Counts of the running minute.
pub struct RateLimits {
    ambient: Ambient,
    per_minute: u32,
    window: Mutex<Window>,
}

#[derive(Default)]
struct Window {
    begins: i64,
    taken: AHashMap<Who, u32>,
}

/// What is left of a budget.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    limit: u32,
    left: u32,
    resets_in: i64,
}

impl std::fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RateLimits")
    }
}

impl RateLimits {
    /// So many a minute; 0 is no limit.
    pub fn new(ambient: Ambient, per_minute: u32) -> Self {
        Self { ambient, per_minute, window: Mutex::default() }
    }

    /// Takes one from the caller's budget.
    pub fn take(&self, caller: Option<&Caller>, peer: Option<IpAddr>) -> Result<Option<Budget>, Problem> {
        if self.per_minute == 0 {
            return Ok(None);
        }
        let who = caller.map_or(Who::Address(peer), |caller| Who::Tenant(caller.tenant));
        let now = self.ambient.now().timestamp();
        let mut window = self.window.lock();
        if now >= window.begins + WINDOW || window.taken.len() >= MOST {
            *window = Window { begins: now, taken: AHashMap::new() };
        }
        let resets_in = (window.begins + WINDOW - now).max(1);
        let taken = window.taken.entry(who).or_insert(0);
        if *taken >= self.per_minute {
            let error = Error::busy("rate_limit.exceeded", format!("more than {} requests a minute", self.per_minute))
                .remedy("Wait as long as Retry-After says.");
            return Err(Problem::from(error).retry_after(resets_in as u64));
        }
        *taken += 1;
        Ok(Some(Budget { limit: self.per_minute, left: self.per_minute - *taken, resets_in }))
    }
}

impl Budget {
    /// Writes the two RateLimit headers.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let policy = format!("\"tenant\";q={};w={WINDOW}", self.limit);
        let left = format!("\"tenant\";r={};t={}", self.left, self.resets_in);
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use autonomos_runtime::clock::ManualClock;

    use super::*;

    #[test]
    fn a_budget_runs_out_and_comes_back() {
        let clock = ManualClock::at(chrono::DateTime::UNIX_EPOCH);
        let rates = RateLimits::new(Ambient::manual(clock.clone(), 1), 2);
        let peer = Some(IpAddr::from([10, 0, 0, 1]));
        assert_eq!(rates.take(None, peer).unwrap().unwrap().left, 1);
        rates.take(None, peer).unwrap();
        assert_eq!(rates.take(None, peer).unwrap_err().status(), 429);
        rates.take(None, Some(IpAddr::from([10, 0, 0, 2]))).unwrap();
        clock.advance(Duration::from_mins(1));
        rates.take(None, peer).unwrap();
        assert!(RateLimits::new(Ambient::system(), 0).take(None, peer).unwrap().is_none());
    }
}
