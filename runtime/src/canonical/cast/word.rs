//! Words every column may hold instead of a value: nothing, in its many spellings, and yes and no.

use super::{Fault, Parsed};

/// The value without the white space around it.
#[inline]
pub const fn trim(value: &[u8]) -> &[u8] {
    match value {
        // The common case costs two comparisons.
        [first, .., last] if *first > b' ' && *last > b' ' => value,
        _ => value.trim_ascii(),
    }
}

/// Whether a trimmed value stands for no value.
#[inline]
pub fn is_null(word: &[u8]) -> bool {
    match word.len() {
        0 => true,
        1 => word[0] == b'-',
        2 => word == b"\\N",
        3 => word == b"N/A" || word == b"n/a",
        4 => matches!(word, b"null" | b"NULL" | b"none" | b"None" | b"NONE" | b"#N/A"),
        _ => false,
    }
}

/// Yes or no, as sources spell it.
pub fn boolean(value: &[u8]) -> Parsed<bool> {
    let word = trim(value);
    match word {
        b"true" | b"1" => return Ok(Some(true)),
        b"false" | b"0" => return Ok(Some(false)),
        _ if is_null(word) => return Ok(None),
        _ => {}
    }
    let any = |words: &[&str]| words.iter().any(|w| word.eq_ignore_ascii_case(w.as_bytes()));
    if any(&["true", "t", "yes", "y", "on", "1.0"]) {
        Ok(Some(true))
    } else if any(&["false", "f", "no", "n", "off", "0.0"]) {
        Ok(Some(false))
    } else {
        Err(Fault::NotABoolean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_many_spellings() {
        for word in ["", "  ", "N/A", "n/a", "null", "NULL", "none", "None", "-", " - "] {
            assert!(is_null(trim(word.as_bytes())), "{word:?}");
        }
        for word in ["0", "Null Island", "--", "na", "nil", "."] {
            assert!(!is_null(trim(word.as_bytes())), "{word:?}");
        }
    }

    #[test]
    fn yes_and_no() {
        for word in ["true", "TRUE", " Yes ", "y", "1", "on", "T"] {
            assert_eq!(boolean(word.as_bytes()), Ok(Some(true)), "{word:?}");
        }
        for word in ["false", "No", "0", "off", "0.0"] {
            assert_eq!(boolean(word.as_bytes()), Ok(Some(false)), "{word:?}");
        }
        assert_eq!(boolean(b"N/A"), Ok(None));
        assert_eq!(boolean(b"maybe"), Err(Fault::NotABoolean));
    }
}
