//! How near two different values of a comparison are: a small number of levels, each of which is worth something else as
//! evidence. Level 0 is equality; the last one of a kind is "different".
//!
//! What counts as near depends on the kind alone and never on the data, so that a pair's levels are a pure function of
//! the pair.

use autonomos_runtime::canonical::identity::CompareKind;

use super::distance::{Scratch, possible, within};
use super::pool::Pool;

/// Levels a kind may have.
pub(crate) const LEVELS: usize = 4;
/// In a pattern: a value is missing on one side.
pub(crate) const ABSENT: u8 = 15;

/// How many levels a kind has.
pub(crate) const fn levels(kind: CompareKind) -> usize {
    match kind {
        CompareKind::Category | CompareKind::Exact => 2,
        CompareKind::Domain | CompareKind::Phone | CompareKind::Place | CompareKind::Postcode | CompareKind::Date => 3,
        CompareKind::Company | CompareKind::Person | CompareKind::Email | CompareKind::Street => 4,
    }
}

/// The words for a level, for people.
pub(crate) const fn word(kind: CompareKind, level: u8) -> &'static str {
    if level == ABSENT {
        return "missing";
    }
    match level {
        0 => "equal",
        _ if level as usize + 1 == levels(kind) => "different",
        1 => "near",
        _ => "alike",
    }
}

/// Whether a level counts as agreement, for what depends on it.
pub(crate) const fn agrees(kind: CompareKind, level: u8) -> bool {
    level == 0 || (level == 1 && levels(kind) > 2)
}

/// The level of two values that are both there and not equal.
pub(crate) fn unequal(kind: CompareKind, pool: &Pool, a: u32, b: u32, scratch: &mut Scratch) -> u8 {
    let (edges_a, edges_b) = (pool.outline(a), pool.outline(b));
    let mut near = |most: u32| {
        if possible(edges_a, edges_b, most) { within(pool.bytes(a), pool.bytes(b), most, scratch) } else { None }
    };
    let longer = u32::from(edges_a.len.max(edges_b.len));
    let shorter = u32::from(edges_a.len.min(edges_b.len));
    match kind {
        CompareKind::Category | CompareKind::Exact => 1,
        CompareKind::Phone | CompareKind::Postcode => 2 - u8::from(near(1).is_some()),
        CompareKind::Place => 2 - u8::from(shorter >= 5 && near(1).is_some()),
        CompareKind::Date => {
            let swapped = || day_and_month_swapped(pool.bytes(a), pool.bytes(b));
            2 - u8::from(near(1).is_some() || swapped())
        }
        CompareKind::Street => match near(2) {
            Some(0 | 1) => 1,
            Some(_) => 2,
            None => 3,
        },
        CompareKind::Domain => {
            let close = near(if shorter >= 10 { 2 } else { 1 }).is_some();
            2 - u8::from(close || same_up_to(b'.', pool.bytes(a), pool.bytes(b)))
        }
        CompareKind::Email => {
            if same_up_to(b'@', pool.bytes(a), pool.bytes(b)) {
                1
            } else {
                3 - u8::from(near(2).is_some())
            }
        }
        CompareKind::Company | CompareKind::Person => {
            let most = longer / 4;
            match near(most.max(1)) {
                Some(edits) if edits <= 1 + u32::from(shorter >= 8) => 1,
                found => {
                    let (a, b) = (pool.bytes(a), pool.bytes(b));
                    let words = if kind == CompareKind::Company { company_words(a, b) } else { person_words(a, b) };
                    words.unwrap_or(if found.is_some() { 2 } else { 3 })
                }
            }
        }
    }
}

fn day_and_month_swapped(a: &[u8], b: &[u8]) -> bool {
    a.len() == 8 && b.len() == 8 && a[..4] == b[..4] && a[4..6] == b[6..8] && a[6..8] == b[4..6]
}

/// Whether both begin alike up to a sign that both have.
fn same_up_to(sign: u8, a: &[u8], b: &[u8]) -> bool {
    let head = |text: &[u8]| memchr::memchr(sign, text);
    matches!((head(a), head(b)), (Some(x), Some(y)) if x == y && x >= 3 && a[..x] == b[..y])
}

/// One name goes on with a short word (what is left of a legal form): near. One has all words of the other: alike.
fn company_words(a: &[u8], b: &[u8]) -> Option<u8> {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.starts_with(short) && long[short.len()] == b' ' {
        let rest = &long[short.len() + 1..];
        return Some(if rest.len() <= 4 && !rest.contains(&b' ') && short.len() >= 6 { 1 } else { 2 });
    }
    let has = |word: &[u8]| long.split(|b| *b == b' ').any(|other| other == word);
    let all = short.split(|b| *b == b' ').all(has) && short.len() >= 5;
    all.then_some(2)
}

/// The same last word and the same first letter, or the same words in another order: near. The same last word: alike.
fn person_words(a: &[u8], b: &[u8]) -> Option<u8> {
    let last = |text: &[u8]| text.rsplit(|b| *b == b' ').next().map_or(0, <[u8]>::len);
    let (la, lb) = (last(a), last(b));
    let turned = a.len() == b.len() && {
        let (first, rest) = a.split_at(a.len() - la);
        let first = first.strip_suffix(b" ").unwrap_or(first);
        b.starts_with(rest) && b.get(la) == Some(&b' ') && b.ends_with(first) && !first.is_empty()
    };
    if turned {
        return Some(1);
    }
    let same_last = la >= 3 && a[a.len() - la..] == b[b.len() - lb..];
    // `j doe` and `jane doe`: an initial stands for a name; `jane doe` and `john doe` are two people.
    let initial = same_last && a[0] == b[0] && (a.get(1) == Some(&b' ') || b.get(1) == Some(&b' '));
    if initial {
        return Some(1);
    }
    same_last.then_some(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use CompareKind::{Category, Company, Date, Domain, Email, Person, Phone, Place, Postcode, Street};

    #[test]
    fn near_is_what_people_would_call_so() {
        let mut scratch = Scratch::default();
        for (kind, a, b, level) in [
            (Company, "acme logistics", "acme logisitcs", 1),
            (Company, "acme logistics", "acme logistics inx", 1),
            (Company, "acme logistics", "acme logistics north america", 2),
            (Company, "acme logistics", "logistics of acme", 2),
            (Company, "acme logistics", "apex foods", 3),
            (Company, "acme", "acne", 1),
            (Person, "jane doe", "j doe", 1),
            (Person, "jane doe", "doe jane", 1),
            (Person, "jane doe", "john doe", 2),
            (Person, "jane doe", "mary poppins", 3),
            (Domain, "acme.com", "acme.de", 1),
            (Domain, "acme.com", "amce.com", 1),
            (Domain, "acme.com", "apex.com", 2),
            (Email, "jane.doe@acme.com", "jane.doe@gmail.com", 1),
            (Email, "jane.doe@acme.com", "jane.deo@acme.com", 2),
            (Email, "jane.doe@acme.com", "x@acme.com", 3),
            (Phone, "2125550147", "2125550148", 1),
            (Phone, "2125550147", "2125559999", 2),
            (Street, "12 main st", "12 mian st", 1),
            (Street, "12 main st", "1 man st", 2),
            (Street, "12 main st", "99 elm rd", 3),
            (Postcode, "12345", "12354", 1),
            (Postcode, "12345", "99999", 2),
            (Place, "berlin", "berlim", 1),
            (Place, "rome", "dome", 2),
            (Category, "energy", "media", 1),
            (Date, "19800203", "19800302", 1),
            (Date, "19800203", "19700101", 2),
        ] {
            let mut pool = Pool::default();
            let (x, y) = (pool.intern(a), pool.intern(b));
            assert_eq!(unequal(kind, &pool, x, y, &mut scratch), level, "{kind:?} {a:?} {b:?}");
            assert_eq!(unequal(kind, &pool, y, x, &mut scratch), level, "{kind:?} {b:?} {a:?}");
            assert!((level as usize) < levels(kind));
        }
        assert_eq!(
            (word(Company, 0), word(Company, 3), word(Phone, 2), word(Phone, ABSENT)),
            ("equal", "different", "different", "missing")
        );
    }
}
