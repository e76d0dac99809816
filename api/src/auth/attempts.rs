//! Guessing is slow: after a handful of failures an address (of mail, and of network) has to wait. Kept in memory and
//! bounded; a restart forgets, an attacker who can restart us has better ways.

use ahash::AHashMap;
use autonomos_runtime::{Ambient, Error};
use parking_lot::Mutex;

use crate::error::Problem;

/// Failures within the window that are let through, for an account from one address.
const FREE: u32 = 10;
/// And for an account from anywhere: guesses may come from many addresses.
const FREE_ANYWHERE: u32 = 100;
/// Stands for any address.
const ANYWHERE: &str = "*";
/// The window, and how long the door stays shut, in seconds.
const WINDOW: i64 = 15 * 60;
/// How many addresses are kept.
const MOST: usize = 20_000;

/// Failures by account and network address.
pub struct Attempts {
    ambient: Ambient,
    failures: Mutex<AHashMap<String, Failures>>,
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    since: i64,
}

impl std::fmt::Debug for Attempts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempts")
    }
}

impl Attempts {
    /// None yet.
    pub fn new(ambient: Ambient) -> Self {
        Self { ambient, failures: Mutex::default() }
    }

    /// Refuses when there were too many failures for this account.
    pub fn check(&self, email: &str, address: &str) -> Result<(), Problem> {
        let now = self.ambient.now().timestamp();
        let failures = self.failures.lock();
        for (address, free) in [(address, FREE), (ANYWHERE, FREE_ANYWHERE)] {
            match failures.get(&key(email, address)) {
                Some(f) if f.count >= free && now < f.since + WINDOW => {
                    let error = Error::busy("auth.too_many_attempts", "too many failed sign-ins")
                        .remedy("Wait, or reset the password.");
                    return Err(Problem::from(error).retry_after((f.since + WINDOW - now).max(1) as u64));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Counts one.
    pub fn failed(&self, email: &str, address: &str) {
        let now = self.ambient.now().timestamp();
        let mut failures = self.failures.lock();
        if failures.len() >= MOST {
            failures.retain(|_, f| now < f.since + WINDOW);
            if failures.len() >= MOST {
                failures.clear();
            }
        }
        for address in [address, ANYWHERE] {
            let entry = failures.entry(key(email, address)).or_insert(Failures { count: 0, since: now });
            if now >= entry.since + WINDOW {
                *entry = Failures { count: 0, since: now };
            }
            entry.count += 1;
        }
    }

    /// Starts again for somebody who knew the password.
    pub fn succeeded(&self, email: &str, address: &str) {
        let mut failures = self.failures.lock();
        failures.remove(&key(email, address));
        failures.remove(&key(email, ANYWHERE));
    }
}

fn key(email: &str, address: &str) -> String {
    format!("{}\u{1f}{address}", email.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use autonomos_runtime::clock::ManualClock;

    use super::*;

    #[test]
    fn the_door_shuts_for_one_account_from_one_address_and_opens_again() {
        let clock = ManualClock::at(chrono::DateTime::UNIX_EPOCH);
        let attempts = Attempts::new(Ambient::manual(clock.clone(), 1));
        for _ in 0..FREE {
            attempts.check("A@x.org", "1.2.3.4").unwrap();
            attempts.failed("a@x.org ", "1.2.3.4");
        }
        let refused = attempts.check("a@x.org", "1.2.3.4").unwrap_err();
        assert_eq!(refused.status(), 429);
        attempts.check("a@x.org", "5.6.7.8").unwrap();
        attempts.check("b@x.org", "1.2.3.4").unwrap();
        for n in 0..FREE_ANYWHERE {
            attempts.failed("c@x.org", &format!("10.0.0.{n}"));
        }
        assert!(attempts.check("c@x.org", "1.2.3.4").is_err(), "many addresses guess no more than one");
        clock.advance(Duration::from_secs(WINDOW as u64));
        attempts.check("a@x.org", "1.2.3.4").unwrap();
    }
}
