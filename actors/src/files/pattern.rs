//! Which files are meant: one by its name, or all that a pattern matches. Pure.

use autonomos_runtime::{Error, Result};
use globset::{GlobBuilder, GlobMatcher};

use super::path::{self, Name};

/// Folders inside folders that are looked into.
pub const DEEPEST: usize = 16;
/// Names looked at.
const MOST: usize = 1_000_000;

/// See the module.
#[derive(Debug)]
pub enum Pattern {
    /// This one, if it is there.
    One(Name),
    /// Those that match.
    Many(Many),
}

/// A pattern with wildcards.
#[derive(Debug)]
pub struct Many {
    text: String,
    folder: String,
    matcher: GlobMatcher,
}

impl Pattern {
    /// Checks what a caller asked for.
    pub fn parse(text: &str) -> Result<Self> {
        path::check(text, true)?;
        if !has_wildcards(text) {
            return Ok(Self::One(Name::parse(text)?));
        }
        let glob = GlobBuilder::new(text).literal_separator(true).build().map_err(|e| {
            Error::invalid("path.bad_pattern", format!("`{text}` is not a pattern: {}.", e.kind()))
                .field("path")
                .remedy("Use * for any name, ** for any folders, ? for one character, [a-z] and {a,b} for choices.")
        })?;
        let base = text.rsplit_once('/').map_or("", |(folders, _)| folders);
        let plain: Vec<&str> = base.split('/').take_while(|part| !part.is_empty() && !has_wildcards(part)).collect();
        Ok(Self::Many(Many { text: text.to_owned(), folder: plain.join("/"), matcher: glob.compile_matcher() }))
    }
}

impl Many {
    /// The folder that all of them are in; empty: the tenant's own.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// Whether a name matches. Hidden ones never do, nor what lies too deep beneath [`Self::folder`].
    pub fn is_match(&self, name: &str) -> bool {
        let beneath = name.get(self.folder.len()..).unwrap_or_default().trim_start_matches('/');
        !beneath.split('/').any(|part| part.starts_with('.'))
            && beneath.split('/').count() <= DEEPEST + 1
            && self.matcher.is_match(name)
    }

    /// Refuses a pattern that means too much, as soon as that is seen.
    pub fn bound(&self, found: usize, looked: usize, most: usize) -> Result<()> {
        if found <= most && looked <= MOST {
            return Ok(());
        }
        Err(Error::too_large("path.too_many_files", format!("`{}` matches more than {most} files.", self.text))
            .field("path")
            .remedy("Use a narrower pattern, or combine the files."))
    }
}

/// Whether a path has wildcards.
fn has_wildcards(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn many(text: &str) -> Many {
        match Pattern::parse(text).unwrap() {
            Pattern::Many(many) => many,
            Pattern::One(name) => panic!("{name:?} is one"),
        }
    }

    #[test]
    fn what_is_meant() {
        assert!(matches!(Pattern::parse("crm/a.csv").unwrap(), Pattern::One(name) if name.as_str() == "crm/a.csv"));
        assert_eq!(["*.csv", "crm/*.csv", "a/b/**/c?/*.tsv"].map(|p| many(p).folder().to_owned()), ["", "crm", "a/b"]);
        for (pattern, name, yes) in [
            ("*.csv", "a.csv", true),
            ("*.csv", "crm/a.csv", false),
            ("**", "crm/a.csv", true),
            ("**", ".notes/a", false),
            ("**", "crm/.tmp/a", false),
            ("crm/**/*.csv", "crm/2024/a.csv", true),
            ("crm/**", "other/a.csv", false),
        ] {
            assert_eq!(many(pattern).is_match(name), yes, "{pattern} {name}");
        }
        assert!(!many("**").is_match(&format!("{}f", "d/".repeat(DEEPEST + 1))));
        for (bad, code) in [("[", "path.bad_pattern"), ("../*", "path.invalid"), ("", "path.invalid")] {
            assert_eq!(Pattern::parse(bad).unwrap_err().code, code);
        }
    }
}
