//! Pure: a child ended; what now? And in which order a tree stops. One for one: nobody holds a sibling's reference or
//! unsaved state, so a restart need not spread.

use std::time::Duration;

use super::{Backoff, Budget, Restart};

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It stopped by itself, without an error.
    Normal,
    /// It failed, panicked, was killed or did not start.
    Failed,
    /// It found that this node does not own its tenant any more.
    Fenced,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Start it again after a while.
    Restart(Duration),
    /// Its budget is spent: leave it stopped, and show it.
    Quarantine,
    /// It is done: take it out of the tree.
    Forget,
    /// Ownership is lost: no restart can help.
    Yield,
}

/// Judges the end of a child.
pub fn judge(
    restart: Restart,
    end: End,
    budget: &mut Budget,
    backoff: &Backoff,
    now: Duration,
    fraction: f64,
) -> Verdict {
    match (restart, end) {
        (_, End::Fenced) => Verdict::Yield,
        (Restart::Temporary, _) | (Restart::Transient, End::Normal) => Verdict::Forget,
        (Restart::Permanent, End::Normal) | (Restart::Permanent | Restart::Transient, End::Failed) => {
            budget.spend(now).map_or(Verdict::Quarantine, |nth| Verdict::Restart(backoff.wait(nth, fraction)))
        }
    }
}

/// Which children stop together, first group first: one after the other in reverse order of their start, or all at once.
pub fn stop_order(children: usize, together: bool) -> Vec<Vec<usize>> {
    if together && children > 0 {
        vec![(0..children).collect()]
    } else {
        (0..children).rev().map(|i| vec![i]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Intensity;
    use super::*;

    #[test]
    fn what_follows_from_which_end() {
        let wait = Duration::from_millis(100);
        let table = [
            (Restart::Permanent, End::Normal, Verdict::Restart(wait)),
            (Restart::Permanent, End::Failed, Verdict::Restart(wait)),
            (Restart::Transient, End::Normal, Verdict::Forget),
            (Restart::Transient, End::Failed, Verdict::Restart(wait)),
            (Restart::Temporary, End::Normal, Verdict::Forget),
            (Restart::Temporary, End::Failed, Verdict::Forget),
            (Restart::Permanent, End::Fenced, Verdict::Yield),
        ];
        for (restart, end, expected) in table {
            let mut budget = Budget::new(Intensity::new(3, 30));
            assert_eq!(
                judge(restart, end, &mut budget, &Backoff::default(), Duration::ZERO, 0.5),
                expected,
                "{restart:?} {end:?}"
            );
        }
    }

    #[test]
    fn waits_grow_and_then_the_budget_is_spent() {
        let mut budget = Budget::new(Intensity::new(3, 30));
        let mut next =
            |at| judge(Restart::Permanent, End::Failed, &mut budget, &Backoff::default(), Duration::from_secs(at), 1.0);
        let ms = |ms| Verdict::Restart(Duration::from_millis(ms));
        assert_eq!(
            [next(0), next(1), next(2), next(3), next(31)],
            [ms(200), ms(400), ms(800), Verdict::Quarantine, ms(400)]
        );
    }

    #[test]
    fn sinks_stop_last() {
        assert_eq!(stop_order(3, false), [[2], [1], [0]]);
        assert_eq!(stop_order(3, true), [[0, 1, 2]]);
        assert!(stop_order(0, true).is_empty());
    }
}
