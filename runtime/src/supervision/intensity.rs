//! Pure: how often something may fail before it is taken out. Time is an argument.

use std::collections::VecDeque;
use std::time::Duration;

/// So many times within so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intensity {
    /// How often.
    pub times: u32,
    /// Within which time.
    pub within: Duration,
}

impl Intensity {
    /// So many times within so many seconds.
    pub const fn new(times: u32, seconds: u64) -> Self {
        Self { times, within: Duration::from_secs(seconds) }
    }
}

/// An [`Intensity`] being spent.
#[derive(Clone, Debug)]
pub struct Budget {
    allowed: Intensity,
    spent: VecDeque<Duration>,
}

impl Budget {
    /// A budget nothing was spent of.
    pub const fn new(allowed: Intensity) -> Self {
        Self { allowed, spent: VecDeque::new() }
    }

    /// Spends one at a moment. Says which one within the window it is, counted from zero, or `None` if it is one too many.
    pub fn spend(&mut self, now: Duration) -> Option<u32> {
        while self.spent.front().is_some_and(|at| now.saturating_sub(*at) >= self.allowed.within) {
            self.spent.pop_front();
        }
        let nth = self.spent.len() as u32;
        if nth >= self.allowed.times {
            return None;
        }
        self.spent.push_back(now);
        Some(nth)
    }

    /// Forgets what was spent.
    pub fn clear(&mut self) {
        self.spent.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_fourth_failure_within_the_window_is_one_too_many() {
        let mut budget = Budget::new(Intensity::new(3, 30));
        assert_eq!([0, 1, 2, 29].map(|at| budget.spend(s(at))), [Some(0), Some(1), Some(2), None]);
        assert_eq!(budget.spend(s(30)), Some(2), "the first one has left the window");
        budget.clear();
        assert_eq!(budget.spend(s(30)), Some(0));
    }

    proptest::proptest! {
        #[test]
        fn never_more_than_allowed_in_any_window(steps in proptest::collection::vec(0_u64..20, 1..200), times in 1_u32..6) {
            let mut budget = Budget::new(Intensity::new(times, 30));
            let mut now = 0;
            let mut granted = Vec::new();
            for step in steps {
                now += step;
                if budget.spend(s(now)).is_some() {
                    granted.push(now);
                }
            }
            for (i, start) in granted.iter().enumerate() {
                let inside = granted[i..].iter().take_while(|at| **at < start + 30).count();
                proptest::prop_assert!(inside <= times as usize);
            }
        }
    }
}
