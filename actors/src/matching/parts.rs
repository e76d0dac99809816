//! Fields that were split into several or merged into one.
//!
//! Guarantee: pure; only shapes that are clear from the names are found: a name every part ends or begins with
//! (`currency` and `balance_currency`, `fee_currency`), and the few wholes everybody knows (full name, address, amount
//! with currency, date with time). A crash cannot do anything to it.

use std::sync::OnceLock;

use super::declared::{Family, Relation, relation};
use super::sides::{Reading, Side};
use super::words::{Word, words};

/// A whole on one side and its parts on the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Whether the whole was there before (a split) or after (a merge).
    pub split: bool,
    /// Place of the whole on its side.
    pub whole: usize,
    /// Places of the parts on the other side.
    pub members: Vec<usize>,
    /// Whether the parts are known parts of such a whole, not just names with the same ending.
    pub known: bool,
}

/// `whole: part part part`: wholes and the parts they are commonly cut into; at least two must be there.
const WHOLES: &str = "\
fullname name contact: firstname lastname middle salutation
address location mailing billing shipping: street city province postal country line state zip
date: day month year
timestamp datetime: day time
coordinates location geo position latlng: latitude longitude lat lng lon long
money price amount: amount currency
phone: area extension prefix
dimensions size: width height length depth
period range interval: start end from to";

fn wholes() -> &'static Vec<(Vec<Word>, Vec<Word>)> {
    static TABLE: OnceLock<Vec<(Vec<Word>, Vec<Word>)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let w = words();
        let list = |text: &str| text.split_whitespace().map(|t| w.word(t)).collect();
        WHOLES.lines().filter_map(|l| l.split_once(':')).map(|(a, b)| (list(a), list(b))).collect()
    })
}

/// Finds splits and merges, splits first, the fullest first.
pub fn find(r: &Reading<'_>) -> Vec<Parts> {
    // a flood of changes is a new schema, not a split
    if r.removed.len() * r.added.len() > 40_000 {
        return Vec::new();
    }
    let mut found = one_way(&r.removed, &r.added, true, r);
    found.extend(one_way(&r.added, &r.removed, false, r));
    found.sort_by_key(|p| (!p.known, std::cmp::Reverse(p.members.len()), p.whole));
    found
}

fn one_way(wholes_of: &[Side<'_>], parts_of: &[Side<'_>], split: bool, r: &Reading<'_>) -> Vec<Parts> {
    let mut out = Vec::new();
    for (at, whole) in wholes_of.iter().enumerate() {
        if let Some(parts) = known(whole, parts_of) {
            out.push(Parts { split, whole: at, members: parts, known: true });
            continue;
        }
        if let Some(parts) = states(whole, parts_of).filter(|_| !split) {
            out.push(Parts { split, whole: at, members: parts, known: false });
            continue;
        }
        let mut parts: Vec<usize> = (0..parts_of.len())
            .filter(|k| ends_with(&parts_of[*k], whole) && goes_with(&parts_of[*k], whole))
            .collect();
        // a field that stands where the other stood was renamed
        let in_place = |k: &usize| {
            let (i, j) = if split { (at, *k) } else { (*k, at) };
            r.order.telling && r.order.removed[i] == r.order.added[j]
        };
        if parts.iter().any(in_place) {
            parts.clear();
        }
        // two that became one are as often one that was renamed and one that went
        if parts.len() >= if split { 2 } else { 3 } {
            out.push(Parts { split, whole: at, members: parts, known: false });
        }
    }
    out
}

fn goes_with(part: &Side<'_>, whole: &Side<'_>) -> bool {
    matches!(relation(part.family, whole.family), Relation::Same | Relation::Unknown | Relation::Near)
}

/// Whether the part's name is the whole's with something before it.
fn ends_with(part: &Side<'_>, whole: &Side<'_>) -> bool {
    let w = words();
    let (long, short) = (&part.words, &bare(whole));
    // `id`, `date` and their like end half of all names
    let telling = short.iter().any(|x| {
        !matches!(
            w.name(*x),
            Some("id" | "date" | "name" | "type" | "code" | "number" | "amount" | "status" | "value" | "count")
        )
    });
    telling
        && part.words != whole.words
        && long.len() > short.len()
        && (long[long.len() - short.len()..] == short[..] || misspelled(&part.field.name, &whole.field.name))
}

/// Words that set a whole apart from its parts without meaning anything of their own.
const PLAIN: &str = "raw common base old default main generic all general combined legacy";

/// Whether one name ends with the other but for one letter.
fn misspelled(long: &str, short: &str) -> bool {
    let (long, short): (Vec<char>, Vec<char>) = (long.chars().collect(), short.chars().collect());
    short.len() >= 6
        && long.len() > short.len()
        && long[long.len() - short.len()..].iter().zip(&short).filter(|(a, b)| a != b).count() == 1
}

fn bare(side: &Side<'_>) -> Vec<Word> {
    static PLAIN_WORDS: OnceLock<Vec<Word>> = OnceLock::new();
    let plain = PLAIN_WORDS.get_or_init(|| PLAIN.split_whitespace().map(|t| words().word(t)).collect());
    let kept: Vec<Word> = side.words.iter().copied().filter(|x| !plain.contains(x)).collect();
    if kept.is_empty() { side.words.to_vec() } else { kept }
}

/// Flags of state that became one status: `closed` and `forgiven` to `status`.
fn states(whole: &Side<'_>, parts_of: &[Side<'_>]) -> Option<Vec<usize>> {
    let status = words().word("status");
    if whole.words.last() != Some(&status) || whole.family != Family::Text {
        return None;
    }
    let flags: Vec<usize> = (0..parts_of.len())
        .filter(|k| {
            let name = parts_of[*k].field.name.to_ascii_lowercase();
            parts_of[*k].family == Family::Boolean && (name.ends_with("ed") || name.ends_with("en"))
        })
        .collect();
    (flags.len() >= 2).then_some(flags)
}

fn known(whole: &Side<'_>, parts_of: &[Side<'_>]) -> Option<Vec<usize>> {
    if !matches!(whole.family, Family::Text | Family::Unknown | Family::Nested | Family::Date | Family::Datetime) {
        return None;
    }
    let last = whole.core.last()?;
    for (names, members) in wholes() {
        if !names.contains(last) || whole.core.len() > 2 {
            continue;
        }
        let rest = &whole.core[..whole.core.len() - 1];
        let mut met: Vec<Word> = Vec::new();
        let mut parts = Vec::new();
        for (k, part) in parts_of.iter().enumerate() {
            let Some(end) = part.core.last().filter(|e| members.contains(e) && !met.contains(e)) else { continue };
            let strange = part.core.iter().any(|x| x != end && x != last && !rest.contains(x) && !members.contains(x));
            if !strange && end != last {
                met.push(*end);
                parts.push(k);
            }
        }
        if parts.len() >= 2 {
            return Some(parts);
        }
    }
    None
}
