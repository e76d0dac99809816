//! Days and moments as sources write them: ISO 8601 and RFC 3339 on a short path; `MM/DD/YYYY`, `DD-Mon-YYYY`,
//! `DD.MM.YYYY`, compact days, OData's `/Date(ms)/` and numbers since 1970 on a longer one.
//!
//! A moment without a zone is in UTC. `03/04/2024` is March the fourth: a day-first column fails in most of its rows and is
//! seen, instead of being wrong in silence. Years are 1 to 9999.

use super::word::{is_null, trim};
use super::{Fault, Parsed};

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;
const SECOND: i64 = 1_000_000;

/// A day, and what else the text said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Days since 1970 as written, before the offset is applied.
    pub day: i32,
    /// Microseconds into that day as written.
    pub time: i64,
    /// Minutes east of UTC.
    pub offset: i32,
    /// The text holds more than the value: digits beyond microseconds, or a bare number that was taken for a moment.
    pub lossy: bool,
}

impl Moment {
    /// Microseconds since 1970 in UTC.
    pub const fn micros(&self) -> i64 {
        self.day as i64 * DAY + self.time - self.offset as i64 * 60 * SECOND
    }

    /// From microseconds since 1970.
    pub const fn from_micros(micros: i64) -> Self {
        Self { day: micros.div_euclid(DAY) as i32, time: micros.rem_euclid(DAY), offset: 0, lossy: false }
    }
}

/// Days since 1970 of a day of the proleptic Gregorian calendar, if there is such a day.
pub fn civil(year: u32, month: u32, day: u32) -> Option<i32> {
    const LENGTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    const BEFORE: [i32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    if year == 0 || year > 9999 || month == 0 || month > 12 || day == 0 {
        return None;
    }
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let at = month as usize - 1;
    if day > LENGTHS[at] + u32::from(leap && month == 2) {
        return None;
    }
    let past = year as i32 - 1;
    let years = past * 365 + past / 4 - past / 100 + past / 400;
    // 719,162 days lie between 0001-01-01 and 1970-01-01.
    Some(years - 719_162 + BEFORE[at] + i32::from(leap && month > 2) + day as i32 - 1)
}

/// Year, month and day of a number of days since 1970.
pub fn ymd(days: i32) -> (i32, u32, u32) {
    let date = chrono::DateTime::UNIX_EPOCH.date_naive().checked_add_signed(chrono::Duration::days(i64::from(days)));
    date.map_or((0, 1, 1), |d| (chrono::Datelike::year(&d), chrono::Datelike::month(&d), chrono::Datelike::day(&d)))
}

/// `YYYY-MM-DD`.
pub fn day_text(days: i32) -> String {
    let (year, month, day) = ymd(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// RFC 3339 with `Z`; a fraction only where there is one.
pub fn moment_text(micros: i64) -> String {
    let moment = Moment::from_micros(micros);
    let (seconds, fraction) = (moment.time / SECOND, moment.time % SECOND);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{}T{hour:02}:{minute:02}:{second:02}", day_text(moment.day));
    if fraction != 0 {
        let digits = format!("{fraction:06}");
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    text.push('Z');
    text
}

#[inline]
fn two(a: u8, b: u8) -> Option<u32> {
    let (a, b) = (a.wrapping_sub(b'0'), b.wrapping_sub(b'0'));
    if a > 9 || b > 9 { None } else { Some(u32::from(a) * 10 + u32::from(b)) }
}

/// `YYYY-MM-DD` at the start of the text.
#[inline]
fn iso_day(value: &[u8]) -> Option<i32> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, ..] = *value else { return None };
    civil(two(y1, y2)? * 100 + two(y3, y4)?, two(m1, m2)?, two(d1, d2)?)
}

/// `HH:MM[:SS[.fraction]]` with a zone or none.
#[inline]
fn clock(value: &[u8]) -> Option<(i64, i32, bool)> {
    let (hour, m1, m2, rest) = match value {
        [h1, h2, b':', m1, m2, rest @ ..] => (two(*h1, *h2)?, m1, m2, rest),
        [h, b':', m1, m2, rest @ ..] => (two(b'0', *h)?, m1, m2, rest),
        _ => return None,
    };
    let minute = two(*m1, *m2)?;
    let (second, mut rest) = match rest {
        [b':', s1, s2, rest @ ..] => (two(*s1, *s2)?, rest),
        _ => (0, rest),
    };
    // A leap second is the moment after it.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut time = i64::from(hour * 3600 + minute * 60 + second) * SECOND;
    let mut lossy = false;
    if let [b'.' | b',', fraction @ ..] = rest {
        let count = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 || count > 12 {
            return None;
        }
        let mut weight = SECOND / 10;
        for digit in &fraction[..count] {
            let digit = i64::from(digit - b'0');
            time += digit * weight;
            lossy |= weight == 0 && digit != 0;
            weight /= 10;
        }
        rest = &fraction[count..];
    }
    let (time, rest) = twelve(time, rest)?;
    Some((time, zone(rest)?, lossy))
}

/// `AM` or `PM` after a time of day.
#[inline]
fn twelve(time: i64, rest: &[u8]) -> Option<(i64, &[u8])> {
    const HALF: i64 = DAY / 2;
    let bare = rest.trim_ascii_start();
    let [letter @ (b'A' | b'a' | b'P' | b'p'), b'M' | b'm', after @ ..] = bare else { return Some((time, rest)) };
    match letter {
        b'A' | b'a' if time < DAY / 24 * 13 => Some((if time >= HALF { time - HALF } else { time }, after)),
        b'P' | b'p' if time < DAY / 24 * 13 => Some((if time >= HALF { time } else { time + HALF }, after)),
        _ => None,
    }
}

/// Minutes east of UTC.
#[inline]
fn zone(value: &[u8]) -> Option<i32> {
    match value {
        b"" | b"Z" => return Some(0),
        _ => {}
    }
    let bare = value.trim_ascii();
    let (sign, rest) = match bare {
        b"Z" | b"z" | b"UTC" | b"GMT" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hour, minute) = match rest {
        [h1, h2] => (two(*h1, *h2)?, 0),
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => (two(*h1, *h2)?, two(*m1, *m2)?),
        _ => return None,
    };
    if hour > 18 || minute > 59 { None } else { Some(sign * (hour * 60 + minute) as i32) }
}

/// A day or a moment in any of the spellings.
#[inline]
pub fn moment(value: &[u8]) -> Parsed<Moment> {
    let word = trim(value);
    if let Some(day) = iso_day(word) {
        match &word[10..] {
            [] => return Ok(Some(Moment { day, time: 0, offset: 0, lossy: false })),
            [b'T' | b' ' | b't', rest @ ..] => {
                if let Some((time, offset, lossy)) = clock(rest) {
                    return Ok(Some(Moment { day, time, offset, lossy }));
                }
            }
            _ => {}
        }
        return Err(Fault::NotAMoment);
    }
    if let [m1, m2, b'/', d1, d2, b'/', y1, y2, y3, y4] = *word
        && let (Some(month), Some(day), Some(high), Some(low)) = (two(m1, m2), two(d1, d2), two(y1, y2), two(y3, y4))
        && let Some(day) = civil(high * 100 + low, month, day)
    {
        return Ok(Some(Moment { day, time: 0, offset: 0, lossy: false }));
    }
    unusual(word)
}

#[cold]
fn unusual(word: &[u8]) -> Parsed<Moment> {
    if is_null(word) || word.starts_with(b"0000-00-00") || word.starts_with(b"00/00/0000") {
        return Ok(None);
    }
    let text = std::str::from_utf8(word).map_err(|_| Fault::NotAMoment)?;
    if text.len() > 64 {
        return Err(Fault::NotAMoment);
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return digits(text).map(Some).ok_or(Fault::NotAMoment);
    }
    if let Some(inner) = text.strip_prefix("/Date(").and_then(|t| t.strip_suffix(")/")) {
        let end = inner.bytes().skip(1).position(|b| b == b'+' || b == b'-').map_or(inner.len(), |at| at + 1);
        let millis: Option<i64> = inner.get(..end).and_then(|t| t.parse().ok());
        let micros = millis.and_then(|m| m.checked_mul(1000)).filter(|m| sane(*m));
        return micros.map(|m| Some(Moment::from_micros(m))).ok_or(Fault::NotAMoment);
    }
    written(text).map(Some).ok_or(Fault::NotAMoment)
}

/// Whether a moment lies in the years 1 to 9999.
pub const fn sane(micros: i64) -> bool {
    micros >= -62_135_596_800 * SECOND && micros < 253_402_300_800 * SECOND
}

/// A bare number: a compact day, or a time since 1970 whose unit its length tells.
fn digits(text: &str) -> Option<Moment> {
    let number: i64 = text.parse().ok()?;
    if text.len() == 14 {
        let day = compact(number / 1_000_000)?;
        let (hour, minute, second) = (number / 10_000 % 100, number / 100 % 100, number % 100);
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        return Some(Moment { day, time: (hour * 3600 + minute * 60 + second) * SECOND, offset: 0, lossy: true });
    }
    let moment = match text.len() {
        8 => Moment { day: compact(number)?, time: 0, offset: 0, lossy: true },
        _ => since_1970(number)?,
    };
    Some(Moment { lossy: true, ..moment })
}

fn compact(number: i64) -> Option<i32> {
    civil((number / 10_000) as u32, (number / 100 % 100) as u32, (number % 100) as u32)
}

/// A number whose size tells its unit: seconds, or thousandths, millionths, billionths of them; or a compact day.
pub fn since_1970(number: i64) -> Option<Moment> {
    let size = number.unsigned_abs();
    let micros = match size {
        10_000_000..100_000_000 if number > 0 => {
            return compact(number).map(|day| Moment { day, time: 0, offset: 0, lossy: true });
        }
        100_000_000..100_000_000_000 => number.checked_mul(SECOND)?,
        100_000_000_000..100_000_000_000_000 => number.checked_mul(1000)?,
        100_000_000_000_000..100_000_000_000_000_000 => number,
        100_000_000_000_000_000.. => number.div_euclid(1000),
        _ => return None,
    };
    sane(micros).then(|| Moment { lossy: true, ..Moment::from_micros(micros) })
}

fn month(name: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let lower = name.trim_end_matches('.').to_ascii_lowercase();
    if lower.len() < 3 || !lower.is_ascii() {
        return None;
    }
    NAMES.iter().position(|n| *n == lower || (n.starts_with(&lower) && lower.len() <= 4)).map(|at| at as u32 + 1)
}

/// Numbers and month names with marks between them, perhaps followed by a time of day.
fn written(text: &str) -> Option<Moment> {
    let (day, rest) = written_day(text)?;
    let rest = rest.trim_start_matches([',', ' ', 'T']);
    let (time, offset, lossy) = if rest.is_empty() { (0, 0, false) } else { clock(rest.as_bytes())? };
    Some(Moment { day, time, offset, lossy })
}

fn written_day(text: &str) -> Option<(i32, &str)> {
    let (a, mark, rest) = token(text)?;
    let (b, second, rest) = token(rest)?;
    // The year ends the day; whatever follows is a time.
    let end = rest.bytes().position(|c| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (c, rest) = rest.split_at_checked(end)?;
    let number = |t: &str| if (1..=2).contains(&t.len()) { t.parse::<u32>().ok() } else { None };
    let year = |t: &str| if t.len() == 4 { t.parse::<u32>().ok() } else { None };
    let day = match (mark, second) {
        // 2024/05/31, 2024.05.31, 2024-5-31
        ('/', '/') | ('.', '.') | ('-', '-') if a.len() == 4 => civil(year(a)?, number(b)?, number(c)?),
        ('/', '/') => civil(year(c)?, number(a)?, number(b)?),
        ('.', '.') => civil(year(c)?, number(b)?, number(a)?),
        // 31-May-2024
        ('-', '-') | (' ', ' ') if month(b).is_some() => civil(year(c)?, month(b)?, number(a)?),
        // May 31, 2024
        (' ', ' ' | ',') => civil(year(c)?, month(a)?, number(b)?),
        _ => None,
    }?;
    Some((day, rest))
}

/// Letters or digits up to a mark; the mark; what follows it and its white space.
fn token(text: &str) -> Option<(&str, char, &str)> {
    let at = text.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (head, tail) = text.split_at_checked(at)?;
    let mark = tail.chars().next()?;
    let tail = tail.get(mark.len_utf8()..)?;
    if head.is_empty() { None } else { Some((head, mark, tail.trim_start())) }
}

/// A day; the time of day is dropped and noticed.
#[inline]
pub fn date(value: &[u8], lossy: &mut bool) -> Parsed<i32> {
    let word = trim(value);
    if word.len() == 10
        && let Some(day) = iso_day(word)
    {
        return Ok(Some(day));
    }
    let Some(moment) = moment(word).map_err(|_| Fault::NotADate)? else { return Ok(None) };
    *lossy |= moment.lossy || moment.time != 0;
    Ok(Some(moment.day))
}

/// A moment, in microseconds since 1970.
#[inline]
pub fn datetime(value: &[u8], lossy: &mut bool) -> Parsed<i64> {
    let Some(moment) = moment(value)? else { return Ok(None) };
    *lossy |= moment.lossy;
    Ok(Some(moment.micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Parsed<String> {
        moment(text.as_bytes()).map(|m| m.map(|m| moment_text(m.micros())))
    }

    #[test]
    fn the_calendar_agrees_with_chrono() {
        for days in (-719_162..2_932_896).step_by(17) {
            let (year, month, day) = ymd(days);
            assert_eq!(civil(year as u32, month, day), Some(days));
        }
        assert_eq!(civil(2023, 2, 29), None);
        assert_eq!(civil(1900, 2, 29), None);
        assert_eq!(civil(2000, 2, 29), Some(11_016));
    }

    #[test]
    fn moments_as_sources_write_them() {
        for (text, expected) in [
            ("2024-05-31", "2024-05-31T00:00:00Z"),
            ("2024-05-31T13:45:09.000Z", "2024-05-31T13:45:09Z"),
            ("2024-05-31T13:45:09.120+02:00", "2024-05-31T11:45:09.12Z"),
            ("2024-05-31T23:30:00-0530", "2024-06-01T05:00:00Z"),
            ("2024-05-31 13:45:09", "2024-05-31T13:45:09Z"),
            ("2024-05-31 13:45:09.123456", "2024-05-31T13:45:09.123456Z"),
            ("2024-05-31 13:45:09.123456789", "2024-05-31T13:45:09.123456Z"),
            ("2024-05-31 13:45:09+00", "2024-05-31T13:45:09Z"),
            ("2024-05-31 3:45:09", "2024-05-31T03:45:09Z"),
            ("2024-05-31 13:45:09 UTC", "2024-05-31T13:45:09Z"),
            ("2024-05-31T13:45Z", "2024-05-31T13:45:00Z"),
            ("05/31/2024", "2024-05-31T00:00:00Z"),
            ("5/3/2024", "2024-05-03T00:00:00Z"),
            ("05/31/2024 1:45 PM", "2024-05-31T13:45:00Z"),
            ("05/31/2024 12:05 AM", "2024-05-31T00:05:00Z"),
            ("31-May-2024", "2024-05-31T00:00:00Z"),
            ("31-MAY-2024 10:00:00", "2024-05-31T10:00:00Z"),
            ("31 May 2024", "2024-05-31T00:00:00Z"),
            ("May 31, 2024", "2024-05-31T00:00:00Z"),
            ("September 1, 2024 09:00", "2024-09-01T09:00:00Z"),
            ("31.05.2024", "2024-05-31T00:00:00Z"),
            ("2024/05/31", "2024-05-31T00:00:00Z"),
            ("20240531", "2024-05-31T00:00:00Z"),
            ("20240531134509", "2024-05-31T13:45:09Z"),
            ("1717163109", "2024-05-31T13:45:09Z"),
            ("1717163109000", "2024-05-31T13:45:09Z"),
            ("/Date(1717163109000)/", "2024-05-31T13:45:09Z"),
            ("/Date(1717163109000+0200)/", "2024-05-31T13:45:09Z"),
            ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(at(text), Ok(Some(expected.to_owned())), "{text:?}");
        }
        for text in ["", "N/A", "0000-00-00", "0000-00-00 00:00:00", "00/00/0000"] {
            assert_eq!(at(text), Ok(None), "{text:?}");
        }
        for text in [
            "2024-13-01",
            "2024-02-30",
            "31/12/2024",
            "2024-05-31T25:00",
            "2024-05-31x",
            "soon",
            "12",
            "20241301",
            "31-Foo-2024",
            "2024-05-31T10:00:00+99:00",
            "99999999999999999999",
            "May 2024",
            "1/2/3",
        ] {
            assert_eq!(at(text), Err(Fault::NotAMoment), "{text:?}");
        }
    }

    #[test]
    fn days_notice_a_time_of_day() {
        let mut lossy = false;
        assert_eq!(date(b"2024-05-31T00:00:00Z", &mut lossy), Ok(civil(2024, 5, 31)));
        assert!(!lossy);
        // The day as it was written, wherever that was.
        assert_eq!(date(b"2024-05-31T23:00:00-05:00", &mut lossy), Ok(civil(2024, 5, 31)));
        assert!(lossy);
        assert_eq!(date(b"nope", &mut lossy), Err(Fault::NotADate));
    }
}
