//! What labelled names taught: for a set of words, which targets it was mapped to and by how many systems.
//!
//! Guarantee: counts are kept by system, so a model can be judged on a system it has not seen: every question takes the set
//! of systems to forget. The shipped memory keeps totals only. A crash cannot do anything to it.

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::lexicon::{Lexicon, Target};
use super::words::{Word, Words};

/// Systems as bits.
pub type Mask = u32;

/// A target, or [`NOTHING`] plus the entity for a field that maps to nothing.
pub type Label = u16;

/// Labels from here on mean "nothing" in the entity `label - NOTHING`.
pub const NOTHING: Label = 0x8000;

/// How often a word was in mapped and in unmapped names, by system.
type Counts = SmallVec<[(Mask, u16, u16); 3]>;

/// Everything remembered.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    names: HashMap<u64, SmallVec<[(Label, Mask); 3]>, ahash::RandomState>,
    words: HashMap<u32, Counts, ahash::RandomState>,
    targets: HashMap<Label, Mask, ahash::RandomState>,
    entities: HashMap<u8, Mask, ahash::RandomState>,
    base: (f32, f32),
}

/// What is remembered of a name as a given target; counts of systems.
#[derive(Clone, Copy, Debug, Default)]
pub struct Recall {
    /// Mapped to this very target.
    pub same: f32,
    /// Mapped to the field of that name in another entity.
    pub kin: f32,
    /// Mapped to something else in this entity.
    pub other: f32,
    /// Mapped to nothing in this entity.
    pub nothing: f32,
    /// Mapped to nothing in other entities.
    pub nothing_elsewhere: f32,
}

/// The form in which memory is kept in the model file.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct MemoryFile {
    names: Vec<(String, Vec<(String, u32)>)>,
    words: Vec<(u32, u16, u16)>,
    targets: Vec<(String, u32)>,
    entities: Vec<(String, u32)>,
    base: (f32, f32),
}

impl Memory {
    /// Learns one labelled name: its forms (sets of words), its words, its right answers (none: maps to nothing).
    pub fn learn(&mut self, w: &Words, forms: &[u64], list: &[Word], answers: &[Target], entity: u8, system: u8) {
        let bit = 1 << system;
        let nothing = [NOTHING + Label::from(entity)];
        let labels: &[Label] = if answers.is_empty() { &nothing } else { answers };
        for form in forms {
            let known = self.names.entry(*form).or_default();
            for label in labels {
                match known.iter_mut().find(|(l, _)| l == label) {
                    Some((_, mask)) => *mask |= bit,
                    None => known.push((*label, bit)),
                }
            }
        }
        for word in list {
            let known = self.words.entry(w.stable(w.group(*word))).or_default();
            let place = known.iter().position(|(m, _, _)| *m == bit).unwrap_or_else(|| {
                known.push((bit, 0, 0));
                known.len() - 1
            });
            let (_, mapped, unmapped) = &mut known[place];
            let count = if answers.is_empty() { unmapped } else { mapped };
            *count = (*count + 1).min(3);
        }
        for label in labels {
            *self.targets.entry(*label).or_default() |= bit;
        }
        *self.entities.entry(entity).or_default() |= bit;
        if answers.is_empty() { self.base.1 += 1.0 } else { self.base.0 += 1.0 }
    }

    /// The targets a set of words was mapped to, forgetting some systems.
    pub fn targets_of(&self, form: u64, forget: Mask) -> impl Iterator<Item = Target> {
        self.names
            .get(&form)
            .into_iter()
            .flatten()
            .filter(move |(l, m)| *l < NOTHING && m & !forget != 0)
            .map(|(l, _)| *l)
    }

    /// What a set of words was, as seen from one target.
    pub fn recall(&self, lexicon: &Lexicon, form: u64, target: Target, forget: Mask) -> Recall {
        let mut out = Recall::default();
        let Some(known) = self.names.get(&form) else { return out };
        let info = &lexicon.targets[target as usize];
        for (label, mask) in known {
            let count = (mask & !forget).count_ones() as f32;
            if *label >= NOTHING {
                if *label - NOTHING == Label::from(info.entity) {
                    out.nothing += count;
                } else {
                    out.nothing_elsewhere += count;
                }
            } else if *label == target {
                out.same += count;
            } else if lexicon.targets[*label as usize].name == info.name {
                out.kin += count;
            } else if lexicon.targets[*label as usize].entity == info.entity {
                out.other += count;
            }
        }
        out
    }

    /// How much a word speaks for nothing: log odds against the base rate, smoothed.
    pub fn against(&self, stable: u32, forget: Mask) -> f32 {
        let Some(known) = self.words.get(&stable) else { return 0.0 };
        let (mut mapped, mut unmapped) = (0.0_f32, 0.0_f32);
        for (mask, m, u) in known {
            if mask & forget == 0 {
                mapped += f32::from(*m);
                unmapped += f32::from(*u);
            }
        }
        let base = (self.base.1 + 1.0) / (self.base.0 + 1.0);
        ((unmapped + 2.0 * base / (1.0 + base)) / (mapped + 2.0 / (1.0 + base))).ln() - base.ln()
    }

    /// In which share of the systems that have the entity the target was seen.
    pub fn prior(&self, lexicon: &Lexicon, target: Target, forget: Mask) -> f32 {
        let count = |mask: Option<&Mask>| mask.map_or(0.0, |m| (m & !forget).count_ones() as f32);
        let having = count(self.entities.get(&lexicon.targets[target as usize].entity));
        (count(self.targets.get(&target)) + 0.3) / (having + 1.0)
    }

    /// The form to be written.
    pub fn to_file(&self, lexicon: &Lexicon) -> MemoryFile {
        let mut file = MemoryFile { base: self.base, ..MemoryFile::default() };
        let spell = |label: Label| {
            if let Some(entity) = label.checked_sub(NOTHING) {
                format!("{}.", lexicon.entities[entity as usize])
            } else {
                let info = &lexicon.targets[label as usize];
                format!("{}.{}", lexicon.entities[info.entity as usize], info.field)
            }
        };
        for (form, labels) in &self.names {
            let mut labels: Vec<_> = labels.iter().map(|(l, m)| (spell(*l), m.count_ones())).collect();
            labels.sort();
            file.names.push((format!("{form:016x}"), labels));
        }
        file.names.sort();
        for (word, known) in &self.words {
            let sum = known.iter().fold((0, 0), |s, (_, m, u)| (s.0 + m, s.1 + u));
            file.words.push((*word, sum.0, sum.1));
        }
        file.words.sort_unstable();
        file.targets = self.targets.iter().map(|(l, m)| (spell(*l), m.count_ones())).collect();
        file.targets.sort();
        file.entities =
            self.entities.iter().map(|(e, m)| (lexicon.entities[*e as usize].to_owned(), m.count_ones())).collect();
        file.entities.sort();
        file
    }

    /// Reads what was written; names of fields that are no more are forgotten.
    pub fn from_file(lexicon: &Lexicon, file: &MemoryFile) -> Self {
        let mut made = Self { base: file.base, ..Self::default() };
        let read = |text: &str| -> Option<Label> {
            let (entity, field) = text.split_once('.')?;
            if field.is_empty() {
                Some(NOTHING + Label::from(lexicon.entity(entity)?))
            } else {
                lexicon.target(entity, field)
            }
        };
        // totals come back as that many low bits: nothing asks the shipped memory to forget a system
        let ones = |count: u32| if count >= 32 { u32::MAX } else { (1 << count) - 1 };
        for (form, labels) in &file.names {
            let Ok(form) = u64::from_str_radix(form, 16) else { continue };
            made.names.insert(form, labels.iter().filter_map(|(l, c)| Some((read(l)?, ones(*c)))).collect());
        }
        for (word, mapped, unmapped) in &file.words {
            made.words.entry(*word).or_default().push((1, *mapped, *unmapped));
        }
        made.targets = file.targets.iter().filter_map(|(l, c)| Some((read(l)?, ones(*c)))).collect();
        made.entities = file.entities.iter().filter_map(|(e, c)| Some((lexicon.entity(e)?, ones(*c)))).collect();
        made
    }
}
