//! Pure: how long to wait before the next attempt. Exponential with full jitter: anything between nothing and the
//! ceiling, so that many that failed together do not come back together.

use std::time::Duration;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// Ceiling of the first wait.
    pub first: Duration,
    /// Ceiling of all waits.
    pub most: Duration,
}

impl Default for Backoff {
    /// From 0.2 s to 30 s.
    fn default() -> Self {
        Self { first: Duration::from_millis(200), most: Duration::from_secs(30) }
    }
}

impl Backoff {
    /// From one ceiling to another.
    pub const fn new(first: Duration, most: Duration) -> Self {
        Self { first, most }
    }

    /// The ceiling before an attempt, counted from zero.
    pub fn ceiling(&self, attempt: u32) -> Duration {
        let factor = 1_u32.checked_shl(attempt).unwrap_or(u32::MAX);
        self.first.checked_mul(factor).unwrap_or(self.most).min(self.most)
    }

    /// The wait before an attempt, counted from zero, with a random number in `0.0..1.0`.
    pub fn wait(&self, attempt: u32, fraction: f64) -> Duration {
        self.ceiling(attempt).mul_f64(fraction.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_ceiling_and_never_overflows() {
        let backoff = Backoff::default();
        let ms = |attempt| backoff.ceiling(attempt).as_millis();
        assert_eq!(
            [ms(0), ms(1), ms(2), ms(7), ms(8), ms(31), ms(32), ms(u32::MAX)],
            [200, 400, 800, 25_600, 30_000, 30_000, 30_000, 30_000]
        );
    }

    proptest::proptest! {
        #[test]
        fn stays_beneath_the_ceiling(attempt in 0_u32..100, fraction in 0.0_f64..1.0) {
            let backoff = Backoff::default();
            proptest::prop_assert!(backoff.wait(attempt, fraction) <= backoff.ceiling(attempt));
        }
    }
}
