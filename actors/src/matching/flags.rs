//! Names that say the opposite of each other: `deactivated` and `is_active`, `hidden` and `visible`, `opt_in` and `opt_out`.
//!
//! Guarantee: pure. A rename between two such names flips every value, so the repair never offers it as a plain one.
//! A crash cannot do anything to it.

use std::sync::OnceLock;

use hashbrown::HashMap;

/// Opposite senses, one axis a line: `plus words | minus words`.
const AXES: &str = include_str!("model/opposites.txt");

type Sense = (u16, bool);

fn table() -> &'static HashMap<&'static str, Vec<Sense>> {
    static TABLE: OnceLock<HashMap<&'static str, Vec<Sense>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: HashMap<&'static str, Vec<Sense>> = HashMap::new();
        for (axis, line) in AXES.lines().filter(|l| !l.starts_with('#')).enumerate() {
            let Some((plus, minus)) = line.split_once('|') else { continue };
            for (words, sign) in [(plus, true), (minus, false)] {
                for word in words.split_whitespace() {
                    table.entry(word).or_default().push((axis as u16, sign));
                }
            }
        }
        table
    })
}

/// What a name says: its senses, its other words, and whether it is negated as a whole.
#[derive(Debug, Default)]
pub struct Saying {
    senses: Vec<Sense>,
    words: Vec<String>,
    negated: bool,
}

/// Reads a name.
pub fn saying(path: &str) -> Saying {
    let mut made = Saying::default();
    let parts = tokens(path);
    let mut at = 0;
    while at < parts.len() {
        let part = parts[at].as_str();
        let pair = parts.get(at + 1).map(|next| format!("{part}{next}"));
        if let Some(senses) = pair.as_deref().and_then(|p| table().get(p)) {
            made.senses.extend(senses);
            at += 2;
            continue;
        }
        match part {
            "not" | "non" | "no" | "never" | "dont" | "isnt" | "without" | "cannot" | "cant" => {
                made.negated = !made.negated;
            }
            _ => match table().get(part) {
                Some(senses) => made.senses.extend(senses),
                None => made.words.push(part.to_owned()),
            },
        }
        at += 1;
    }
    made
}

/// Whether one name says the opposite of the other.
pub fn opposite(a: &Saying, b: &Saying) -> bool {
    let flip = a.negated != b.negated;
    let mut met = false;
    for (axis, sign) in &a.senses {
        for (other, against) in &b.senses {
            if axis == other {
                met = true;
                if (sign != against) != flip {
                    return true;
                }
            }
        }
    }
    if flip && !met {
        // `not_billable` and `billable`: negation alone, about the same thing
        let content = |w: &&String| !matches!(w.as_str(), "is" | "has" | "do" | "flag" | "id" | "date");
        return a.words.iter().filter(content).any(|w| b.words.contains(w));
    }
    a.words.iter().any(|w| b.words.iter().any(|v| negates(w, v) || negates(v, w)))
}

/// Whether `longer` is `word` with a negating prefix.
fn negates(word: &str, longer: &str) -> bool {
    word.len() >= 4
        && ["un", "in", "im", "ir", "il", "dis", "de", "non", "anti"]
            .iter()
            .any(|p| longer.strip_prefix(p).is_some_and(|rest| rest == word))
}

/// The words of a name in lower case, as they are spelled.
pub fn tokens(path: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut lower_before = false;
    for c in path.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && lower_before) {
            if !word.is_empty() {
                out.push(std::mem::take(&mut word));
            }
            if !c.is_alphanumeric() {
                lower_before = false;
                continue;
            }
        }
        lower_before = c.is_lowercase();
        word.extend(c.to_lowercase());
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opposites_are_seen() {
        for (a, b) in [
            ("deactivated", "is_active"),
            ("isActive", "archived"),
            ("hidden", "visible"),
            ("disabled", "enabled"),
            ("is_private", "is_public"),
            ("active_flag", "is_deleted"),
            ("_fivetran_deleted", "_fivetran_active"),
            ("email_opt_out", "email_opt_in"),
            ("HasOptedOutOfEmail", "email_subscribed"),
            ("unsubscribed", "is_subscribed"),
            ("do_not_call", "allow_call"),
            ("not_billable", "billable"),
            ("taxes_excluded", "taxes_included"),
            ("is_unread", "read"),
            ("IsClosed", "is_open"),
            ("livemode", "is_test"),
            ("untracked", "tracked"),
            ("is_inactive", "is_not_inactive"),
            ("suspended", "enabled"),
            ("is_required", "optional"),
        ] {
            assert!(opposite(&saying(a), &saying(b)), "{a} {b}");
            assert!(opposite(&saying(b), &saying(a)), "{b} {a}");
        }
    }

    #[test]
    fn the_same_said_otherwise_is_no_opposite() {
        for (a, b) in [
            ("deleted", "is_deleted"),
            ("is_not_active", "inactive"),
            ("not_deleted", "is_active"),
            ("opted_out", "unsubscribed"),
            ("hidden", "is_hidden"),
            ("created_at", "created_date"),
            ("disabled", "deactivated"),
            ("number", "total"),
            ("invoice_id", "payable_id"),
            ("note", "notes"),
        ] {
            assert!(!opposite(&saying(a), &saying(b)), "{a} {b}");
        }
    }
}
