//! How a budget refills: the generic cell rate algorithm, which is a token bucket kept as one number, the moment at which
//! the budget would be whole again. Pure: the clock is an argument.
//!
//! A budget of n a minute may be spent at once and comes back one by one, a minute for all; nobody can save up more.

use std::time::Duration;

/// What a budget refills in.
pub const WINDOW: Duration = Duration::from_mins(1);

/// When the budget is whole again, in microseconds on the clock that is passed in.
pub type WholeAt = u64;

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
    let each = WINDOW.as_micros() as u64 / u64::from(limit);
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
