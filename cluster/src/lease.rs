//! Pure: whether this process may act as an owner at this moment. Time is an argument, and it is the time since boot,
//! which goes on while the machine sleeps.
//!
//! The problem: a process that was frozen or cut off does not know that others have stopped waiting for it. The guarantee:
//! it holds its lease only until a deadline counted from the instant before the renewal was sent, shorter than what the
//! database granted by a margin; so it has stopped by itself before anybody may declare it dead, however long the answer
//! took and however the two clocks differ, as long as they run equally fast to within the margin.
//!
//! A lease that lapsed is not over: if nobody acted on it, the next renewal holds again. A refused one is over for good.

use std::time::Duration;

/// How long things are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What a renewal grants.
    pub ttl: Duration,
    /// By so much earlier than granted the holder stops.
    pub margin: Duration,
    /// Between two renewals.
    pub beat: Duration,
    /// A renewal without an answer is given up after so long.
    pub patience: Duration,
}

impl Terms {
    /// Of a lease of so long: a sixth of it is margin, four renewals fit into it.
    pub fn of(ttl: Duration) -> Self {
        Self { ttl, margin: ttl / 6, beat: ttl / 4, patience: ttl / 3 }
    }

    /// How long a holder may act on one renewal.
    pub fn held(&self) -> Duration {
        self.ttl.saturating_sub(self.margin)
    }

    /// Unchanged for so long in the eyes of somebody else, an instance has certainly stopped by itself: what it may hold,
    /// and a quarter of the margin for clocks that do not run equally fast.
    pub fn silence(&self) -> Duration {
        self.held() + self.margin / 4
    }
}

impl Default for Terms {
    fn default() -> Self {
        Self::of(Duration::from_secs(6))
    }
}

/// What became of a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// Granted anew.
    Granted,
    /// This instance is over.
    Refused,
    /// Nobody knows.
    Unanswered,
}

/// What a holder has to do after it heard of a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Renew again after so long.
    Beat(Duration),
    /// Stop everything; this instance never comes back.
    Over,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Lease {
    terms: Terms,
    until: Duration,
    over: bool,
}

impl Lease {
    /// Of an instance whose joining was sent at this moment, and succeeded.
    pub fn joined(terms: Terms, sent: Duration) -> Self {
        Self { terms, until: sent + terms.held(), over: false }
    }

    /// Whether this process may act as an owner now. Asked before every act, not only when a timer fires: whoever wakes
    /// from a long sleep asks before any timer does.
    pub fn held(&self, now: Duration) -> bool {
        !self.over && now < self.until
    }

    /// When it lapses, unless it is renewed.
    pub const fn until(&self) -> Duration {
        self.until
    }

    /// Whether it is lost for good.
    pub const fn is_over(&self) -> bool {
        self.over
    }

    /// A renewal that was sent at that moment ended; `fraction` in `0.0..1.0` spreads the next one by ±10 %. One without an
    /// answer is followed soon, and at no fixed distance: many lose the database in the same moment.
    pub fn heard(&mut self, sent: Duration, renewal: Renewal, fraction: f64) -> Next {
        match renewal {
            Renewal::Granted if !self.over => {
                self.until = self.until.max(sent + self.terms.held());
                Next::Beat(self.terms.beat.mul_f64(fraction.clamp(0.0, 1.0).mul_add(0.2, 0.9)))
            }
            Renewal::Unanswered if !self.over => Next::Beat(self.terms.beat.mul_f64(fraction.clamp(0.0, 1.0) * 0.5)),
            _ => {
                self.over = true;
                Next::Over
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn the_defaults_are_those_of_the_design() {
        let terms = Terms::default();
        assert_eq!((terms.ttl, terms.held(), terms.beat, terms.silence()), (ms(6000), ms(5000), ms(1500), ms(5250)));
    }

    #[test]
    fn an_answer_that_took_long_is_worth_less() {
        let mut lease = Lease::joined(Terms::default(), ms(0));
        assert_eq!(lease.heard(ms(1000), Renewal::Granted, 0.5), Next::Beat(ms(1500)));
        assert!(lease.held(ms(5999)) && !lease.held(ms(6000)), "five seconds from when it was sent");
        lease.heard(ms(2000), Renewal::Granted, 0.5);
        assert!(!lease.held(ms(9000)), "an answer heard at nine is of no use any more");
    }

    #[test]
    fn what_lapsed_may_be_renewed_and_what_was_refused_may_not() {
        let mut lease = Lease::joined(Terms::default(), ms(0));
        assert!(!lease.held(ms(7000)) && !lease.is_over());
        lease.heard(ms(7000), Renewal::Granted, 0.0);
        assert!(lease.held(ms(7001)));
        assert_eq!(lease.heard(ms(8000), Renewal::Refused, 0.0), Next::Over);
        assert!(!lease.held(ms(8001)));
        assert_eq!(lease.heard(ms(9000), Renewal::Granted, 0.0), Next::Over, "a late answer does not bring it back");
        assert!(lease.is_over());
    }

    proptest::proptest! {
        /// Whatever order answers come in, it is never held longer than `held` after the latest granted sending.
        #[test]
        fn never_held_longer_than_granted(beats in proptest::collection::vec((0_u64..60_000, 0_u8..2), 1..40), at in 0_u64..80_000) {
            let mut lease = Lease::joined(Terms::default(), ms(0));
            let mut latest = 0;
            for (sent, outcome) in beats {
                let renewal = if outcome == 0 { Renewal::Granted } else { Renewal::Unanswered };
                lease.heard(ms(sent), renewal, 0.5);
                if outcome == 0 { latest = latest.max(sent); }
            }
            proptest::prop_assert_eq!(lease.held(ms(at)), at < latest + 5000);
        }
    }
}
