//! Numbers as people write them: `1234.5` on a short path; thousands marks, currency signs and codes, percent signs,
//! decimal commas, accounting negatives and exponents on a longer one.
//!
//! A lone comma with exactly three digits after it (`1,234`) is a thousands mark, any other lone comma a decimal one;
//! a lone point is always decimal. A percent sign is dropped: 75% is 75. What could be read in two ways otherwise, or has
//! groups that are no groups, is not a number.

use super::super::entity::{MONEY_PRECISION, MONEY_SCALE};
use super::word::{is_null, trim};
use super::{Fault, Parsed};

/// Longer texts are not numbers, whatever they hold: it bounds the work that one value can cause.
const LONGEST: usize = 320;
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
/// A double gives every decimal of fifteen digits back.
const FAITHFUL: u64 = 1_000_000_000_000_000;
const TENS: [i128; 11] = {
    let mut tens = [1; 11];
    let mut at = 1;
    while at < tens.len() {
        tens[at] = tens[at - 1] * 10;
        at += 1;
    }
    tens
};
/// Money in its unit: 1 is 10^10.
const UNIT: i128 = 10_i128.pow(MONEY_SCALE as u32);
const MONEY_LIMIT: i128 = 10_i128.pow(MONEY_PRECISION as u32);
const SIGNS: [&str; 12] = ["$", "€", "£", "¥", "₹", "₩", "₽", "₺", "₪", "R$", "zł", "kr"];
/// Listed, because `SKU123` is no amount.
const CODES: [&str; 28] = [
    "USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "CNY", "INR", "BRL", "MXN", "SEK", "NOK", "DKK", "PLN",
    "CZK", "HUF", "TRY", "ZAR", "SGD", "HKD", "KRW", "ILS", "AED", "RUB", "THB", "IDR",
];

/// `-?digits(.digits)?` of at most 18 digits: the value without its point, how many digits follow the point, and
/// whether it has a leading zero that a number cannot hold.
#[inline]
pub fn plain(value: &[u8]) -> Option<(i64, usize, bool)> {
    let (negative, digits) = match value {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, value),
    };
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let mut mantissa = 0_u64;
    let mut point = None;
    for (at, byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            mantissa = mantissa * 10 + u64::from(digit);
        } else if *byte == b'.' && point.is_none() {
            point = Some(at);
        } else {
            return None;
        }
    }
    let count = digits.len() - usize::from(point.is_some());
    if count == 0 || count > 18 {
        return None;
    }
    let places = point.map_or(0, |at| digits.len() - 1 - at);
    let padded = digits[0] == b'0' && digits.len() > 1 && point != Some(1);
    let mantissa = mantissa as i64;
    Some((if negative { -mantissa } else { mantissa }, places, padded))
}

/// A number taken apart: digits without marks, most significant first; its value is digits times ten to the exponent.
#[derive(Debug)]
struct Parts {
    negative: bool,
    digits: Vec<u8>,
    exponent: i32,
    padded: bool,
}

impl Parts {
    fn text(&self) -> String {
        let digits = String::from_utf8_lossy(&self.digits);
        format!("{}{digits}e{}", if self.negative { "-" } else { "" }, self.exponent)
    }

    /// What stands before the decimal mark; beyond 64 bits the nearest end.
    fn whole(&self) -> i64 {
        let places = usize::try_from(self.exponent.saturating_add(self.digits.len() as i32)).unwrap_or(0);
        let digits = self.digits.iter().copied().chain(std::iter::repeat(b'0')).take(places);
        let signed = |digit: u8| if self.negative { -i64::from(digit - b'0') } else { i64::from(digit - b'0') };
        digits.fold(0, |value: i64, digit| value.saturating_mul(10).saturating_add(signed(digit)))
    }

    /// The value times 10^`scale`, rounded half to even; whether it was exact.
    fn scaled(&self, scale: i32) -> Option<(i128, bool)> {
        let significant: &[u8] = match self.digits.iter().position(|d| *d != b'0') {
            Some(first) => &self.digits[first..],
            None => return Some((0, true)),
        };
        let shift = self.exponent.checked_add(scale)?;
        let (kept, dropped) = if shift >= 0 {
            (significant, &[][..])
        } else {
            let cut = significant.len().saturating_sub(shift.unsigned_abs() as usize);
            significant.split_at(cut)
        };
        let far = shift < 0 && (shift.unsigned_abs() as usize) > significant.len();
        let mut value = 0_i128;
        for digit in kept {
            value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
        }
        if shift > 0 {
            value = value.checked_mul(10_i128.checked_pow(shift.unsigned_abs())?)?;
        }
        let exact = dropped.iter().all(|d| *d == b'0');
        if !exact && !far {
            let half = dropped[0].cmp(&b'5').then_with(|| {
                if dropped[1..].iter().all(|d| *d == b'0') {
                    std::cmp::Ordering::Equal
                } else {
                    std::cmp::Ordering::Greater
                }
            });
            let up = half.is_gt() || (half.is_eq() && value & 1 == 1);
            value = value.checked_add(i128::from(up))?;
        }
        Some((if self.negative { -value } else { value }, exact))
    }
}

/// Takes a dressed number apart.
#[cold]
fn dressed(value: &[u8]) -> Option<Parts> {
    if value.len() > LONGEST {
        return None;
    }
    let mut text = std::str::from_utf8(value).ok()?.trim();
    let mut negative = false;
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        negative = true;
        text = inner.trim();
    }
    // A sign, a currency and a percent sign may stand on either side, in any order, once each.
    let (mut signed, mut currency, mut percent) = (negative, false, false);
    loop {
        let before = text;
        if !signed {
            let sign = text.strip_prefix(['-', '\u{2212}']).or_else(|| text.strip_suffix(['-', '\u{2212}']));
            if let Some(rest) = sign {
                (signed, negative, text) = (true, true, rest.trim());
            } else if let Some(rest) = text.strip_prefix('+') {
                (signed, text) = (true, rest.trim());
            }
        }
        if !currency && let Some(rest) = strip_currency(text) {
            (currency, text) = (true, rest.trim());
        }
        if !percent && let Some(rest) = text.strip_suffix('%') {
            (percent, text) = (true, rest.trim());
        }
        if text.len() == before.len() {
            break;
        }
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok().filter(|e| e.abs() < 10_000)?),
        None => (text, 0),
    };
    let (digits, places) = marks(mantissa)?;
    let padded = digits.len() > 1 && digits[0] == b'0' && places + 1 < digits.len();
    Some(Parts { negative, digits, exponent: exponent - places as i32, padded })
}

fn strip_currency(text: &str) -> Option<&str> {
    for sign in SIGNS {
        if let Some(rest) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            return Some(rest);
        }
    }
    let code = |code: Option<&str>| code.is_some_and(|c| CODES.contains(&c));
    let end = text.len().saturating_sub(3);
    if code(text.get(..3)) {
        text.get(3..)
    } else if code(text.get(end..)) {
        text.get(..end)
    } else {
        None
    }
}

/// Drops the marks between digits; the digits, and how many of them follow the decimal mark.
fn marks(text: &str) -> Option<(Vec<u8>, usize)> {
    let commas = text.matches(',').count();
    let points = text.matches('.').count();
    let decimal = match (commas, points) {
        (0, 1) => text.rfind('.'),
        (1, 0) => {
            let at = text.rfind(',')?;
            let whole = &text.as_bytes()[..at];
            let thousands = text.len() - at == 4 && (1..=3).contains(&whole.len()) && whole != b"0";
            if thousands { None } else { Some(at) }
        }
        // Several of one kind group; the other kind, once and last, is the decimal mark.
        (0, _) | (_, 0) => None,
        _ => {
            let (comma, point) = (text.rfind(',')?, text.rfind('.')?);
            let (last, count) = if comma > point { (comma, commas) } else { (point, points) };
            if count > 1 {
                return None;
            }
            Some(last)
        }
    };
    let whole = decimal.map_or(Some(text), |at| text.get(..at))?;
    let fraction = decimal.map_or(Some(""), |at| text.get(at + 1..))?;
    let mut digits = Vec::with_capacity(text.len());
    let mut group = 0_usize;
    let mut mark = None;
    for c in whole.chars() {
        if c.is_ascii_digit() {
            group += 1;
            digits.push(c as u8);
            continue;
        }
        let known = matches!(c, ',' | '.' | '\'' | '\u{2019}' | ' ' | '\u{a0}' | '\u{202f}');
        // The first group has one to three digits, later ones two (as in India) or three; one kind of mark.
        let sound = if mark.is_none() { (1..=3).contains(&group) } else { (2..=3).contains(&group) };
        if !known || !sound || mark.is_some_and(|m| m != c) {
            return None;
        }
        mark = Some(c);
        group = 0;
    }
    if mark.is_some() && group != 3 {
        return None;
    }
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.extend_from_slice(fraction.as_bytes());
    if digits.is_empty() { None } else { Some((digits, fraction.len())) }
}

/// What a parser noticed besides the value: that the value cannot give the text back, so that the text has to be kept.
pub type Lossy = bool;

/// A number.
#[inline]
pub fn number(value: &[u8], lossy: &mut Lossy) -> Parsed<f64> {
    let word = trim(value);
    if let Some((mantissa, places, padded)) = plain(word)
        && mantissa.unsigned_abs() < 1 << 53
    {
        *lossy |= padded | (mantissa.unsigned_abs() >= FAITHFUL);
        // Both are exact and division rounds once: the nearest double.
        return Ok(Some(mantissa as f64 / POWERS[places]));
    }
    number_dressed(word, lossy)
}

#[cold]
fn number_dressed(word: &[u8], lossy: &mut Lossy) -> Parsed<f64> {
    if is_null(word) || word.eq_ignore_ascii_case(b"nan") {
        return Ok(None);
    }
    let parts = dressed(word).ok_or(Fault::NotANumber)?;
    let number: f64 = parts.text().parse().map_err(|_| Fault::NotANumber)?;
    if !number.is_finite() {
        return Err(Fault::TooLarge);
    }
    *lossy |= parts.padded || parts.digits.len() > 15;
    Ok(Some(number))
}

/// A whole number; `12.0` is one.
#[inline]
pub fn integer(value: &[u8], lossy: &mut Lossy) -> Parsed<i64> {
    let word = trim(value);
    if let Some((mantissa, 0, padded)) = plain(word) {
        *lossy |= padded;
        return Ok(Some(mantissa));
    }
    if is_null(word) || word.eq_ignore_ascii_case(b"nan") {
        return Ok(None);
    }
    let parts = dressed(word).ok_or(Fault::NotANumber)?;
    let (whole, exact) = parts.scaled(0).ok_or(Fault::TooLarge)?;
    if !exact {
        return Err(Fault::NotAnInteger);
    }
    *lossy |= parts.padded;
    i64::try_from(whole).map(Some).map_err(|_| Fault::TooLarge)
}

/// The whole part of a number, exact as far as 64 bits go and their nearest end beyond: what orders states. A double
/// would put neighbours of seventeen digits into one.
pub fn whole(value: &[u8]) -> Parsed<i64> {
    let word = trim(value);
    if is_null(word) || word.eq_ignore_ascii_case(b"nan") {
        return Ok(None);
    }
    dressed(word).map(|parts| Some(parts.whole())).ok_or(Fault::NotANumber)
}

/// The whole part of a double, as its text has it: through money and back it is the same.
pub fn whole_of(number: f64) -> i64 {
    if number.abs() < (1_u64 << 53) as f64 {
        return number as i64;
    }
    whole(number_text(number).as_bytes()).ok().flatten().unwrap_or(number as i64)
}

/// An exact amount, in units of 10^-10.
#[inline]
pub fn money(value: &[u8], lossy: &mut Lossy) -> Parsed<i128> {
    let word = trim(value);
    if let Some((mantissa, places, padded)) = plain(word)
        && places <= MONEY_SCALE as usize
    {
        *lossy |= padded;
        // 18 digits times 10^10 at most: it fits the 28 digits of money.
        return Ok(Some(i128::from(mantissa) * TENS[MONEY_SCALE as usize - places]));
    }
    money_dressed(word, lossy)
}

#[cold]
fn money_dressed(word: &[u8], lossy: &mut Lossy) -> Parsed<i128> {
    if is_null(word) || word.eq_ignore_ascii_case(b"nan") {
        return Ok(None);
    }
    let parts = dressed(word).ok_or(Fault::NotANumber)?;
    let (amount, exact) = parts.scaled(i32::from(MONEY_SCALE)).ok_or(Fault::TooLarge)?;
    if !in_range(amount) {
        return Err(Fault::TooLarge);
    }
    *lossy |= parts.padded || !exact;
    Ok(Some(amount))
}

/// Whether an amount fits the precision of money.
pub const fn in_range(amount: i128) -> bool {
    amount > -MONEY_LIMIT && amount < MONEY_LIMIT
}

/// An amount as text, trailing zeros trimmed.
pub fn money_text(amount: i128) -> String {
    decimal_text(amount, MONEY_SCALE)
}

/// A decimal as text, trailing zeros trimmed.
pub fn decimal_text(value: i128, scale: i8) -> String {
    let digits = value.unsigned_abs().to_string();
    let sign = if value < 0 { "-" } else { "" };
    if scale <= 0 {
        let zeros = if value == 0 { 0 } else { scale.unsigned_abs() as usize };
        return format!("{sign}{digits}{}", "0".repeat(zeros));
    }
    let padded = format!("{digits:0>width$}", width = scale as usize + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale as usize);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// The text of a double that any parser reads back, without an exponent.
pub fn number_text(number: f64) -> String {
    format!("{number}")
}

/// An amount as the nearest double.
pub fn money_number(amount: i128) -> f64 {
    // Through text: dividing a 28 digit integer rounds twice.
    if amount.unsigned_abs() < 1 << 53 {
        amount as f64 / UNIT as f64
    } else {
        money_text(amount).parse().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> Parsed<f64> {
        number(text.as_bytes(), &mut false)
    }

    fn m(text: &str) -> Parsed<String> {
        money(text.as_bytes(), &mut false).map(|v| v.map(money_text))
    }

    #[test]
    fn numbers_as_people_write_them() {
        for (text, expected) in [
            ("0", 0.0),
            ("-12.5", -12.5),
            (" 3 ", 3.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1,234", 1234.0),
            ("1,234.50", 1234.5),
            ("1.234,56", 1234.56),
            ("1.234.567", 1_234_567.0),
            ("12,34,567.5", 1_234_567.5),
            ("1'234.5", 1234.5),
            ("1 234,5", 1234.5),
            ("1\u{202f}234,5", 1234.5),
            ("123456,78", 123_456.78),
            ("0,123", 0.123),
            ("12,5", 12.5),
            ("$1,234.00", 1234.0),
            ("-$5", -5.0),
            ("$-5", -5.0),
            ("(1,234.5)", -1234.5),
            ("($5)", -5.0),
            ("5-", -5.0),
            ("+7", 7.0),
            ("75%", 75.0),
            ("0.75 %", 0.75),
            ("€ 9,99", 9.99),
            ("9,99 €", 9.99),
            ("USD 12.00", 12.0),
            ("12.00 EUR", 12.0),
            ("1e3", 1000.0),
            ("1.5E-3", 0.0015),
            ("12345678901234567890", 12_345_678_901_234_567_890.0),
            ("0.1", 0.1),
            ("-0", -0.0),
        ] {
            assert_eq!(n(text), Ok(Some(expected)), "{text:?}");
        }
        for text in ["N/A", "", "-", "null", "NaN"] {
            assert_eq!(n(text), Ok(None), "{text:?}");
        }
        for text in [
            "abc", "1,23,4", "1.2.3", "--5", "1,2,3.4", "1 2", "$", "%", "5$5", "inf", "1e", "e5", ".", ",", "()",
            "0x10", "1,234,56", "٣", "1_000", "SKU123", "USD",
        ] {
            assert_eq!(n(text), Err(Fault::NotANumber), "{text:?}");
        }
        assert_eq!(n("1e400"), Err(Fault::TooLarge));
        assert_eq!(n(&"9".repeat(10_000)), Err(Fault::NotANumber));
    }

    #[test]
    fn whole_numbers() {
        let i = |text: &str| integer(text.as_bytes(), &mut false);
        assert_eq!(i("12"), Ok(Some(12)));
        assert_eq!(i("12.0"), Ok(Some(12)));
        assert_eq!(i("1,200"), Ok(Some(1200)));
        assert_eq!(i("1e3"), Ok(Some(1000)));
        assert_eq!(i("9223372036854775807"), Ok(Some(i64::MAX)));
        assert_eq!(i("-9223372036854775808"), Ok(Some(i64::MIN)));
        assert_eq!(i("9223372036854775808"), Err(Fault::TooLarge));
        assert_eq!(i("170141183460469231731687303715884105727.9"), Err(Fault::TooLarge));
        assert_eq!(i("12.5"), Err(Fault::NotAnInteger));
        assert_eq!(i("51-200"), Err(Fault::NotANumber));
    }

    #[test]
    fn whole_parts_are_exact() {
        for (text, expected) in [
            ("22009469985859930.103", Some(22_009_469_985_859_930)),
            ("-22009469985859930.903", Some(-22_009_469_985_859_930)),
            ("0.999", Some(0)),
            ("(1,234.50)", Some(-1234)),
            ("1.5e3", Some(1500)),
            ("5e-9999", Some(0)),
            ("9223372036854775807.5", Some(i64::MAX)),
            ("1e30", Some(i64::MAX)),
            ("-1e30", Some(i64::MIN)),
            ("N/A", None),
        ] {
            assert_eq!(whole(text.as_bytes()), Ok(expected), "{text:?}");
        }
        assert_eq!(whole(b"soon"), Err(Fault::NotANumber));
        assert_eq!(whole_of(-1234.9), -1234);
        assert_eq!(whole_of(f64::INFINITY), i64::MAX);
        for number in [22_009_469_985_859_932.0, 9_007_199_254_740_994.0, -4e18] {
            assert_eq!(Ok(Some(whole_of(number))), whole(number_text(number).as_bytes()));
        }
    }

    #[test]
    fn amounts_are_exact() {
        for (text, expected) in [
            ("0.1", "0.1"),
            ("123456789012345678.9876543211", "123456789012345678.9876543211"),
            ("$1,234.50", "1234.5"),
            ("-0.0000000001", "-0.0000000001"),
            ("0.00000000005", "0"),
            ("0.00000000015", "0.0000000002"),
            ("0.000000000151", "0.0000000002"),
            ("1e-30", "0"),
            ("00012.50", "12.5"),
        ] {
            assert_eq!(m(text), Ok(Some(expected.to_owned())), "{text:?}");
        }
        assert_eq!(m("1e18"), Err(Fault::TooLarge));
        assert_eq!(m("999999999999999999.9999999999"), Ok(Some("999999999999999999.9999999999".into())));
        let mut lossy = false;
        money(b"0.12345678901", &mut lossy).unwrap();
        assert!(lossy, "the eleventh digit cannot be held");
    }

    #[test]
    fn a_leading_zero_is_noticed() {
        for (text, expected) in
            [("007", true), ("0", false), ("0.5", false), ("00.5", true), ("-07", true), ("70", false)]
        {
            let mut lossy = false;
            number(text.as_bytes(), &mut lossy).unwrap();
            assert_eq!(lossy, expected, "{text}");
        }
    }

    #[test]
    fn decimals_as_text() {
        assert_eq!(decimal_text(-5, 1), "-0.5");
        assert_eq!(decimal_text(1200, 2), "12");
        assert_eq!(decimal_text(12, -2), "1200");
        assert_eq!(decimal_text(0, 10), "0");
        assert!((money_number(12_345_000_000_000) - 1234.5).abs() < f64::EPSILON);
    }
}
