//! What the sampled values of two fields have in common: shared values and the shape of each.
//!
//! Guarantee: pure; no samples means no evidence, never evidence against. A crash cannot do anything to it.

/// The shape of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Flag,
    Integer,
    Number,
    Date,
    Datetime,
    Email,
    Url,
    Phone,
    Uuid,
    Code,
    Word,
    Words,
    Nested,
}

/// What two sets of samples say: shared values (0 to 1) and agreement of shape (-1 to 1), both 0 when either is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Agreement {
    /// How telling the shared values are: 1 for a long shared value, little for a shared `0` or `true`.
    pub shared: f64,
    /// 1 when all shapes agree, -1 when none does.
    pub shape: f64,
}

/// Compares two sets of samples.
pub fn agreement(before: &[String], after: &[String]) -> Agreement {
    let left: Vec<&str> = before.iter().map(|v| v.trim()).filter(|v| !is_null(v)).take(20).collect();
    let right: Vec<&str> = after.iter().map(|v| v.trim()).filter(|v| !is_null(v)).take(20).collect();
    if left.is_empty() || right.is_empty() {
        return Agreement::default();
    }
    let shared = left.iter().filter(|v| right.contains(v)).map(|v| telling(v)).fold(0.0_f64, f64::max);
    let same = left.iter().filter(|v| right.iter().any(|w| shape(v) == shape(w))).count() as f64 / left.len() as f64;
    let back = right.iter().filter(|v| left.iter().any(|w| shape(v) == shape(w))).count() as f64 / right.len() as f64;
    Agreement { shared, shape: same + back - 1.0 }
}

fn is_null(value: &str) -> bool {
    matches!(value, "" | "-" | "N/A" | "n/a" | "null" | "NULL" | "none" | "None")
}

fn telling(value: &str) -> f64 {
    match shape(value) {
        Shape::Flag => 0.1,
        Shape::Integer | Shape::Number | Shape::Word if value.len() < 3 => 0.2,
        Shape::Integer | Shape::Number if value.len() < 5 => 0.5,
        _ => 1.0,
    }
}

fn shape(value: &str) -> Shape {
    let lower = value.to_ascii_lowercase();
    if matches!(lower.as_str(), "true" | "false" | "yes" | "no" | "t" | "f" | "y" | "n") {
        return Shape::Flag;
    }
    if value.starts_with('{') || value.starts_with('[') {
        return Shape::Nested;
    }
    if lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("www.") {
        return Shape::Url;
    }
    if value.contains('@') && value.contains('.') && !value.contains(' ') {
        return Shape::Email;
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    if value.len() == 36 && value.bytes().filter(|b| *b == b'-').count() == 4 && letters + digits == 32 {
        return Shape::Uuid;
    }
    if digits >= 6
        && letters <= 3
        && (value.contains('-') || value.contains('/'))
        && value.as_bytes()[0].is_ascii_digit()
    {
        let dashes = value.bytes().filter(|b| matches!(b, b'-' | b'/')).count();
        if dashes >= 2 {
            return if value.contains(':') { Shape::Datetime } else { Shape::Date };
        }
    }
    if letters == 0 && digits > 0 {
        let body = value.trim_start_matches(['-', '+']);
        if body.bytes().all(|b| b.is_ascii_digit()) && !value.starts_with('+') {
            return Shape::Integer;
        }
        if body.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') && !value.starts_with('+') {
            return Shape::Number;
        }
        if digits >= 7 {
            return Shape::Phone;
        }
    }
    if value.contains(' ') {
        Shape::Words
    } else if digits > 0 || value.contains('_') {
        Shape::Code
    } else {
        Shape::Word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(list: &[&str]) -> Vec<String> {
        list.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn shared_values_tell_more_than_shared_flags() {
        let long = agreement(&of(&["2182162682", "2319384765"]), &of(&["2319384765"]));
        assert!(long.shared > 0.9 && long.shape > 0.9);
        assert!(agreement(&of(&["true"]), &of(&["true", "false"])).shared < 0.2);
        assert!(agreement(&of(&["a@b.co"]), &of(&["2020-12-30 3:15:52"])).shape < -0.9);
        assert_eq!(agreement(&[], &of(&["x"])), Agreement::default());
    }
}
