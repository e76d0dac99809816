//! Words of field names: how a name is cut into words, and which words are the same word.
//!
//! Guarantee: pure and deterministic; the same name gives the same words on every machine. Known words are small numbers
//! (places in a table built once), unknown ones are a hash with the top bit set, so comparing words is comparing integers.
//! A crash cannot do anything to it: the tables are constants.
//!
//! A name is cut at `.`, `[]`, separators and case changes; glued words (`numberofemployees`) are cut by the dictionary;
//! inflections and abbreviations fold to one word (`modified`, `upd` to `update`); word pairs that are one notion become one
//! word (`zip code` to `postal`, `given name` to `firstname`). Synonyms that are only sometimes the same (company, account,
//! client) stay apart here and meet in [`Words::group`].

use std::sync::OnceLock;

use hashbrown::HashMap;
use smallvec::SmallVec;

/// A word: its place in the table, or for an unknown word a hash with the top bit set.
pub type Word = u32;

/// The words of one name, without allocation in the usual case.
pub type WordList = SmallVec<[Word; 10]>;

/// The dictionary, built once.
#[derive(Debug)]
pub struct Words {
    ids: HashMap<&'static str, Word, ahash::RandomState>,
    names: Vec<&'static str>,
    pairs: HashMap<(Word, Word), Word, ahash::RandomState>,
    groups: Vec<Word>,
    stable: Vec<u32>,
    date: Word,
    no: Word,
    number: Word,
}

/// One line a word: `word variant variant ...`.
const DICTIONARY: &str = include_str!("model/words.txt");

/// Pairs of words that are one notion, after folding: `first second = word`.
const PAIRS: &str = include_str!("model/pairs.txt");

/// Words that often stand for one another: `word word word ...`; the first names the group.
const GROUPS: &str = include_str!("model/groups.txt");

/// The dictionary shared by the whole process.
pub fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(Words::build)
}

const UNKNOWN: Word = 1 << 31;
const LONGEST: usize = 15;

/// Two-letter words that may be part of a glued word.
const SHORT: [&str; 15] = ["or", "id", "at", "on", "is", "hs", "by", "of", "to", "no", "ip", "db", "tz", "cd", "ts"];

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'))
}

/// FNV-1a: fixed for ever, because learned weights are looked up by it.
pub fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(*b)).wrapping_mul(0x0100_0193))
}

impl Words {
    fn build() -> Self {
        let fixed = ahash::RandomState::with_seeds(1, 2, 3, 4);
        let mut made = Self {
            ids: HashMap::with_hasher(fixed.clone()),
            names: Vec::new(),
            pairs: HashMap::with_hasher(fixed),
            groups: Vec::new(),
            stable: Vec::new(),
            date: 0,
            no: 0,
            number: 0,
        };
        for line in lines(DICTIONARY) {
            let mut parts = line.split_whitespace();
            let Some(head) = parts.next() else { continue };
            let id = made.known(head);
            for variant in parts {
                made.ids.entry(variant).or_insert(id);
            }
        }
        for line in lines(PAIRS) {
            let parts: Vec<&'static str> = line.split_whitespace().collect();
            if let [first, second, _, whole] = parts[..] {
                let (first, second, whole) = (made.known(first), made.known(second), made.known(whole));
                made.pairs.insert((first, second), whole);
            }
        }
        let mut groups: Vec<Word> = (0..made.names.len() as Word).collect();
        for line in lines(GROUPS) {
            let members: Vec<Word> = line.split_whitespace().map(|w| made.known(w)).collect();
            groups.resize(made.names.len(), 0);
            for member in &members {
                groups[*member as usize] = members[0];
            }
        }
        let known = groups.len();
        groups.extend(known as Word..made.names.len() as Word);
        made.groups = groups;
        made.date = made.known("date");
        made.no = made.known("no");
        made.number = made.known("number");
        made.stable = made.names.iter().map(|n| hash(n.as_bytes()) & !UNKNOWN).collect();
        made
    }

    fn known(&mut self, word: &'static str) -> Word {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        let id = self.names.len() as Word;
        self.names.push(word);
        self.ids.insert(word, id);
        id
    }

    /// The word for a lower-case string as it stands: known, its singular known, or a hash.
    pub fn word(&self, text: &str) -> Word {
        self.lookup(text).unwrap_or_else(|| UNKNOWN | hash(singular(text).as_bytes()))
    }

    fn lookup(&self, text: &str) -> Option<Word> {
        if let Some(id) = self.ids.get(text) {
            return Some(*id);
        }
        let short = singular(text);
        if short.len() < text.len() { self.ids.get(short).copied() } else { None }
    }

    /// The spelling of a known word.
    pub fn name(&self, word: Word) -> Option<&'static str> {
        self.names.get(word as usize).copied()
    }

    /// How many known words there are; known words are the numbers below it.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether the dictionary is empty (it never is).
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The word that stands for all its near-synonyms (company, organization, client: account).
    pub fn group(&self, word: Word) -> Word {
        self.groups.get(word as usize).copied().unwrap_or(word)
    }

    /// A number for the word that does not depend on the dictionary's order: what learned weights are kept under.
    pub fn stable(&self, word: Word) -> u32 {
        self.stable.get(word as usize).copied().unwrap_or(word & !UNKNOWN)
    }

    /// Whether the dictionary knows the word.
    pub fn is_known(&self, word: Word) -> bool {
        word & UNKNOWN == 0
    }

    /// All words of a path, its segments joined: `properties.hs_lastmodifieddate` gives properties, hs, last, update, date.
    pub fn of(&self, path: &str) -> WordList {
        let mut all = WordList::new();
        for segment in segments(path) {
            self.segment(segment, &mut all);
        }
        all
    }

    /// Appends the words of one path segment.
    pub fn segment(&self, segment: &str, out: &mut WordList) {
        let first = out.len();
        let mut buffer: SmallVec<[u8; 64]> = SmallVec::new();
        let bytes = segment.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let b = bytes[at];
            if !(b.is_ascii_alphanumeric() || b >= 128) {
                self.flush(&mut buffer, out);
                at += 1;
                continue;
            }
            let before = if at == 0 { b' ' } else { bytes[at - 1] };
            let after = bytes.get(at + 1).copied().unwrap_or(b' ');
            let hump = b.is_ascii_uppercase()
                && (before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && after.is_ascii_lowercase()));
            let digits =
                b.is_ascii_digit() && buffer.len() > 2 && before.is_ascii_alphabetic() && !after.is_ascii_alphabetic();
            if hump || digits {
                self.flush(&mut buffer, out);
            }
            buffer.push(b.to_ascii_lowercase());
            at += 1;
        }
        self.flush(&mut buffer, out);
        self.fold(first, out);
    }

    fn flush(&self, buffer: &mut SmallVec<[u8; 64]>, out: &mut WordList) {
        if buffer.is_empty() {
            return;
        }
        if let Ok(text) = std::str::from_utf8(buffer) {
            match self.lookup(text) {
                Some(id) => out.push(id),
                None => self.unglue(text, out),
            }
        }
        buffer.clear();
    }

    /// Cuts a glued word by the dictionary: fewest and longest known words; what cannot be cut whole stays whole.
    fn unglue(&self, text: &str, out: &mut WordList) {
        const NONE: u32 = u32::MAX;
        let n = text.len();
        if (5..=40).contains(&n) && text.is_ascii() {
            // best[i]: least cost of cutting the first i bytes; the square of a word's shortness makes long words cheap
            let mut best = [NONE; 41];
            let mut from = [0_u8; 41];
            best[0] = 0;
            for end in 2..=n {
                for start in end.saturating_sub(LONGEST)..end.saturating_sub(1) {
                    if best[start] == NONE {
                        continue;
                    }
                    let part = text.get(start..end).unwrap_or("");
                    if !self.ids.contains_key(part) || (part.len() == 2 && !SHORT.contains(&part)) {
                        continue;
                    }
                    let cost =
                        best[start] + 10 + if part.len() < 3 { 9 } else { 0 } + if part.len() < 4 { 2 } else { 0 };
                    if cost <= best[end] {
                        best[end] = cost;
                        from[end] = start as u8;
                    }
                }
            }
            let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
            let end = if best[n] == NONE && digits > 0 { n - digits } else { n };
            if best[end] != NONE && end > 0 {
                let mut cuts: SmallVec<[u8; 12]> = SmallVec::new();
                let mut at = end;
                while at > 0 {
                    cuts.push(at as u8);
                    at = from[at] as usize;
                }
                for cut in cuts.iter().rev() {
                    let cut = *cut as usize;
                    if let Some(id) = self.ids.get(text.get(at..cut).unwrap_or("")) {
                        out.push(*id);
                    }
                    at = cut;
                }
                if end < n {
                    out.push(self.word(text.get(end..).unwrap_or("")));
                }
                return;
            }
        }
        out.push(self.word(text));
    }

    /// Joins word pairs from `first` on, left to right, until none is left.
    pub fn join(&self, first: usize, out: &mut WordList) {
        let mut at = first;
        while at + 1 < out.len() {
            if let Some(whole) = self.pairs.get(&(out[at], out[at + 1])) {
                out[at] = *whole;
                out.remove(at + 1);
                at = at.saturating_sub(1).max(first);
            } else {
                at += 1;
            }
        }
    }

    /// Joins pairs from `first` on, and reads a closing `at` or `on` as a date, a closing `no` as a number.
    fn fold(&self, first: usize, out: &mut WordList) {
        if out.len() > first + 1
            && let Some(last) = out.last_mut()
            && *last == self.no
        {
            *last = self.number;
        }
        self.join(first, out);
        if out.len() > first + 1
            && let Some(last) = out.last_mut()
            && matches!(self.name(*last), Some("at" | "on"))
        {
            *last = self.date;
        }
    }
}

/// Path segments without their `[]`, outermost first.
pub fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split(['.', '/', '[', ']', ':', '#']).filter(|s| !s.is_empty())
}

fn singular(text: &str) -> &str {
    let n = text.len();
    if n > 3 && text.ends_with('s') && !text.ends_with("ss") && !text.ends_with("us") && !text.ends_with("is") {
        text.get(..n - 1).unwrap_or(text)
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spell(path: &str) -> Vec<&'static str> {
        words().of(path).iter().map(|w| words().name(*w).unwrap_or("?")).collect()
    }

    #[test]
    fn names_are_cut_and_folded() {
        assert_eq!(spell("properties.hs_lastmodifieddate"), ["properties", "hs", "last", "update", "date"]);
        assert_eq!(spell("numberofemployees"), ["number", "of", "employee"]);
        assert_eq!(spell("emails[].email"), ["email", "email"]);
        assert_eq!(spell("createdOn"), ["create", "date"]);
        assert_eq!(spell("MailingPostalCode"), ["mailing", "postal"]);
        assert_eq!(spell("DBInstanceIdentifier"), ["database", "instance", "id"]);
        assert_eq!(spell("zip_code"), spell("PostCode"));
        assert_eq!(spell("given_name"), spell("fname"));
        assert_eq!(spell("PhoneNumber"), spell("tel"));
        assert_eq!(spell("orgid"), ["organization", "id"]);
        assert_eq!(spell("stateorprovince"), ["state", "or", "province"]);
        assert_eq!(spell("_ownerid_value"), ["owner", "id"]);
        assert_eq!(spell("No_of_Employees"), spell("number employees"));
        assert_eq!(spell("emailaddress1"), ["email", "1"]);
    }

    #[test]
    fn groups_join_what_stays_apart() {
        let w = words();
        assert_ne!(w.word("company"), w.word("account"));
        assert_eq!(w.group(w.word("company")), w.group(w.word("organisation")));
        assert!(!w.is_known(w.word("zzyzx")));
        assert_eq!(w.word("zzyzxs"), w.word("zzyzx"));
    }
}
