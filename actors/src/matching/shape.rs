//! What a declared type and a handful of samples say about a value, and whether that suits a canonical kind.
//!
//! Guarantee: pure; anything unreadable says nothing rather than something wrong. A crash cannot do anything to it.

use super::lexicon::KINDS;

/// What values look like, coarsely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing is known.
    Unknown,
    /// true, false, yes, no.
    Boolean,
    /// Whole numbers of few digits.
    Integer,
    /// Numbers with a fraction.
    Decimal,
    /// Days or moments.
    Moment,
    /// E-mail addresses.
    Email,
    /// Addresses of pages or hosts.
    Url,
    /// UUIDs, hashes, long digit strings, prefixed keys.
    Key,
    /// Phone numbers.
    Phone,
    /// A few capitals: codes.
    Code,
    /// Short text.
    Text,
    /// Sentences.
    Prose,
    /// JSON objects and lists.
    Nested,
}

/// The shape a declared type promises.
pub fn declared(data_type: Option<&str>) -> Shape {
    let Some(text) = data_type else { return Shape::Unknown };
    let mut buffer = [0_u8; 12];
    let mut n = 0;
    for b in text.bytes().take(12) {
        buffer[n] = b.to_ascii_lowercase();
        n += 1;
    }
    let lower = std::str::from_utf8(&buffer[..n]).unwrap_or("");
    let starts = |list: &[&str]| list.iter().any(|p| lower.starts_with(p));
    if n == 0 || starts(&["any", "unknown", "null"]) {
        Shape::Unknown
    } else if starts(&["bool", "bit", "checkbox", "flag"]) {
        Shape::Boolean
    } else if starts(&["date", "time", "instant"]) {
        Shape::Moment
    } else if starts(&["int", "big", "small", "tiny", "long", "short", "serial", "uint"]) && !starts(&["interval"]) {
        Shape::Integer
    } else if starts(&["num", "float", "double", "dec", "real", "currency", "money", "percent"]) {
        Shape::Decimal
    } else if starts(&["email"]) {
        Shape::Email
    } else if starts(&["url", "uri"]) {
        Shape::Url
    } else if starts(&["phone"]) {
        Shape::Phone
    } else if starts(&["id", "uuid", "guid", "reference", "lookup", "uniqueid", "owner", "objectid"]) {
        Shape::Key
    } else if starts(&["arr", "list", "obj", "json", "map", "record", "struct", "variant", "dict"]) {
        Shape::Nested
    } else if starts(&["textarea", "longtext", "html", "rich"]) {
        Shape::Prose
    } else {
        Shape::Text
    }
}

/// The shape most samples have; unknown when they disagree.
pub fn sampled(samples: &[String]) -> Shape {
    let mut first = Shape::Unknown;
    let (mut same, mut seen) = (0_usize, 0_usize);
    for sample in samples.iter().take(8) {
        let text = sample.trim();
        if text.is_empty() || matches!(text, "null" | "NULL" | "None" | "-" | "N/A" | "n/a") {
            continue;
        }
        let shape = of(text);
        seen += 1;
        if seen == 1 || (first == Shape::Code && shape == Shape::Text) {
            first = shape;
            same += 1;
        } else if shape == first
            || (first == Shape::Text && matches!(shape, Shape::Code | Shape::Prose))
            || (first == Shape::Decimal && shape == Shape::Integer)
        {
            same += 1;
        } else if first == Shape::Integer && shape == Shape::Decimal {
            first = Shape::Decimal;
            same += 1;
        }
    }
    if seen > 0 && same * 3 >= seen * 2 { first } else { Shape::Unknown }
}

fn of(text: &str) -> Shape {
    let bytes = text.as_bytes();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = bytes.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let n = bytes.len();
    if matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "yes" | "no") {
        return Shape::Boolean;
    }
    if bytes[0] == b'{' || bytes[0] == b'[' {
        return Shape::Nested;
    }
    if text.contains("://") || text.starts_with("www.") {
        return Shape::Url;
    }
    if text.contains('@') && !text.contains(' ') && text.contains('.') {
        return Shape::Email;
    }
    if digits >= 6
        && n >= 8
        && bytes.get(4).is_some_and(|b| *b == b'-' || *b == b'/')
        && bytes[..4].iter().all(u8::is_ascii_digit)
    {
        return Shape::Moment;
    }
    if digits >= 6 && n <= 19 && text.matches('/').count() == 2 && letters <= 2 {
        return Shape::Moment;
    }
    if digits == n || (digits + 1 == n && bytes[0] == b'-') {
        return if (10..=13).contains(&n) && bytes[0] == b'1' {
            Shape::Moment
        } else if n > 9 {
            Shape::Key
        } else {
            Shape::Integer
        };
    }
    if text.parse::<f64>().is_ok() {
        return Shape::Decimal;
    }
    if digits >= 7 && letters == 0 && bytes.iter().all(|b| b.is_ascii_digit() || b" +-().".contains(b)) {
        return Shape::Phone;
    }
    let plain = bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_:".contains(b));
    if plain && n >= 12 && digits >= 3 {
        return Shape::Key;
    }
    if plain && n <= 4 && letters == n && bytes.iter().all(u8::is_ascii_uppercase) {
        return Shape::Code;
    }
    if !text.contains(' ') && letters > 0 && text.contains('.') && n > 4 && digits * 2 < n {
        return Shape::Url;
    }
    if n > 60 || text.split(' ').count() > 8 { Shape::Prose } else { Shape::Text }
}

/// How well a shape suits a canonical kind: 1 telling, 0.5 fitting, 0 nothing said, -0.5 odd, -1 against it.
pub fn suits(shape: Shape, kind: u8, is_sample: bool) -> f32 {
    use Shape::{Boolean, Code, Decimal, Email, Integer, Key, Moment, Nested, Phone, Prose, Text, Unknown, Url};
    let kind = KINDS.get(kind as usize).copied().unwrap_or("string");
    if shape == Unknown {
        return 0.0;
    }
    match (kind, shape) {
        ("id", Key)
        | ("url", Url)
        | ("email", Email)
        | ("phone", Phone)
        | ("boolean", Boolean)
        | ("date" | "datetime", Moment)
        | ("map", Nested)
        | ("money" | "number", Decimal)
        | ("integer", Integer) => 1.0,
        ("id", Integer | Code)
        | ("text", Prose | Text)
        | ("string", Text | Code)
        | ("money" | "number", Integer)
        | ("integer", Decimal)
        | ("phone", Key) => 0.5,
        ("string", Prose | Integer | Key | Url) | ("text", Url | Code | Integer) => 0.0,
        // a declared type is only a promise: a string may hold anything, an integer a moment, a number an id
        (_, Text) | ("datetime" | "date", Integer | Key) if !is_sample => 0.0,
        ("id", Decimal) if !is_sample => 0.5,
        ("id", Text | Url | Email | Prose)
        | ("url" | "email" | "phone", Text | Code)
        | ("string" | "text", Decimal | Email | Phone | Nested)
        | ("boolean", Integer | Text | Code)
        | ("integer" | "number" | "money", Text | Key)
        | ("datetime" | "date", Integer | Key) => -0.5,
        _ => -1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_show_their_shape() {
        let s = |v: &[&str]| sampled(&v.iter().map(|x| (*x).to_owned()).collect::<Vec<_>>());
        assert_eq!(s(&["2024-01-02T03:04:05Z", "2023-11-30"]), Shape::Moment);
        assert_eq!(s(&["a@b.co"]), Shape::Email);
        assert_eq!(s(&["12", "7.5"]), Shape::Decimal);
        assert_eq!(s(&["+49 30 1234567"]), Shape::Phone);
        assert_eq!(s(&["true", "false", "true"]), Shape::Boolean);
        assert_eq!(s(&[]), Shape::Unknown);
        assert_eq!(declared(Some("timestamp")), Shape::Moment);
        assert_eq!(declared(Some("VARCHAR(20)")), Shape::Text);
    }
}
