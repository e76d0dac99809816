//! How a budget refills: the generic cell rate algorithm, which is a token bucket kept as one number, the moment at which
//! the budget would be whole again. Pure: the clock is an argument.
//!
//! A budget of n a minute may be spent at once and comes back one by one, a minute for all; nobody can save up more.

use std::time::Duration;

/// What a budget refills in.
pub const WINDOW: Duration = Duration::from_mins(1);

/// When the budget is whole again, in microseconds on the clock that is passed in.
pub type WholeAt = u64;

/// A budget, and what was taken of it here that others do not know of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    whole_at: WholeAt,
    untold: u32,
}

impl Budget {
    /// Takes one, as [`take`] does.
    pub fn take(&mut self, now: Duration, limit: u32) -> Result<Left, Wait> {
        take(&mut self.whole_at, now, limit)
    }

    /// Others are to know of so many more; whether there was nothing that they are to know.
    pub const fn note(&mut self, taken: u32) -> bool {
        let first = self.untold == 0;
        self.untold = self.untold.saturating_add(taken);
        first
    }

    /// Whether forgetting it changes nothing.
    pub const fn is_whole(&self, now: Duration) -> bool {
        self.untold == 0 && self.whole_at <= now.as_micros() as u64
    }

    /// What was taken is on its way to the others.
    pub const fn tell(&mut self) -> u32 {
        std::mem::replace(&mut self.untold, 0)
    }

    /// What all together took comes back in `owed`; what was taken here meanwhile stands beside it. Nobody gains by what others
    /// forgot.
    pub fn settle(&mut self, now: Duration, owed: Duration, limit: u32) {
        let whole_at = now + owed + refills_in(self.untold, limit);
        self.whole_at = self.whole_at.max(whole_at.as_micros() as u64);
    }
}

/// How long it takes until so many are back.
pub fn refills_in(taken: u32, limit: u32) -> Duration {
    each(limit) * taken
}

/// How long it takes until one is back.
fn each(limit: u32) -> Duration {
    Duration::from_micros(WINDOW.as_micros() as u64 / u64::from(limit.clamp(1, MOST)))
}

/// What is left after one was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// The whole budget.
    pub limit: u32,
    /// Left now.
    pub left: u32,
    /// Seconds until it is whole again, rounded up.
    pub whole_in: u64,
}

/// Nothing is left for so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Duration);

/// The clock counts microseconds: one for each is as fast as a budget comes back.
const MOST: u32 = 60_000_000;

/// Takes one at `now` from a budget of `limit` a minute, which is at least one.
pub fn take(whole_at: &mut WholeAt, now: Duration, limit: u32) -> Result<Left, Wait> {
    let limit = limit.clamp(1, MOST);
    let now = now.as_micros() as u64;
    let each = each(limit).as_micros() as u64;
    let owed = whole_at.saturating_sub(now);
    let most = each * u64::from(limit - 1);
    if owed > most {
        return Err(Wait(Duration::from_micros(owed - most)));
    }
    let owed = owed + each;
    *whole_at = now + owed;
    let left = limit - u32::try_from(owed.div_ceil(each)).unwrap_or(limit).min(limit);
    Ok(Left { limit, left, whole_in: owed.div_ceil(1_000_000) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_spent_at_once_and_comes_back_one_by_one() {
        let mut whole = 0;
        let at = Duration::from_secs;
        for left in [2, 1, 0] {
            assert_eq!(take(&mut whole, at(100), 3).unwrap().left, left);
        }
        assert_eq!(take(&mut whole, at(100), 3), Err(Wait(at(20))));
        assert_eq!(take(&mut whole, at(119), 3), Err(Wait(at(1))), "a refusal costs nothing");
        assert_eq!(take(&mut whole, at(120), 3), Ok(Left { limit: 3, left: 0, whole_in: 60 }));
        assert!(take(&mut whole, at(121), 3).is_err());
        assert_eq!(
            take(&mut whole, at(10_000), 3),
            Ok(Left { limit: 3, left: 2, whole_in: 20 }),
            "and no more is saved"
        );
    }

    #[test]
    fn what_others_took_is_owed_here_and_what_is_not_told_yet_beside_it() {
        let (mut here, mut there, at) = (Budget::default(), Budget::default(), Duration::from_secs(100));
        for budget in [&mut here, &mut there] {
            for _ in 0..4 {
                assert!(budget.take(at, 10).is_ok());
                budget.note(1);
            }
        }
        let all = refills_in(here.tell() + there.tell(), 10);
        assert!(here.take(at, 10).is_ok() && here.note(1));
        here.settle(at, all, 10);
        assert_eq!(here.take(at, 10).unwrap().left, 0, "eight were told, one was not, and this one");
        assert!(here.take(at, 10).is_err());
        there.settle(at, all, 10);
        assert_eq!(there.take(at, 10).unwrap().left, 1);
        here.settle(at, Duration::ZERO, 10);
        assert!(here.take(at, 10).is_err(), "what was forgotten there is known here");
        assert!(!here.is_whole(at + WINDOW * 2) && here.tell() == 1 && here.is_whole(at + WINDOW * 2));
        assert!(here.note(2) && !here.note(1) && here.tell() == 3);
    }

    #[test]
    fn a_limit_beyond_the_clock_is_as_good_as_the_clock() {
        let mut whole = 0;
        for _ in 0..3 {
            assert!(take(&mut whole, Duration::from_secs(1), u32::MAX).unwrap().left > 0);
        }
    }

    #[test]
    fn over_any_long_time_no_more_than_the_rate_gets_through() {
        for limit in [1_u32, 7, 60, 1200, 100_000] {
            let (mut whole, mut through) = (0, 0_u32);
            let minutes = 5;
            let step = Duration::from_micros((60_000_000 / u64::from(limit) / 3).max(1));
            let mut now = Duration::ZERO;
            while now < WINDOW * minutes {
                through += u32::from(take(&mut whole, now, limit).is_ok());
                now += step;
            }
            let most = limit * (minutes + 1) + limit / 100 + 1;
            assert!(through <= most && through >= limit * minutes, "{limit}: {through}");
        }
    }
}
