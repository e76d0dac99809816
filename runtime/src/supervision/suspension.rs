//! Pure: how long a tree that was suspended stays down, and what is remembered of it. Time and chance are arguments.
//!
//! The first time it may come back soon: whatever was wrong may have passed. Each time it is suspended again before it
//! ran well for a while the pause doubles, up to a ceiling, so that a tree that cannot run costs next to nothing and
//! still comes back by itself when its trouble is mended.

use std::time::Duration;

use super::Backoff;

/// See the module. Nothing was suspended yet.
#[derive(Clone, Debug)]
pub struct Suspensions {
    pauses: Backoff,
    calm: Duration,
    count: u32,
    last: Option<Duration>,
}

impl Suspensions {
    /// Pauses from one ceiling to another; so long after it came back without another suspension, all is forgotten.
    pub const fn new(pauses: Backoff, calm: Duration) -> Self {
        Self { pauses, calm, count: 0, last: None }
    }

    /// It is suspended at a moment: how long it stays down, with a random number in `0.0..1.0`. Between half of the
    /// ceiling and all of it, so that those that fell together do not come back together.
    pub fn suspended(&mut self, now: Duration, fraction: f64) -> Duration {
        if self.last.is_some_and(|back| now.saturating_sub(back) >= self.calm) {
            self.count = 0;
        }
        let ceiling = self.pauses.ceiling(self.count);
        self.count = self.count.saturating_add(1);
        let pause = ceiling.mul_f64(fraction.clamp(0.0, 1.0).mul_add(0.5, 0.5));
        self.last = Some(now + pause);
        pause
    }

    /// How often in a row.
    pub const fn count(&self) -> u32 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn pauses_double_up_to_a_ceiling_and_a_calm_hour_is_forgiven() {
        let mut kept = Suspensions::new(Backoff::new(s(10), s(60)), s(3600));
        // Suspended again a second after it came back each time.
        let mut now = s(100);
        for expected in [10, 20, 40, 60, 60] {
            let pause = kept.suspended(now, 1.0);
            assert_eq!(pause, s(expected));
            now += pause + s(1);
        }
        assert_eq!(kept.count(), 5);
        // An hour counts from when it came back.
        assert_eq!(kept.suspended(now + s(3598), 1.0), s(60));
        let back = now + s(3598) + s(60);
        assert_eq!(kept.suspended(back + s(3600), 1.0), s(10));
        assert_eq!(kept.count(), 1);
    }

    proptest::proptest! {
        #[test]
        fn at_least_half_of_the_ceiling_and_never_more_than_it(times in 1_u32..80, fraction in 0.0_f64..1.0) {
            let pauses = Backoff::new(s(10), s(900));
            let mut kept = Suspensions::new(pauses, s(3600));
            for nth in 0..times {
                let pause = kept.suspended(s(0), fraction);
                let ceiling = pauses.ceiling(nth);
                proptest::prop_assert!(pause >= ceiling / 2 && pause <= ceiling);
            }
        }
    }
}
