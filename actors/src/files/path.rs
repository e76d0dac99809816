//! Names inside a tenant's folder: relative, plain, short. Pure.

use autonomos_runtime::{Error, Result};

/// Longest name of a file with its folders.
const LONGEST: usize = 1_024;
/// Longest part of it.
const PART: usize = 255;
/// Most folders.
const DEEPEST: usize = 16;

/// A checked name: parts joined by `/`, none of them empty, `.`, `..` or hidden.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// Checks what a caller asked for.
    pub fn parse(text: &str) -> Result<Self> {
        check(text, false)?;
        Ok(Self(text.to_owned()))
    }

    /// The whole.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its parts.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }
}

/// Checks a name or (with wildcards) a pattern.
pub fn check(text: &str, pattern: bool) -> Result<()> {
    let refuse = |message: &'static str, remedy: &'static str| {
        Err(Error::invalid("path.invalid", message).field("path").remedy(remedy))
    };
    if text.is_empty() {
        return refuse("The path is empty.", "Name a file, such as crm/accounts.csv.");
    }
    if text.len() > LONGEST {
        return refuse("The path is longer than 1,024 bytes.", "Use shorter names.");
    }
    if text.starts_with('/') || text.contains('\\') || text.get(1..3) == Some(":/") {
        return refuse(
            "The path is absolute or uses backslashes.",
            "Give a path relative to your folder, with / between parts.",
        );
    }
    if text.chars().any(char::is_control) {
        return refuse("The path holds control characters.", "Use printable characters only.");
    }
    if !pattern && text.contains(['*', '?', '[', ']', '{', '}']) {
        return refuse("The path holds wildcard characters.", "Leave out * ? [ ] { } in names of files.");
    }
    let mut parts = 0;
    for part in text.split('/') {
        parts += 1;
        if part == ".." {
            return refuse("The path leaves your folder.", "Leave out `..`.");
        }
        if part.is_empty() || part == "." {
            return refuse("The path has an empty part or a single dot.", "Write it as folder/file.csv.");
        }
        if part.starts_with('.') {
            return refuse("Names that start with a dot are reserved.", "Choose a name without a leading dot.");
        }
        if part.len() > PART {
            return refuse("A part of the path is longer than 255 bytes.", "Use shorter names.");
        }
    }
    if parts > DEEPEST {
        return refuse("The path has more than 16 parts.", "Use fewer folders.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_named() {
        for good in ["a.csv", "crm/accounts 2024.csv", "ä/b-c_d.parquet", "a..b"] {
            assert!(Name::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            "./a",
            ".hidden",
            "a/.tmp/x",
            "a\\b",
            "C:/x",
            "a\0b",
            "a\nb",
            "*.csv",
            "..",
            "\u{7f}",
        ] {
            assert_eq!(Name::parse(bad).unwrap_err().code, "path.invalid", "{bad:?}");
        }
        assert!(Name::parse(&"a/".repeat(20)).is_err());
        assert!(Name::parse(&"x".repeat(300)).is_err());
        assert!(check("crm/**/*.{csv,tsv}", true).is_ok());
    }
}
