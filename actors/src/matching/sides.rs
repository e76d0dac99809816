//! A schema change read for pairing: what went, what came, and what each field's name, type and place say.
//!
//! Guarantee: pure and deterministic. A crash cannot do anything to it.

use hashbrown::{HashMap, HashSet};
use smallvec::SmallVec;

use super::change::{RepairCase, RepairField};
use super::declared::{Family, family};
use super::flags::{Saying, saying, tokens};
use super::lexicon::{clean, lexicon, set_hash};
use super::likeness::{stem, tables};
use super::order::{Order, order};
use super::words::{Word, WordList, words};

/// Containers that say nothing about what is inside, as stems.
const PLACES: [&str; 8] = ["properti", "property", "attribut", "field", "valu", "data", "additional", "item"];

/// One side of a pair, read once.
#[derive(Debug)]
pub struct Side<'a> {
    /// The field.
    pub field: &'a RepairField,
    /// Its family of types.
    pub family: Family,
    /// Its words without wrappers.
    pub words: WordList,
    /// Its words without wrappers and without those of the object.
    pub core: WordList,
    pub(super) squashed: String,
    pub(super) leaf: String,
    pub(super) parent: String,
    pub(super) notions: SmallVec<[(u16, bool); 8]>,
    pub(super) saying: Saying,
    pub(super) tokens: Vec<String>,
    pub(super) stems: Vec<String>,
    pub(super) parents: Vec<String>,
}

/// A case read for pairing: what went, what came, and where they stood.
#[derive(Debug)]
pub struct Reading<'a> {
    /// Fields that are gone.
    pub removed: Vec<Side<'a>>,
    /// Fields that are new.
    pub added: Vec<Side<'a>>,
    /// Where they stood.
    pub order: Order,
}

/// Reads a case.
pub fn read(case: &RepairCase) -> Reading<'_> {
    let (w, t) = (words(), tables());
    let mut object = w.of(&case.object);
    object.retain(|word| !t.noise.contains(word));
    let system: WordList = case.system.as_deref().map(|s| w.of(s)).unwrap_or_default();
    let old: HashSet<&str> = case.before.iter().map(|f| f.name.as_str()).collect();
    let new: HashSet<&str> = case.after.iter().map(|f| f.name.as_str()).collect();
    let before: Vec<&str> = case.before.iter().map(|f| f.name.as_str()).collect();
    let after: Vec<&str> = case.after.iter().map(|f| f.name.as_str()).collect();
    let side = |f| side(f, &object, &system);
    Reading {
        removed: case.before.iter().filter(|f| !new.contains(f.name.as_str())).map(side).collect(),
        added: case.after.iter().filter(|f| !old.contains(f.name.as_str())).map(side).collect(),
        order: order(&before, &after),
    }
}

fn side<'a>(field: &'a RepairField, object: &[Word], system: &[Word]) -> Side<'a> {
    let (w, t, l) = (words(), tables(), lexicon());
    let mut all = w.of(&field.name);
    let whole = all.clone();
    all.retain(|word| !t.noise.contains(word) && !system.contains(word));
    if all.is_empty() {
        all = whole;
    }
    let mut core = all.clone();
    core.retain(|word| !object.iter().any(|o| o == word || (w.group(*o) == w.group(*word) && w.is_known(*word))));
    core.retain(|word| *word != t.is);
    if core.is_empty() {
        core.clone_from(&all);
    }
    let (parent, leaf) = match field.name.rfind(['.', '/']) {
        Some(at) => (field.name.get(..at).unwrap_or(""), field.name.get(at + 1..).unwrap_or("")),
        None => ("", field.name.as_str()),
    };
    let squash = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let mut notions: SmallVec<[(u16, bool); 8]> = SmallVec::new();
    let mut leaf_words = WordList::new();
    w.segment(leaf, &mut leaf_words);
    leaf_words.retain(|word| !t.noise.contains(word) && !system.contains(word));
    for mut list in [all.clone(), core.clone(), leaf_words] {
        clean(w, &mut list);
        for hit in l.exact(set_hash(w, &list)) {
            let name = l.targets[hit.target as usize].name;
            match notions.iter_mut().find(|n| n.0 == name) {
                Some(known) => known.1 &= hit.weak,
                None => notions.push((name, hit.weak)),
            }
        }
    }
    let parts = tokens(leaf);
    Side {
        stems: parts.iter().map(|t| stem(t)).filter(|t| !t.is_empty()).collect(),
        tokens: parts,
        parents: tokens(parent).iter().map(|t| stem(t)).filter(|t| !PLACES.contains(&t.as_str())).collect(),
        field,
        family: family(field.data_type.as_deref()),
        words: all,
        core,
        squashed: squash(&field.name),
        leaf: squash(leaf),
        parent: parent.to_owned(),
        notions,
        saying: saying(&field.name),
    }
}

/// The pairs worth weighing: all of them while they are few, else those that share a word, a place or a name's start.
pub fn candidates(reading: &Reading<'_>) -> Vec<(usize, usize)> {
    let (old, new) = (reading.removed.len(), reading.added.len());
    if old * new <= 40_000 {
        return (0..old).flat_map(|i| (0..new).map(move |j| (i, j))).collect();
    }
    let (w, t) = (words(), tables());
    let mut by_word: HashMap<Word, Vec<usize>> = HashMap::new();
    for (j, side) in reading.added.iter().enumerate() {
        for word in side.core.iter().filter(|x| !t.light.contains(*x)) {
            by_word.entry(w.group(*word)).or_default().push(j);
        }
    }
    let mut pairs = HashSet::new();
    for (i, side) in reading.removed.iter().enumerate() {
        for word in side.core.iter().filter(|x| !t.light.contains(*x)) {
            // a word that everything has tells nothing
            if let Some(list) = by_word.get(&w.group(*word)).filter(|l| l.len() <= 200) {
                pairs.extend(list.iter().map(|j| (i, *j)));
            }
        }
        if reading.order.telling && reading.order.removed[i].count <= 50 {
            let same = |j: &usize| reading.order.added[*j] == reading.order.removed[i];
            let from = reading.order.added.partition_point(|s| s.gap < reading.order.removed[i].gap);
            pairs.extend(
                (from..new)
                    .take_while(|j| reading.order.added[*j].gap == reading.order.removed[i].gap)
                    .filter(same)
                    .map(|j| (i, j)),
            );
        }
    }
    let mut pairs: Vec<(usize, usize)> = pairs.into_iter().collect();
    pairs.sort_unstable();
    pairs
}
