//! What canonical fields and entities are called elsewhere: the hand-written lexicon, indexed by sets of words and by word.
//!
//! Guarantee: built once from constants; a target is a (entity, field) pair and has one number for the life of the process.
//! Looking up a name costs hash probes only. A crash cannot do anything to it.

use std::sync::OnceLock;

use hashbrown::HashMap;
use smallvec::SmallVec;

use super::words::{Word, WordList, Words, words};

/// The place of a canonical field in [`Lexicon::targets`].
pub type Target = u16;

/// A canonical field of an entity.
#[derive(Debug)]
pub struct TargetInfo {
    /// Place of the entity in [`Lexicon::entities`].
    pub entity: u8,
    /// The canonical field.
    pub field: &'static str,
    /// Its type in the canonical model, as a number (see [`kind`]).
    pub kind: u8,
    /// A number for the field's name alone, the same in every entity.
    pub name: u16,
}

/// One exact meaning of a set of words.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    /// The field meant.
    pub target: Target,
    /// Whether the words often mean something else.
    pub weak: bool,
}

/// A phrase of a target, for partial matches.
#[derive(Debug)]
pub struct Phrase {
    /// The field meant.
    pub target: Target,
    /// Whether the words often mean something else.
    pub weak: bool,
    /// Weight of its words together.
    pub weight: f32,
    /// Its words, each as its group.
    pub groups: WordList,
    /// The group of its last word, which mostly says what kind of thing it is.
    pub head: Word,
}

/// The phrases of one entity by word group.
#[derive(Debug, Default)]
pub struct Postings {
    /// All phrases of the entity.
    pub phrases: Vec<Phrase>,
    /// Word group to the phrases that have it.
    pub by_group: HashMap<Word, Vec<u16>, ahash::RandomState>,
}

/// A name an object of some entity may have.
#[derive(Debug)]
pub struct EntityName {
    /// Place of the entity in [`Lexicon::entities`].
    pub entity: u8,
    /// Its words.
    pub words: WordList,
    /// Whether other things are called so too.
    pub weak: bool,
}

/// The whole lexicon.
#[derive(Debug)]
pub struct Lexicon {
    /// Entity names, in the order of the vocabulary.
    pub entities: Vec<&'static str>,
    /// All canonical fields.
    pub targets: Vec<TargetInfo>,
    /// Names of entities.
    pub names: Vec<EntityName>,
    /// Words by which an entity's fields repeat its name (`dealname`), by entity.
    pub own_words: Vec<WordList>,
    /// The hash of `{entity}_id`, by entity.
    pub own_ids: Vec<u64>,
    /// The target that is the entity's own id, by entity.
    pub own_targets: Vec<Target>,
    /// Phrases by entity.
    pub postings: Vec<Postings>,
    exact: HashMap<u64, SmallVec<[Hit; 4]>, ahash::RandomState>,
    idf: HashMap<Word, f32, ahash::RandomState>,
}

const LEXICON: &str = include_str!("model/lexicon.txt");
const ENTITIES: &str = include_str!("model/entities.txt");

/// The words fields of each entity (in the order of `entities.txt`) repeat of its name.
const OWN: [&str; 12] = [
    "account company organization customer client business firm",
    "contact person",
    "opportunity deal",
    "lead prospect",
    "user agent admin employee member",
    "activity engagement",
    "resource instance server vm machine database cluster",
    "bill line item",
    "health",
    "usage",
    "invoice",
    "subscription",
];

/// The kinds of canonical fields, by number.
pub const KINDS: [&str; 13] = [
    "id", "string", "text", "url", "email", "phone", "integer", "number", "money", "boolean", "date", "datetime", "map",
];

/// How many of the entities are scored ones; the rest are recognised by names alone.
pub const MAIN_ENTITIES: usize = 8;

/// The lexicon shared by the whole process.
pub fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| Lexicon::build(words()))
}

/// The hash of a set of words: the same in any order, whatever the dictionary's numbering.
pub fn set_hash(w: &Words, set: &[Word]) -> u64 {
    set.iter().fold(0x9e37_79b9_7f4a_7c15, |h, word| h.wrapping_add(mix(u64::from(w.stable(*word)))))
}

fn mix(x: u64) -> u64 {
    let x = (x ^ 0xd6e8_feb8_6659_fd93).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

/// Removes repeated words, keeping the first of each.
pub fn dedup(list: &mut WordList) {
    let mut kept = 0;
    for at in 0..list.len() {
        let word = list[at];
        if !list[..kept].contains(&word) {
            list[kept] = word;
            kept += 1;
        }
    }
    list.truncate(kept);
}

impl Lexicon {
    fn build(w: &Words) -> Self {
        let fixed = ahash::RandomState::with_seeds(5, 6, 7, 8);
        let mut made = Self {
            entities: Vec::new(),
            targets: Vec::new(),
            names: Vec::new(),
            own_words: Vec::new(),
            own_ids: Vec::new(),
            own_targets: Vec::new(),
            postings: Vec::new(),
            exact: HashMap::with_hasher(fixed.clone()),
            idf: HashMap::with_hasher(fixed.clone()),
        };
        for line in ENTITIES.lines().filter(|l| !l.starts_with('#')) {
            let Some((entity, names)) = line.split_once(':') else { continue };
            let place = made.entities.len() as u8;
            made.entities.push(entity);
            made.postings.push(Postings { phrases: Vec::new(), by_group: HashMap::with_hasher(fixed.clone()) });
            for name in names.split('|').map(str::trim) {
                let weak = name.starts_with('~');
                let mut words = w.of(name.trim_start_matches('~'));
                dedup(&mut words);
                made.names.push(EntityName { entity: place, words, weak });
            }
        }
        made.own_words = OWN.iter().map(|list| list.split_whitespace().map(|word| w.word(word)).collect()).collect();
        made.own_words.resize(made.entities.len(), WordList::new());
        let mut field_names: HashMap<&'static str, u16> = HashMap::new();
        let mut sections: Vec<u8> = Vec::new();
        let mut phrases: Vec<(Target, bool, WordList)> = Vec::new();
        for line in LEXICON.lines().filter(|l| !l.starts_with('#')) {
            if let Some(list) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                sections = list
                    .split_whitespace()
                    .filter_map(|e| made.entities.iter().position(|x| *x == e).map(|p| p as u8))
                    .collect();
                continue;
            }
            let Some((head, texts)) = line.split_once(':') else { continue };
            let Some((field, kind)) = head.split_once(' ') else { continue };
            let kind = KINDS.iter().position(|k| *k == kind).unwrap_or(1) as u8;
            let next = field_names.len() as u16;
            let name = *field_names.entry(field).or_insert(next);
            for entity in &sections {
                let known = made.targets.iter().position(|t| t.entity == *entity && t.field == field);
                let target = known.unwrap_or_else(|| {
                    made.targets.push(TargetInfo { entity: *entity, field, kind, name });
                    made.targets.len() - 1
                }) as Target;
                phrases.push((target, false, w.of(field)));
                for text in texts.split('|').map(str::trim).filter(|t| !t.is_empty()) {
                    let weak = text.starts_with('~');
                    for spelled in expand(text.trim_start_matches('~')) {
                        phrases.push((target, weak, w.of(&spelled)));
                    }
                }
            }
        }
        for entity in 0..made.entities.len() {
            let own = format!("{}_id", made.entities[entity].replace("cloud_", ""));
            made.own_ids.push(set_hash(w, &w.of(&own)));
            let target = made.targets.iter().position(|t| t.entity as usize == entity && t.field == own);
            made.own_targets.push(target.map_or(Target::MAX, |t| t as Target));
        }
        for (_, _, list) in &mut phrases {
            clean(w, list);
        }
        made.weigh(w, &phrases);
        for (target, weak, list) in &phrases {
            made.add(w, *target, *weak, list);
        }
        made
    }

    fn weigh(&mut self, w: &Words, phrases: &[(Target, bool, WordList)]) {
        let mut seen: HashMap<Word, Vec<u16>> = HashMap::new();
        for (target, _, list) in phrases {
            let name = self.targets[*target as usize].name;
            for word in list {
                let names = seen.entry(w.group(*word)).or_default();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        for (word, names) in seen {
            self.idf.insert(word, 0.3 + (150.0 / names.len() as f32).ln().max(0.0));
        }
    }

    /// How much a word (its group) tells; unknown words count like rare ones.
    pub fn weight(&self, group: Word) -> f32 {
        self.idf.get(&group).copied().unwrap_or(4.0)
    }

    fn add(&mut self, w: &Words, target: Target, weak: bool, list: &WordList) {
        if list.is_empty() {
            return;
        }
        let hits = self.exact.entry(set_hash(w, list)).or_default();
        match hits.iter_mut().find(|h| h.target == target) {
            Some(hit) => hit.weak &= weak,
            None => hits.push(Hit { target, weak }),
        }
        let head = w.group(list[list.len() - 1]);
        let mut groups: WordList = list.iter().map(|word| w.group(*word)).collect();
        dedup(&mut groups);
        let weight = groups.iter().map(|g| self.weight(*g)).sum();
        let postings = &mut self.postings[self.targets[target as usize].entity as usize];
        let place = postings.phrases.len() as u16;
        postings.phrases.push(Phrase { target, weak, weight, groups: groups.clone(), head });
        for group in groups {
            postings.by_group.entry(group).or_default().push(place);
        }
    }

    /// What exactly this set of words means, in every entity.
    pub fn exact(&self, set: u64) -> &[Hit] {
        self.exact.get(&set).map_or(&[], |hits| hits.as_slice())
    }

    /// The target of an entity's field, by names.
    pub fn target(&self, entity: &str, field: &str) -> Option<Target> {
        let entity = self.entities.iter().position(|e| *e == entity)? as u8;
        self.targets.iter().position(|t| t.entity == entity && t.field == field).map(|p| p as Target)
    }

    /// The place of an entity by its name.
    pub fn entity(&self, name: &str) -> Option<u8> {
        self.entities.iter().position(|e| *e == name).map(|p| p as u8)
    }
}

/// Drops the words that say nothing (of, the, a) and repeats.
pub fn clean(w: &Words, list: &mut WordList) {
    list.retain(|word| !matches!(w.name(*word), Some("of" | "the" | "a" | "as" | "for" | "and" | "or")));
    dedup(list);
}

/// `owner (id)` gives `owner` and `owner id`.
fn expand(text: &str) -> Vec<String> {
    match (text.find('('), text.find(')')) {
        (Some(open), Some(close)) if open < close => {
            let (before, rest) = text.split_at(open);
            let (inside, after) = rest.split_at(close - open);
            let inside = inside.trim_start_matches('(');
            let after = after.trim_start_matches(')');
            vec![format!("{before}{after}"), format!("{before}{inside}{after}")]
        }
        _ => vec![text.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_mean_fields() {
        let (w, l) = (words(), lexicon());
        let mut list = w.of("Assigned To ID");
        clean(w, &mut list);
        let hits = l.exact(set_hash(w, &list));
        assert!(hits.iter().any(|h| l.targets[h.target as usize].field == "owner_id" && !h.weak));
        assert!(l.entities.len() > MAIN_ENTITIES);
        assert!(l.target("cost_report", "effective_cost").is_some());
    }

    #[test]
    fn every_phrase_is_reachable_by_word() {
        let l = lexicon();
        for postings in &l.postings {
            let mut reached = vec![false; postings.phrases.len()];
            for list in postings.by_group.values() {
                for place in list {
                    reached[*place as usize] = true;
                }
            }
            assert!(reached.iter().all(|r| *r));
        }
    }
}
