//! Pure: what becomes of a message after it was sent. It is sent again after pauses that grow over three days, a little
//! more or less, so that many that failed together do not come back together; the other side may ask for a longer pause.

use std::time::Duration;

use autonomos_runtime::store::{DeliveryState, Sending};
use autonomos_runtime::{Error, Kind, Result, Timestamp};
use serde_json::{Value, json};

use crate::outside::Answer;

const fn minutes(n: u64) -> Duration {
    Duration::from_mins(n)
}

/// The pause after the first sending, and so on.
const PAUSES: [Duration; 9] = [
    Duration::from_secs(5),
    minutes(5),
    minutes(30),
    minutes(2 * 60),
    minutes(5 * 60),
    minutes(10 * 60),
    minutes(14 * 60),
    minutes(20 * 60),
    minutes(24 * 60),
];
/// Longest pause that the other side may ask for.
const LONGEST: Duration = minutes(24 * 60);
/// One that was not sent, because the other side does not answer anybody now or too many are under way, is looked at again.
const UNASKED: Duration = Duration::from_secs(15);
/// More or less of a pause.
const JITTER: f64 = 0.1;
/// The status with which the other side says that it wants no more.
const GONE: u16 = 410;

/// What a sending came to. `before` is how often it was sent earlier, `fraction` a random number in `0.0..1.0`.
pub fn after(before: i64, ended: &Result<Answer>, now: Timestamp, took: Duration, fraction: f64) -> Sending {
    let line = line(ended, now, took);
    let over = |state| Sending { state, next_at: now, counted: true, line: line.clone() };
    let asked = match ended {
        Ok(answer) if answer.is_success() => return over(DeliveryState::Delivered),
        Ok(answer) if answer.status == GONE => return over(DeliveryState::Failed),
        Ok(answer) => answer.retry_after,
        Err(error) if matches!(error.code, "outside.open" | "outside.full") => {
            return Sending { state: DeliveryState::Waiting, next_at: now + UNASKED, counted: false, line };
        }
        // An address that may not be called does not become better.
        Err(error) if error.kind == Kind::Invalid => return over(DeliveryState::Failed),
        Err(_) => None,
    };
    let Some(pause) = usize::try_from(before).ok().and_then(|sent| PAUSES.get(sent)) else {
        return over(DeliveryState::Failed);
    };
    let pause = pause.mul_f64(1.0 - JITTER + 2.0 * JITTER * fraction.clamp(0.0, 1.0));
    let pause = pause.max(asked.unwrap_or_default().min(LONGEST));
    Sending { state: DeliveryState::Waiting, next_at: now + pause, counted: true, line }
}

fn line(ended: &Result<Answer>, now: Timestamp, took: Duration) -> Value {
    let ms = took.as_millis() as u64;
    match ended {
        Ok(answer) => json!({"at": now, "ms": ms, "status": answer.status, "answer": answer.beginning}),
        Err(error) => json!({"at": now, "ms": ms, "error": said(error)}),
    }
}

fn said(error: &Error) -> Value {
    json!({"code": error.code, "message": error.message})
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use proptest::prelude::*;

    fn answer(status: u16) -> Answer {
        Answer { status, retry_after: None, beginning: String::new() }
    }

    fn sent(before: i64, ended: &Result<Answer>) -> (DeliveryState, i64, bool) {
        let sending = after(before, ended, DateTime::UNIX_EPOCH, Duration::ZERO, 0.5);
        (sending.state, sending.next_at.timestamp(), sending.counted)
    }

    #[test]
    fn it_is_sent_again_by_the_plan_and_then_given_up() {
        use DeliveryState::{Delivered, Failed, Waiting};
        let pauses: Vec<i64> = (0..9).map(|n| sent(n, &Ok(answer(500))).1).collect();
        assert_eq!(pauses, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
        assert_eq!(sent(9, &Ok(answer(500))).0, Failed);
        for status in [200, 202, 204] {
            assert_eq!(sent(0, &Ok(answer(status))).0, Delivered);
        }
        for status in [301, 302, 400, 404, 429, 503] {
            assert_eq!(sent(0, &Ok(answer(status))), (Waiting, 5, true), "{status}");
        }
        assert_eq!(sent(0, &Ok(answer(410))).0, Failed, "who says that it wants no more is not asked again");
        let asked = Ok(Answer { status: 429, retry_after: Some(Duration::from_mins(10)), beginning: String::new() });
        assert_eq!(sent(0, &asked).1, 600);
        let ever = Ok(Answer { status: 429, retry_after: Some(Duration::MAX), beginning: String::new() });
        assert_eq!(sent(0, &ever).1, 86_400);
        assert_eq!(sent(0, &Err(Error::unavailable("outside.away", "x"))), (Waiting, 5, true));
        assert_eq!(sent(7, &Err(Error::unavailable("outside.open", "x"))), (Waiting, 15, false), "it was not asked");
        assert_eq!(sent(0, &Err(Error::invalid("outside.address", "x"))).0, Failed);
    }

    proptest! {
        /// A pause is about what the plan says, and a message ends after ten sendings whatever comes back.
        #[test]
        fn every_message_ends(statuses in prop::collection::vec(300_u16..600, 10), fraction in 0.0_f64..1.0) {
            let (mut state, mut times) = (DeliveryState::Waiting, 0);
            for status in statuses {
                if state != DeliveryState::Waiting { break; }
                let sending = after(times, &Ok(answer(status)), DateTime::UNIX_EPOCH, Duration::ZERO, fraction);
                if sending.state == DeliveryState::Waiting {
                    let planned = PAUSES[times as usize].as_millis() as f64;
                    let pause = sending.next_at.timestamp_millis() as f64;
                    prop_assert!((0.89..=1.11).contains(&(pause / planned)));
                }
                state = sending.state;
                times += 1;
            }
            prop_assert_eq!(state, DeliveryState::Failed);
        }
    }
}
