//! Pure: what sets a schedule off, as it is said and as it is understood, and when that is.

use std::time::Duration;

use autonomos_runtime::{Error, Result, Timestamp};
use chrono::Utc;
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

pub use crate::platform::shapes::Said;

/// Longest pause between two runs, in seconds: a year.
const LONGEST: u64 = 366 * 24 * 3600;
/// Sources that one waits for at most.
const SOURCES: usize = 100;

/// The same, understood.
#[derive(Clone, Debug)]
pub enum Trigger {
    /// At times of a calendar.
    Cron(Box<Cron>, Tz),
    /// Once in a while.
    Every(Duration),
    /// After these were read.
    After(Vec<String>),
}

fn wrong(code: &'static str, field: &str, what: String) -> Error {
    Error::invalid(code, what).field(field)
}

impl Said {
    /// What it means, if it can be meant; a time that never comes is none.
    pub fn understood(&self, now: Timestamp) -> Result<Trigger> {
        if self.time_zone.is_some() && self.cron.is_none() {
            return Err(wrong("schedule.time_zone", "/trigger/time_zone", "Only a cron line has a time zone.".into())
                .remedy("Take time_zone away."));
        }
        match (&self.cron, self.every_seconds, &self.after) {
            (Some(line), None, None) => cron(line, self.time_zone.as_deref(), now),
            (None, Some(seconds), None) if (1..=LONGEST).contains(&seconds) => {
                Ok(Trigger::Every(Duration::from_secs(seconds)))
            }
            (None, Some(_), None) => {
                let what = format!("A schedule runs at least once in {LONGEST} s, and once a second at most.");
                Err(wrong("schedule.every", "/trigger/every_seconds", what).remedy("Give seconds as a whole number."))
            }
            (None, None, Some(names)) if (1..=SOURCES).contains(&names.len()) => Ok(Trigger::After(names.clone())),
            (None, None, Some(_)) => {
                let what = format!("A schedule waits for 1 to {SOURCES} sources.");
                Err(wrong("schedule.after", "/trigger/after", what).remedy("Name connections."))
            }
            _ => Err(wrong("schedule.trigger", "/trigger", "A schedule is set off by one thing.".into())
                .remedy("Give one of cron, every_seconds and after.")),
        }
    }
}

fn cron(line: &str, zone: Option<&str>, now: Timestamp) -> Result<Trigger> {
    let zone: Tz = zone.unwrap_or("UTC").parse().map_err(|_| {
        wrong("schedule.time_zone", "/trigger/time_zone", "There is no such time zone.".into())
            .remedy("Use a name of the IANA's, as Europe/Berlin.")
    })?;
    let parser = CronParser::builder().seconds(Seconds::Optional).year(Year::Disallowed).build();
    let cron = parser.parse(line).map_err(|e| {
        wrong(
            "schedule.cron",
            "/trigger/cron",
            format!("This is no cron line: {}.", e.to_string().trim_end_matches('.')),
        )
        .remedy("Write minute, hour, day, month and weekday, as 0 6 * * MON-FRI.")
    })?;
    let trigger = Trigger::Cron(Box::new(cron), zone);
    if trigger.next(now).is_none() {
        return Err(wrong("schedule.never", "/trigger/cron", "This cron line never comes true.".into())
            .remedy("Look at its day and month: there is no such date."));
    }
    Ok(trigger)
}

impl Trigger {
    /// When it is next, strictly after a moment that it was at (or was made at). None: when something happens.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Cron(cron, zone) => {
                let found = cron.find_next_occurrence(&after.with_timezone(zone), false).ok()?;
                Some(found.with_timezone(&Utc))
            }
            Self::Every(pause) => after.checked_add_signed(chrono::TimeDelta::from_std(*pause).ok()?),
            Self::After(_) => None,
        }
    }

    /// The last time that is not after `now`, counted from a time that it was due at.
    pub fn last(&self, due: Timestamp, now: Timestamp) -> Timestamp {
        match self {
            Self::Cron(cron, zone) => {
                let found = cron.find_previous_occurrence(&now.with_timezone(zone), true);
                found.map_or(due, |at| at.with_timezone(&Utc)).max(due)
            }
            Self::Every(pause) => {
                let (pause, past) = (pause.as_millis().max(1), (now - due).num_milliseconds().max(0) as u128);
                due + Duration::from_millis((past / pause * pause) as u64)
            }
            Self::After(_) => due,
        }
    }

    /// The next few times.
    pub fn coming(&self, first: Option<Timestamp>, count: usize) -> Vec<Timestamp> {
        std::iter::successors(first, |at| self.next(*at)).take(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn said(cron: &str, zone: Option<&str>) -> Said {
        Said { cron: Some(cron.into()), time_zone: zone.map(Into::into), ..Said::default() }
    }

    #[test]
    fn what_cannot_be_meant_says_why() {
        let now = at("2026-03-01T00:00:00Z");
        for (cron, zone, code) in [
            ("0 0 30 2 *", None, "schedule.never"),
            ("0 0 31 4 *", None, "schedule.never"),
            ("0 0 31 2,4,6,9,11 *", None, "schedule.never"),
            ("61 * * * *", None, "schedule.cron"),
            ("* * * *", None, "schedule.cron"),
            ("", None, "schedule.cron"),
            ("every day", None, "schedule.cron"),
            ("0 0 1 1 * 2020", None, "schedule.cron"),
            ("0 6 * * *", Some("Mars/Olympus"), "schedule.time_zone"),
        ] {
            let error = said(cron, zone).understood(now).unwrap_err();
            assert_eq!(error.code, code, "{cron}: {}", error.message);
            assert!(error.field.as_deref().is_some_and(|f| f.starts_with("/trigger/")) && error.remedy.is_some());
        }
        for (said, code) in [
            (Said::default(), "schedule.trigger"),
            (Said { every_seconds: Some(5), ..said("* * * * *", None) }, "schedule.trigger"),
            (Said { every_seconds: Some(0), ..Said::default() }, "schedule.every"),
            (Said { every_seconds: Some(u64::MAX), ..Said::default() }, "schedule.every"),
            (Said { every_seconds: Some(5), time_zone: Some("UTC".into()), ..Said::default() }, "schedule.time_zone"),
            (Said { after: Some(Vec::new()), ..Said::default() }, "schedule.after"),
        ] {
            assert_eq!(said.understood(now).unwrap_err().code, code);
        }
    }

    #[test]
    fn hours_are_those_of_the_zone_also_when_clocks_are_turned() {
        let now = at("2026-03-28T12:00:00Z");
        let coming = |line: &str, zone: &str| -> Vec<String> {
            let trigger = said(line, Some(zone)).understood(now).unwrap();
            trigger.coming(trigger.next(now), 3).into_iter().map(|t| t.format("%d %H:%M").to_string()).collect()
        };
        // Clocks go forward in the night to the 29th.
        assert_eq!(coming("0 6 * * *", "Europe/Berlin"), ["29 04:00", "30 04:00", "31 04:00"]);
        assert_eq!(coming("0 6 * * *", "UTC"), ["29 06:00", "30 06:00", "31 06:00"]);
        assert_eq!(coming("0 6 * * MON", "Europe/Berlin").len(), 3);
        assert_eq!(
            coming("*/20 * * * * *", "UTC"),
            ["28 12:00", "28 12:00", "28 12:01"],
            "six fields begin with seconds"
        );
        // The 29th of February comes, if late.
        let leap = said("0 0 29 2 *", None).understood(now).unwrap().next(now).unwrap();
        assert_eq!(leap, at("2028-02-29T00:00:00Z"));
    }

    proptest! {
        /// The next time is later; the last time is not after now, is one of the trigger's, and none lies between it and now.
        #[test]
        fn times_follow_each_other(
            minute in 0_u32..60, hour in 0_u32..24, start in 0_i64..2_000_000_000, past in 0_i64..5_000_000,
            every in 1_u64..100_000, zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York"]),
        ) {
            let start = chrono::DateTime::from_timestamp(start, 0).unwrap();
            let cron = said(&format!("{minute} {hour} * * *"), Some(zone)).understood(start).unwrap();
            let interval = Said { every_seconds: Some(every), ..Said::default() }.understood(start).unwrap();
            for trigger in [cron, interval] {
                let due = trigger.next(start).unwrap();
                prop_assert!(due > start);
                let now = due + Duration::from_secs(past as u64);
                let last = trigger.last(due, now);
                prop_assert!(due <= last && last <= now);
                prop_assert!(trigger.next(last).unwrap() > now);
            }
        }
    }
}
