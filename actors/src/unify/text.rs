//! Values as they are compared: lower-case ASCII without what two systems write differently and mean the same by.
//!
//! Guarantees: a pure function of the value; at most [`LONGEST`] bytes, so that a distance fits one machine word; what
//! says nothing (`n/a`, a phone of zeros, an address at a public mail provider taken for a company's) is missing, not
//! equal. Never fails: what cannot be read as its kind is missing or compared as it is.

use autonomos_runtime::canonical::identity::CompareKind;

/// Bytes of a value that are compared.
pub(crate) const LONGEST: usize = 64;

/// Legal forms and what else ends a company's name without telling it from another.
const FORMS: [&str; 46] = [
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "eg",
    "ev",
    "gbr",
    "gmbh",
    "group",
    "holding",
    "holdings",
    "inc",
    "incorporated",
    "int",
    "international",
    "kg",
    "kgaa",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "nv",
    "ohg",
    "oy",
    "oyj",
    "plc",
    "pte",
    "pty",
    "sa",
    "sarl",
    "sas",
    "se",
    "sl",
    "spa",
    "srl",
    "ug",
    "und",
    "and",
];
/// Words that stand where a value should.
const NOTHING: [&str; 14] = [
    "na",
    "n a",
    "none",
    "null",
    "nil",
    "unknown",
    "not available",
    "not applicable",
    "tbd",
    "missing",
    "undefined",
    "no",
    "keine",
    "x",
];
/// Mail providers for everybody: sharing one says nothing about sharing an employer.
const PUBLIC_MAIL: [&str; 24] = [
    "aol.com",
    "fastmail.com",
    "gmail.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "t-online.de",
    "web.de",
    "yahoo.com",
    "yandex.ru",
    "ymail.com",
];
/// Words of a street's name that are written short as often as long.
const STREET_WORDS: [(&str, &str); 18] = [
    ("street", "st"),
    ("road", "rd"),
    ("avenue", "ave"),
    ("av", "ave"),
    ("lane", "ln"),
    ("drive", "dr"),
    ("boulevard", "blvd"),
    ("square", "sq"),
    ("court", "ct"),
    ("place", "pl"),
    ("highway", "hwy"),
    ("parkway", "pkwy"),
    ("strasse", "str"),
    ("suite", "ste"),
    ("north", "n"),
    ("south", "s"),
    ("east", "e"),
    ("west", "w"),
];
/// Titles before and after a person's name.
const TITLES: [&str; 14] =
    ["mr", "mrs", "ms", "miss", "dr", "prof", "sir", "herr", "frau", "jr", "sr", "phd", "mba", "dipl"];

/// Normalises values, reusing its buffers.
#[derive(Debug, Default)]
pub(crate) struct Normaliser {
    plain: String,
    out: String,
}

impl Normaliser {
    /// The value of a comparison from those of its fields; empty: missing.
    pub(crate) fn value(&mut self, kind: CompareKind, fields: &[Option<&str>]) -> &str {
        self.out.clear();
        if kind == CompareKind::Person {
            self.person(fields);
        } else {
            for value in fields.iter().flatten() {
                self.one(kind, value);
                if !self.out.is_empty() {
                    break;
                }
            }
        }
        cut(&mut self.out);
        &self.out
    }

    fn one(&mut self, kind: CompareKind, value: &str) {
        match kind {
            CompareKind::Domain => self.domain(value),
            CompareKind::Email => self.email(value),
            CompareKind::Phone => self.phone(value),
            CompareKind::Postcode => self.postcode(value),
            CompareKind::Date => self.date(value),
            CompareKind::Exact => self.out.push_str(value.trim()),
            CompareKind::Company | CompareKind::Person => self.company(value),
            CompareKind::Street => self.street(value),
            CompareKind::Place | CompareKind::Category => {
                self.fold(value);
                self.out.push_str(words(&self.plain));
            }
        }
    }

    /// Lower-case ASCII letters and digits, one space between words; dots and apostrophes vanish, so that `L.L.C.` is
    /// one word.
    fn fold(&mut self, value: &str) {
        self.plain.clear();
        if value.is_ascii() {
            fold_ascii(value, &mut self.plain);
        } else {
            fold_ascii(&deunicode::deunicode(value), &mut self.plain);
        }
    }

    fn company(&mut self, value: &str) {
        self.fold(value);
        let mut name = words(&self.plain);
        name = name.strip_prefix("the ").unwrap_or(name);
        while let Some((rest, last)) = name.rsplit_once(' ') {
            if !FORMS.contains(&last) {
                break;
            }
            name = rest;
        }
        self.out.push_str(name);
    }

    fn person(&mut self, fields: &[Option<&str>]) {
        let (whole, parts) = fields.split_first().map_or((None, fields), |(first, rest)| (*first, rest));
        if let Some(whole) = whole.filter(|w| !w.trim().is_empty()) {
            // "Last, First" is "First Last".
            if let Some((last, first)) = whole.split_once(',') {
                self.named(first);
                self.named(last);
            } else {
                self.named(whole);
            }
        }
        if self.out.is_empty() {
            parts.iter().flatten().for_each(|part| self.named(part));
        }
    }

    fn named(&mut self, value: &str) {
        self.fold(value);
        for word in words(&self.plain).split(' ').filter(|w| !w.is_empty() && !TITLES.contains(w)) {
            if !self.out.is_empty() {
                self.out.push(' ');
            }
            self.out.push_str(word);
        }
    }

    fn domain(&mut self, value: &str) {
        let value = value.trim();
        let (host, mail) = match value.rsplit_once('@') {
            Some((_, host)) => (host, true),
            None => (value.split_once("://").map_or(value, |(_, rest)| rest), false),
        };
        let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default().trim_end_matches('.');
        self.out.extend(host.chars().map(|c| c.to_ascii_lowercase()));
        if let Some(bare) = self.out.strip_prefix("www.") {
            self.out = bare.to_owned();
        }
        let plausible = self.out.contains('.') && !self.out.contains(char::is_whitespace);
        if !plausible || (mail && PUBLIC_MAIL.contains(&self.out.as_str())) {
            self.out.clear();
        }
    }

    fn email(&mut self, value: &str) {
        let Some((local, host)) = value.trim().rsplit_once('@') else { return };
        let local = local.split('+').next().unwrap_or_default();
        if local.is_empty() || !host.contains('.') || value.trim().contains(char::is_whitespace) {
            return;
        }
        let dotless = ["gmail.com", "googlemail.com"].iter().any(|h| host.eq_ignore_ascii_case(h));
        self.out.extend(local.chars().filter(|c| !(dotless && *c == '.')).map(|c| c.to_ascii_lowercase()));
        self.out.push('@');
        self.out.extend(host.chars().map(|c| c.to_ascii_lowercase()));
    }

    /// The last ten digits: what a number has with and without its country and trunk prefix.
    fn phone(&mut self, value: &str) {
        let end = value.find(['x', 'X', '#', ';']).unwrap_or(value.len());
        let number = value.get(..end).unwrap_or(value);
        self.out.extend(number.chars().filter(char::is_ascii_digit));
        let digits = self.out.len();
        if digits > 10 {
            self.out.drain(..digits - 10);
        }
        let same = |first: u8| self.out.bytes().all(|b| b == first);
        if digits < 7 || self.out.bytes().next().is_some_and(same) || self.out.ends_with("1234567") {
            self.out.clear();
        }
    }

    fn postcode(&mut self, value: &str) {
        self.out.extend(value.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()));
        // A ZIP code is as good without its four digits.
        if self.out.len() == 9 && self.out.bytes().all(|b| b.is_ascii_digit()) && value.contains('-') {
            self.out.truncate(5);
        }
        if self.out.bytes().all(|b| b == b'0') {
            self.out.clear();
        }
    }

    fn street(&mut self, value: &str) {
        self.fold(value);
        for word in words(&self.plain).split(' ').filter(|w| !w.is_empty()) {
            if !self.out.is_empty() {
                self.out.push(' ');
            }
            let short = STREET_WORDS.iter().find(|(long, _)| *long == word).map(|(_, short)| *short);
            match (short, word.strip_suffix("strasse")) {
                (Some(short), _) => self.out.push_str(short),
                (None, Some(stem)) => self.out.extend([stem, "str"]),
                (None, None) => self.out.push_str(word),
            }
        }
    }

    /// Eight digits, year first; a moment counts by its day.
    fn date(&mut self, value: &str) {
        let digits: String = value.chars().filter(char::is_ascii_digit).take(8).collect();
        if digits.len() == 8 {
            self.out.push_str(&digits);
        }
    }
}

fn fold_ascii(value: &str, out: &mut String) {
    let mut gap = false;
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'A'..=b'Z' => {
                if gap && !out.is_empty() {
                    out.push(' ');
                }
                gap = false;
                out.push(char::from(byte.to_ascii_lowercase()));
            }
            b'.' | b'\'' | b'`' => {}
            b'&' => {
                if !out.is_empty() {
                    out.push_str(" and");
                }
                gap = true;
            }
            _ => gap = true,
        }
    }
}

/// The folded value, or nothing if it says nothing.
fn words(plain: &str) -> &str {
    if NOTHING.contains(&plain) { "" } else { plain }
}

fn cut(text: &mut String) {
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CompareKind::{Company, Date, Domain, Email, Person, Phone, Place, Postcode, Street};

    fn of(kind: CompareKind, value: &str) -> String {
        Normaliser::default().value(kind, &[Some(value)]).to_owned()
    }

    #[test]
    fn what_systems_write_differently_becomes_one() {
        for (kind, one, other) in [
            (Company, "Acme Logistics Inc", "ACME Logistics, Incorporated"),
            (Company, "Müller & Söhne GmbH & Co. KG", "Muller and Sohne"),
            (Company, "Acme L.L.C.", "acme"),
            (Company, "The Acme Company", "Acme"),
            (Domain, "https://www.Acme.com/about?x=1", "acme.com"),
            (Domain, "info@acme.com", "acme.com"),
            (Phone, "+1-212-555-0147", "(212) 555-0147"),
            (Phone, "0151 23456789 x12", "+49 151 23456789"),
            (Street, "12 Main Street", "12 Main St."),
            (Street, "Lange Straße 5", "Lange Str. 5"),
            (Street, "Hauptstraße 5", "hauptstr 5"),
            (Postcode, "12345-6789", "12345"),
            (Postcode, "SW1A 1AA", "sw1a1aa"),
            (Place, "São Paulo", "Sao Paulo"),
            (Email, "Jo.Doe+news@Gmail.com", "jo.doe@gmail.com"),
            (Person, "Dr. Jane Doe", "Doe, Jane"),
            (Date, "2026-01-02T10:00:00Z", "2026-01-02"),
        ] {
            assert_eq!(of(kind, one), of(kind, other), "{one} and {other}");
            assert!(!of(kind, one).is_empty(), "{one}");
        }
    }

    #[test]
    fn what_says_nothing_is_missing() {
        for (kind, value) in [
            (Company, "N/A"),
            (Company, " - "),
            (Place, "unknown"),
            (Phone, "000-000-0000"),
            (Phone, "1234567"),
            (Phone, "12"),
            (Domain, "jo@gmail.com"),
            (Domain, "acme"),
            (Email, "jo at example.com"),
            (Postcode, "00000"),
            (Date, "soon"),
        ] {
            assert_eq!(of(kind, value), "", "{value}");
        }
        assert_eq!(of(Company, "Holdings"), "holdings", "a form alone is a name");
        assert_eq!(of(Domain, "gmail.com"), "gmail.com", "the provider itself has a web site");
    }

    #[test]
    fn a_value_comes_from_the_first_field_that_has_one() {
        let mut normal = Normaliser::default();
        assert_eq!(normal.value(Domain, &[None, Some("a@acme.com")]), "acme.com");
        assert_eq!(normal.value(Domain, &[Some("n/a"), Some("a@acme.com")]), "acme.com");
        assert_eq!(normal.value(Person, &[None, Some("Jane"), Some("Doe")]), "jane doe");
        assert_eq!(normal.value(Person, &[Some("Doe, Jane"), Some("x"), None]), "jane doe");
        assert!(normal.value(Company, &[Some(&"ab".repeat(99))]).len() <= LONGEST);
        assert!(normal.value(CompareKind::Exact, &[Some(&"ß".repeat(99))]).len() <= LONGEST);
    }
}
