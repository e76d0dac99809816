//! How alike two names are: by words and their near-synonyms, by stems and abbreviations, by spelling; and whether they set
//! different things apart.
//!
//! Guarantee: pure and deterministic over hand-written lists. A crash cannot do anything to it.

use std::sync::OnceLock;

use hashbrown::{HashMap, HashSet};
use smallvec::SmallVec;

use super::words::{Word, words};

const KIN: &str = include_str!("model/kin.txt");
const CONTRASTS: &str = include_str!("model/contrasts.txt");

/// Words that carry little: they meet in any two names.
const LIGHT: &str = "id date name type code value number flag key is has of by in to the a for and at on text \
    string field property data list array object record 1 2";

/// Wrappers and prefixes that say where a field comes from and not what it is.
const NOISE: &str = "property properties attribute attributes field fields c hs hubspot stg staging fivetran crm dim fct \
    fact tbl sf dbt additional the of";

/// Things a key may point to: a key of one is not the key of another.
const THINGS: &str = "user account contact lead opportunity deal invoice subscription product plan price charge payment \
    customer organization company person ticket project team group campaign connection integration order item workspace \
    tenant webhook endpoint sync job task card coupon fee wallet credit refund transaction event message conversation note \
    call meeting list segment pipeline stage form page site store warehouse vendor supplier employee department role \
    policy token session device file document folder image tag category brand location contract quote bill application \
    app environment repository branch commit issue comment board sprint channel thread membership";

/// The word lists, built once.
#[derive(Debug)]
pub struct Tables {
    pub(super) light: HashSet<Word>,
    pub(super) noise: HashSet<Word>,
    pub(super) kin: HashMap<Word, SmallVec<[u16; 4]>>,
    pub(super) contrasts: HashMap<Word, SmallVec<[u16; 2]>>,
    pub(super) units: HashSet<Word>,
    pub(super) things: HashSet<Word>,
    pub(super) id: Word,
    pub(super) date: Word,
    pub(super) is: Word,
}

/// The shared word lists.
pub fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let w = words();
        let set = |text: &str| text.split_whitespace().map(|t| w.word(t)).collect::<HashSet<Word>>();
        let mut kin: HashMap<Word, SmallVec<[u16; 4]>> = HashMap::new();
        for (at, line) in KIN.lines().filter(|l| !l.starts_with('#')).enumerate() {
            for word in line.split_whitespace() {
                kin.entry(w.word(word)).or_default().push(at as u16);
            }
        }
        let mut contrasts: HashMap<Word, SmallVec<[u16; 2]>> = HashMap::new();
        for (at, line) in CONTRASTS.lines().filter(|l| !l.starts_with('#')).enumerate() {
            for word in line.split_whitespace().filter(|t| *t != "!") {
                // the lowest bit tells the lines that never meet
                let line = at as u16 * 2 + u16::from(line.starts_with('!'));
                contrasts.entry(w.group(w.word(word))).or_default().push(line);
            }
        }
        Tables {
            light: set(LIGHT),
            noise: set(NOISE),
            kin,
            contrasts,
            units: set("cents minute second hour ms millisecond percent micros unit usd eur gb mb kb byte iso iso8601"),
            things: set(THINGS),
            id: w.word("id"),
            date: w.word("date"),
            is: w.word("is"),
        }
    })
}

/// How near two words are: 1 the same, then near-synonyms.
pub fn nearness(a: Word, b: Word) -> f64 {
    let (all, lists) = (words(), tables());
    if a == b {
        return 1.0;
    }
    if all.is_known(a) && all.is_known(b) && all.group(a) == all.group(b) {
        return 0.8;
    }
    match (lists.kin.get(&a), lists.kin.get(&b)) {
        (Some(x), Some(y)) if x.iter().any(|line| y.contains(line)) => 0.7,
        _ => 0.0,
    }
}

fn weight(word: Word) -> f64 {
    let (w, t) = (words(), tables());
    if t.light.contains(&word) {
        0.35
    } else if w.is_known(word) {
        1.0
    } else {
        1.2
    }
}

/// What two lists of words have in common.
#[derive(Clone, Copy, Debug)]
pub struct Overlap {
    /// Weight in common over the weight of all.
    pub jaccard: f64,
    /// Weight in common.
    pub matched: f64,
    /// Whether a word that carries something is among it.
    pub heavy: bool,
}

/// Compares two lists of words, same words first, then near ones.
pub fn overlap(a: &[Word], b: &[Word]) -> Overlap {
    let (mut used, mut met, mut heavy) = ([false; 32], 0.0, false);
    let total = |list: &[Word]| list.iter().map(|x| weight(*x)).sum::<f64>();
    let (left, right) = (total(a), total(b));
    for least in [1.0, 0.8, 0.7] {
        let mut taken = [false; 32];
        for (i, x) in a.iter().enumerate().take(32) {
            if used[i] {
                continue;
            }
            for (j, y) in b.iter().enumerate().take(32) {
                if !taken[j] && nearness(*x, *y) >= least && nearness(*x, *y) < least + 0.1 {
                    met += least * weight(*x).min(weight(*y));
                    heavy |= weight(*x) >= 1.0 && weight(*y) >= 1.0;
                    used[i] = true;
                    taken[j] = true;
                    break;
                }
            }
        }
    }
    let union = (left + right - met).max(1e-9);
    Overlap { jaccard: (met / union).min(1.0), matched: met, heavy }
}

/// One less the share of edits (insert, delete, replace, swap) between two names.
pub fn spelled_alike(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let longest = a.len().max(b.len());
    if longest == 0 {
        return 0.0;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    1.0 - last[b.len()] as f64 / longest as f64
}

/// A word without its common endings.
pub fn stem(token: &str) -> String {
    const ENDINGS: [&str; 18] = [
        "ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "able", "ized", "ize", "ers", "ed", "es",
        "en", "er", "s", "e",
    ];
    let cut = ENDINGS.iter().find_map(|e| token.strip_suffix(e).filter(|rest| rest.chars().count() >= 3));
    let cut = cut.unwrap_or(token);
    // `rott` of `rotten` and `rot`
    let mut out: String = cut.to_owned();
    let last: Vec<char> = cut.chars().rev().take(2).collect();
    if cut.len() > 3 && last.len() == 2 && last[0] == last[1] {
        out.pop();
    }
    out
}

/// Weighted share of the stems both names have, where an abbreviation or one wrong letter still counts; 1 for an acronym.
pub fn stem_overlap(a: (&[String], &[String]), b: (&[String], &[String])) -> f64 {
    let initials = |list: &[String]| list.iter().filter_map(|t| t.chars().next()).collect::<String>();
    for (short, long) in [(a.0, b.0), (b.0, a.0)] {
        if short.len() == 1 && long.len() >= 3 && short[0] == initials(long) {
            return 1.0;
        }
    }
    let (a, b) = (a.1, b.1);
    let light = |s: &str| {
        matches!(s, "id" | "is" | "has" | "dat" | "nam" | "typ" | "at" | "of" | "on" | "flag" | "valu" | "cod")
    };
    let heft = |s: &String| if light(s) { 0.35 } else { 1.0 };
    let (left, right): (f64, f64) = (a.iter().map(heft).sum(), b.iter().map(heft).sum());
    let mut met = 0.0;
    for x in a {
        let best = b.iter().map(|y| alike(x, y) * heft(x).min(heft(y))).fold(0.0_f64, f64::max);
        met += best;
    }
    let met = met.min(left).min(right);
    met / (left + right - met).max(1e-9)
}

/// How alike two stems are: the same, one the start of the other, or one letter wrong.
pub fn alike(x: &str, y: &str) -> f64 {
    if x == y {
        return 1.0;
    }
    let (short, long) = if x.len() <= y.len() { (x, y) } else { (y, x) };
    if short.len() >= 3 && long.starts_with(short) {
        return 0.8;
    }
    if short.len() >= 5 && spelled_alike(x, y) >= 0.8 { 0.8 } else { 0.0 }
}

/// How often one name has a word of a kind, and the other another word of the same kind instead; and whether the two are
/// never renamed into one another.
pub fn contrasting(a: &[Word], b: &[Word]) -> (f64, bool) {
    let (all, lists) = (words(), tables());
    let lone = |list: &[Word], other: &[Word]| -> Vec<SmallVec<[u16; 2]>> {
        let strange = list.iter().filter(|x| !other.iter().any(|y| nearness(**x, *y) > 0.0));
        strange.filter_map(|x| lists.contrasts.get(&all.group(*x)).cloned()).collect()
    };
    let (left, right) = (lone(a, b), lone(b, a));
    let (mut count, mut never) = (0.0_f64, false);
    for kinds in &left {
        let met: Vec<u16> = kinds.iter().copied().filter(|k| right.iter().any(|other| other.contains(k))).collect();
        count += f64::from(u8::from(!met.is_empty()));
        never |= met.iter().any(|k| k % 2 == 1);
    }
    (count.min(2.0), never)
}
