//! An object as the matcher sees it: every field cut into words, and those words stripped of what is only the vendor's or the
//! object's own name.
//!
//! Guarantee: pure; one pass over the names, buffers reused from object to object. A crash cannot do anything to it.

use super::lexicon::{Lexicon, clean, dedup, set_hash};
use super::shape::{Shape, declared, sampled};
use super::words::{Word, WordList, Words, segments};

/// How many stripped forms of a name are looked up.
pub const FORMS: usize = 6;

/// One field of an object.
#[derive(Clone, Debug, Default)]
pub struct FieldView {
    /// Words of the whole path without wrappers and vendor prefixes.
    pub core: WordList,
    /// The same without the object's own name.
    pub bare: WordList,
    /// Words of the last segment, stripped likewise.
    pub leaf: WordList,
    /// Hashes of: whole, core, bare, leaf, bare leaf, bare without `default` and a closing `code`, `name`, `1`. Zero where it repeats another.
    pub forms: [u64; FORMS],
    /// How many path segments were left.
    pub depth: u8,
    /// The path goes through a list.
    pub list: bool,
    /// A custom field (`__c`, `custom_fields.`).
    pub custom: bool,
    /// The name carries the system's own prefix.
    pub own_vendor: bool,
    /// The name carries another system's name.
    pub foreign: bool,
    /// Words of the core nobody knows.
    pub unknown: u8,
    /// What the declared type promises.
    pub declared: Option<Shape>,
    /// What the samples look like.
    pub sampled: Option<Shape>,
}

/// Words with a part to play, found once.
#[derive(Debug)]
pub struct Parts {
    vendors: Vec<bool>,
    house: Vec<bool>,
    wrappers: Vec<bool>,
    endings: Vec<bool>,
    custom: Word,
    c: Word,
    id: Word,
    value: Word,
    name: Word,
    number: Word,
    address: Word,
    modifiers: Vec<bool>,
}

const VENDORS: &str = "hs crm salesforce hubspot pipedrive zendesk stripe netsuite zoho dynamics marketo intercom outreach \
                       apollo clearbit sys system aws azure gcp oci google";
/// Prefixes a house uses for its own fields, whatever the system is called here.
const HOUSE: &str = "hs sys system aws azure gcp oci google";
const WRAPPERS: &str = "property attribute field data value values relationship node record properties attributes fields object \
                        item items metadata";
/// Words that only say "the one of several that counts".
const MODIFIERS: &str = "main default current";
const ENDINGS: &str = "code name label text 1 value raw number string type primary main";

impl Parts {
    /// Finds them.
    pub fn new(w: &Words) -> Self {
        let marks = |list: &str| {
            let mut marks = vec![false; w.len()];
            for word in list.split_whitespace() {
                if let Some(mark) = marks.get_mut(w.word(word) as usize) {
                    *mark = true;
                }
            }
            marks
        };
        Self {
            vendors: marks(VENDORS),
            house: marks(HOUSE),
            wrappers: marks(WRAPPERS),
            endings: marks(ENDINGS),
            custom: w.word("custom"),
            c: w.word("c"),
            id: w.word("id"),
            value: w.word("value"),
            name: w.word("name"),
            number: w.word("number"),
            address: w.word("address"),
            modifiers: marks(MODIFIERS),
        }
    }

    fn is(marks: &[bool], word: Word) -> bool {
        marks.get(word as usize).copied().unwrap_or(false)
    }
}

/// An object and its fields.
#[derive(Debug, Default)]
pub struct ObjectView {
    /// Words of the object's name without vendor words.
    pub name: WordList,
    /// Vendor words that are the system's own.
    pub system: WordList,
    /// Whether the system is known.
    pub has_system: bool,
    vendors: WordList,
    /// Its fields.
    pub fields: Vec<FieldView>,
    used: usize,
}

impl ObjectView {
    /// Starts over for another object, keeping the buffers.
    pub fn start(&mut self, w: &Words, parts: &Parts, system: Option<&str>, object: &str) {
        self.used = 0;
        self.name.clear();
        self.system.clear();
        self.has_system = system.is_some_and(|s| !s.is_empty());
        if let Some(system) = system {
            self.system = w.of(system);
        }
        for segment in segments(object) {
            w.segment(segment, &mut self.name);
        }
        dedup(&mut self.name);
        self.vendors = self.name.iter().copied().filter(|word| Parts::is(&parts.vendors, *word)).collect();
        let system = &self.system;
        let keep = self.name.iter().filter(|word| !Parts::is(&parts.vendors, **word) && !system.contains(word)).count();
        if keep > 0 {
            self.name.retain(|word| !Parts::is(&parts.vendors, *word) && !system.contains(word));
        }
    }

    /// The fields added since the start.
    pub fn fields(&self) -> &[FieldView] {
        &self.fields[..self.used]
    }

    /// Adds a field.
    pub fn add(&mut self, w: &Words, parts: &Parts, path: &str, data_type: Option<&str>, samples: &[String]) {
        if self.used == self.fields.len() {
            self.fields.push(FieldView::default());
        }
        let mut field = std::mem::take(&mut self.fields[self.used]);
        self.read(w, parts, &mut field, path);
        field.declared =
            data_type.filter(|t| !t.is_empty()).map(|t| declared(Some(t))).filter(|s| *s != Shape::Unknown);
        field.sampled = if samples.is_empty() { None } else { Some(sampled(samples)).filter(|s| *s != Shape::Unknown) };
        self.fields[self.used] = field;
        self.used += 1;
    }

    fn read(&self, w: &Words, parts: &Parts, field: &mut FieldView, path: &str) {
        field.core.clear();
        field.leaf.clear();
        field.depth = 0;
        field.custom = path.ends_with("__c");
        field.list = path.contains("[]");
        let mut leaf_from = 0;
        let mut wrapped: WordList = WordList::new();
        for segment in segments(path) {
            let before = field.core.len();
            w.segment(segment, &mut field.core);
            let words = &field.core[before..];
            let repeats_id = words == [parts.id] && before > 0 && field.core[before - 1] == parts.id;
            let is_wrapper =
                words.len() == 1 && (Parts::is(&parts.wrappers, words[0]) || words[0] == parts.value || repeats_id);
            if words.first() == Some(&parts.custom) {
                field.custom = true;
            }
            // `state_id.name` is the name of the state; `phones[].number`, `emails[].address` are phone and e-mail
            if words == [parts.name] && before > 1 && field.core[before - 1] == parts.id {
                field.core.remove(before - 1);
                field.depth += 1;
                leaf_from = before - 1;
                continue;
            }
            if before > 0 && (words == [parts.number] || words == [parts.address]) {
                let joined = field.core.len();
                w.join(before - 1, &mut field.core);
                if field.core.len() < joined {
                    continue;
                }
            }
            let words = &field.core[before..];
            if is_wrapper {
                wrapped = words.iter().copied().collect();
                field.core.truncate(before);
            } else if field.core.len() > before {
                field.depth += 1;
                leaf_from = before;
            }
        }
        if field.core.is_empty() {
            field.core = wrapped;
            field.depth = 1;
            leaf_from = 0;
        }
        field.leaf.extend_from_slice(&field.core[leaf_from..]);
        clean(w, &mut field.core);
        clean(w, &mut field.leaf);
        field.forms[0] = set_hash(w, &field.core);
        self.strip_vendor(parts, field);
        field.forms[1] = set_hash(w, &field.core);
        field.bare.clear();
        field.bare.extend(field.core.iter().copied().filter(|word| !self.name.contains(word)));
        if field.bare.is_empty() {
            field.bare.extend_from_slice(&field.core);
        }
        field.forms[2] = set_hash(w, &field.bare);
        field.forms[3] = set_hash(w, &field.leaf);
        field.forms[4] = 0;
        let mut bare_leaf: WordList = field.leaf.iter().copied().filter(|word| !self.name.contains(word)).collect();
        if !bare_leaf.is_empty() {
            field.forms[4] = set_hash(w, &bare_leaf);
        }
        bare_leaf.clear();
        bare_leaf.extend_from_slice(&field.bare);
        while bare_leaf.len() > 1 && bare_leaf.last().is_some_and(|word| Parts::is(&parts.endings, *word)) {
            bare_leaf.pop();
        }
        if bare_leaf.iter().any(|word| !Parts::is(&parts.modifiers, *word)) {
            bare_leaf.retain(|word| !Parts::is(&parts.modifiers, *word));
        }
        field.forms[5] = if bare_leaf.len() < field.bare.len() { set_hash(w, &bare_leaf) } else { 0 };
        for later in 1..FORMS {
            if field.forms[..later].contains(&field.forms[later]) {
                field.forms[later] = 0;
            }
        }
        field.unknown = field.core.iter().filter(|word| !w.is_known(**word)).count().min(9) as u8;
    }

    fn strip_vendor(&self, parts: &Parts, field: &mut FieldView) {
        field.own_vendor = false;
        field.foreign = false;
        let long = field.core.len() > 1;
        let custom = field.custom;
        let mut own = false;
        let mut foreign = false;
        let mut strip = |list: &mut WordList| {
            if list.len() < 2 {
                return;
            }
            let is_own = |word: Word| {
                !self.has_system
                    || self.system.contains(&word)
                    || self.vendors.contains(&word)
                    || Parts::is(&parts.house, word)
            };
            let rest = list.iter().filter(|x| !Parts::is(&parts.vendors, **x)).count();
            list.retain(|word| {
                if custom && *word == parts.c {
                    return false;
                }
                if !Parts::is(&parts.vendors, *word) || rest == 0 {
                    return true;
                }
                if is_own(*word) || !self.has_system {
                    own = true;
                } else {
                    foreign = true;
                }
                false
            });
        };
        strip(&mut field.core);
        strip(&mut field.leaf);
        field.own_vendor = own;
        field.foreign = foreign && long;
    }
}

/// The words stripped from a field's core because they name an entity, and the hash of what is left.
pub fn without_entity(w: &Words, lexicon: &Lexicon, field: &FieldView, entity: u8) -> u64 {
    let mut rest = WordList::new();
    for word in &field.bare {
        if !is_entity_word(lexicon, entity, *word) {
            rest.push(*word);
        }
    }
    if rest.is_empty() || rest.len() == field.bare.len() { 0 } else { set_hash(w, &rest) }
}

fn is_entity_word(lexicon: &Lexicon, entity: u8, word: Word) -> bool {
    lexicon.own_words[entity as usize].contains(&word)
}
