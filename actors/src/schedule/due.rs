//! Pure: which runs a schedule that is due has to make up for, and when it is next. A time is missed when nobody was there
//! at it: the node was down, or the tenant was.

use std::time::Duration;

use autonomos_runtime::{Error, Result, Timestamp};

use super::trigger::Trigger;

/// So late is still on time.
const GRACE: Duration = Duration::from_mins(1);
/// Runs that are made up for at once; of more, the latest.
const MOST: usize = 100;

/// What becomes of times that were missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// They are over.
    Skip,
    /// One run stands for all of them.
    Once,
    /// Each is made up for, the latest hundred at most.
    All,
}

impl Missed {
    /// By its name.
    pub fn named(name: &str) -> Result<Self> {
        match name {
            "skip" => Ok(Self::Skip),
            "once" => Ok(Self::Once),
            "all" => Ok(Self::All),
            _ => Err(Error::invalid("schedule.missed", format!("{name} is no way to treat times that were missed."))
                .field("/missed")
                .remedy("Use skip, once or all.")),
        }
    }
}

/// The times to run for now, oldest first, of a schedule that is due; and the next time.
pub fn due(
    trigger: &Trigger,
    missed: Missed,
    next_at: Timestamp,
    now: Timestamp,
) -> (Vec<Timestamp>, Option<Timestamp>) {
    if now < next_at {
        return (Vec::new(), Some(next_at));
    }
    let last = trigger.last(next_at, now);
    let runs = match missed {
        Missed::Skip if now - last > chrono::TimeDelta::from_std(GRACE).unwrap_or_default() => Vec::new(),
        Missed::Skip | Missed::Once => vec![last],
        Missed::All => {
            let mut runs = vec![last];
            while runs.len() < MOST
                && let Some(&earliest) = runs.last()
                && earliest > next_at
            {
                // A moment before one time, the last time is the one before it.
                runs.push(trigger.last(next_at, earliest - Duration::from_millis(1)));
            }
            runs.reverse();
            runs
        }
    };
    (runs, trigger.next(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Said;
    use proptest::prelude::*;

    fn every(seconds: u64) -> Trigger {
        Said { every_seconds: Some(seconds), ..Said::default() }.understood(chrono::DateTime::UNIX_EPOCH).unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        chrono::DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn what_was_missed_is_treated_as_chosen() {
        let hourly = every(3600);
        for (missed, now, runs, next) in [
            (Missed::Skip, 3599, vec![], 3600),
            (Missed::Skip, 3630, vec![3600], 7200),
            (Missed::Skip, 3 * 3600 + 300, vec![], 4 * 3600),
            (Missed::Skip, 3 * 3600 + 30, vec![3 * 3600], 4 * 3600),
            (Missed::Once, 3 * 3600 + 300, vec![3 * 3600], 4 * 3600),
            (Missed::All, 3 * 3600 + 300, vec![3600, 7200, 3 * 3600], 4 * 3600),
        ] {
            let (found, after) = due(&hourly, missed, at(3600), at(now));
            assert_eq!(found, runs.into_iter().map(at).collect::<Vec<_>>(), "{missed:?} {now}");
            assert_eq!(after, Some(at(next)), "{missed:?} {now}");
        }
        let (found, _) = due(&every(1), Missed::All, at(1), at(1_000_000));
        assert_eq!((found.len(), found.last()), (MOST, Some(&at(1_000_000))), "the latest of very many");
        assert!(Missed::named("sometimes").is_err() && Missed::named("once").unwrap() == Missed::Once);
    }

    proptest! {
        /// Runs are in order, between what was due and now, and never twice; what comes next is later than now.
        #[test]
        fn no_time_is_run_for_twice(pause in 1_u64..5000, late in 0_i64..1_000_000, which in 0_usize..3) {
            let (trigger, first) = (every(pause), at(1000));
            let missed = [Missed::Skip, Missed::Once, Missed::All][which];
            let now = at(1000 + late);
            let (runs, next) = due(&trigger, missed, first, now);
            prop_assert!(runs.is_sorted_by(|a, b| a < b));
            prop_assert!(runs.iter().all(|run| first <= *run && *run <= now));
            prop_assert!(next.unwrap() > now);
            let most = if missed == Missed::All { MOST } else { 1 };
            prop_assert!(runs.len() <= most);
            let (again, same) = due(&trigger, missed, next.unwrap(), now);
            prop_assert!(again.is_empty() && same == next);
        }
    }
}
