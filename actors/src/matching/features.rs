//! What speaks for and against a field being a canonical field: candidates through an inverted index, then numbers for the
//! trees.
//!
//! Guarantee: pure; scratch space is reused, so that a field costs no allocation; a field none of whose words leads anywhere has
//! no candidate. A crash cannot do anything to it.

use smallvec::SmallVec;

use super::entity::Odds;
use super::lexicon::{KINDS, Lexicon, Target};
use super::memory::{Mask, Memory, Recall};
use super::object::{FORMS, FieldView, ObjectView, without_entity};
use super::shape::suits;
use super::words::{Word, WordList, Words};

/// How many numbers the trees see.
pub const WIDTH: usize = 57;

/// Candidates kept for a field.
pub const KEPT: usize = 2;

/// The numbers for one (field, target).
pub type Numbers = [f32; WIDTH];

/// Levels of exact match: the six forms, and the one without the entity's own words.
const LEVELS: usize = FORMS + 1;
const LEVEL_WORTH: [f32; LEVELS] = [1.0, 1.0, 0.95, 0.6, 0.5, 0.7, 0.9];

const CLASSES: &str = include_str!("model/classes.txt");
const CLASS_COUNT: usize = 8;

/// One thing a field may be.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// What.
    pub target: Target,
    /// Cheap score, for choosing and for competition.
    pub score: f32,
    strong: u16,
    weak: u16,
    overlap: f32,
    of_field: f32,
    of_phrase: f32,
    phrase: u16,
    recall: Recall,
}

/// The parts that never change: dictionary, lexicon, word classes.
#[derive(Debug)]
pub struct Reader {
    classes: Vec<u8>,
    id: Word,
    date: Word,
    state: Word,
    city: Word,
}

/// What is being looked at, and with whose memory.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    /// The dictionary.
    pub words: &'a Words,
    /// The lexicon.
    pub lexicon: &'a Lexicon,
    /// What labelled names taught.
    pub memory: &'a Memory,
    /// The systems to forget.
    pub forget: Mask,
    /// The object.
    pub object: &'a ObjectView,
    /// The odds of each entity.
    pub odds: &'a Odds,
    /// The entity it is held to be.
    pub entity: u8,
}

/// Scratch space.
#[derive(Debug, Default)]
pub struct Scratch {
    shared: Vec<f32>,
    touched: Vec<u16>,
    found: Vec<Candidate>,
    claims: Vec<SmallVec<[(f32, u32); 4]>>,
    /// Candidates of each field, best first.
    pub candidates: Vec<SmallVec<[Candidate; KEPT]>>,
}

impl Candidate {
    /// What spoke for the field, in a sentence.
    pub fn reason(&self, field: &str) -> String {
        let seen = self.recall.same as u32;
        let seen = match seen {
            0 => String::new(),
            1 => ", as one known system has it".to_owned(),
            many => format!(", as {many} known systems have it"),
        };
        if level_worth(self.strong) > 0.85 {
            format!("its name means {field}{seen}")
        } else if self.strong != 0 {
            format!("part of its name means {field}{seen}")
        } else if self.weak != 0 {
            format!("its name may mean {field}{seen}")
        } else {
            format!("its name shares {:.0} % of its meaning with {field}{seen}", self.overlap * 100.0)
        }
    }
}

impl Reader {
    /// Builds the tables.
    pub fn new(w: &Words) -> Self {
        let mut classes = vec![0; w.len()];
        let lines = CLASSES.lines().filter(|l| !l.starts_with('#'));
        for (place, line) in lines.filter_map(|l| l.split_once(':')).enumerate() {
            for word in line.1.split_whitespace() {
                if let Some(class) = classes.get_mut(w.word(word) as usize) {
                    *class |= 1 << place;
                }
            }
        }
        Self { classes, id: w.word("id"), date: w.word("date"), state: w.word("state"), city: w.word("city") }
    }

    /// Finds each field's candidates in one entity; the result is in the scratch space.
    pub fn candidates(&self, sight: &Sight<'_>, scratch: &mut Scratch) {
        let Sight { words: w, lexicon, memory, forget, object, entity, .. } = *sight;
        scratch.candidates.clear();
        scratch.claims.resize_with(lexicon.targets.len(), SmallVec::new);
        scratch.claims.iter_mut().for_each(SmallVec::clear);
        let postings = &lexicon.postings[entity as usize];
        scratch.shared.resize(scratch.shared.len().max(postings.phrases.len()), 0.0);
        for field in object.fields() {
            scratch.found.clear();
            let stripped = without_entity(w, lexicon, field, entity);
            let forms = field.forms.iter().copied().chain([stripped]);
            for (level, form) in forms.enumerate().filter(|(_, form)| *form != 0) {
                for hit in lexicon.exact(form) {
                    if lexicon.targets[hit.target as usize].entity != entity {
                        continue;
                    }
                    let place = place_of(&mut scratch.found, hit.target);
                    let bits = &mut scratch.found[place];
                    if hit.weak { bits.weak |= 1 << level } else { bits.strong |= 1 << level }
                }
            }
            for form in [field.forms[1], field.forms[2]] {
                if form != 0 {
                    for target in memory.targets_of(form, forget) {
                        if lexicon.targets[target as usize].entity == entity {
                            place_of(&mut scratch.found, target);
                        }
                    }
                }
            }
            overlaps(w, lexicon, field, entity, scratch);
            let core = form_or(field, 1);
            let bare = form_or(field, 2);
            for c in &mut scratch.found {
                let mut recall = memory.recall(lexicon, core, c.target, forget);
                if bare != core {
                    let more = memory.recall(lexicon, bare, c.target, forget);
                    recall.same = recall.same.max(more.same);
                    recall.kin = recall.kin.max(more.kin);
                    recall.other = recall.other.max(more.other);
                    recall.nothing = recall.nothing.max(more.nothing);
                    recall.nothing_elsewhere = recall.nothing_elsewhere.max(more.nothing_elsewhere);
                }
                c.recall = recall;
                c.score = cheap(c, lexicon, field, entity);
            }
            scratch.found.retain(|c| c.score > 0.22);
            scratch.found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.target.cmp(&b.target)));
            if let Some(best) = scratch.found.first() {
                scratch.claims[best.target as usize].push((best.score, scratch.candidates.len() as u32));
            }
            scratch.candidates.push(scratch.found.iter().take(KEPT).copied().collect());
        }
    }

    /// The numbers for one candidate of one field.
    pub fn numbers(&self, sight: &Sight<'_>, scratch: &Scratch, at: usize, which: usize, out: &mut Numbers) {
        let Sight { words: w, lexicon, memory, forget, object, odds, entity } = *sight;
        let field = &object.fields()[at];
        let list = &scratch.candidates[at];
        let c = &list[which];
        let info = &lexicon.targets[c.target as usize];
        let has = |bits: u16, level: usize| f32::from(bits >> level & 1);
        *out = [0.0; WIDTH];
        out[0] = has(c.strong, 0).max(has(c.strong, 1));
        out[1] = has(c.strong, 2);
        out[2] = has(c.strong, 6);
        out[3] = has(c.strong, 3);
        out[4] = has(c.strong, 4);
        out[5] = has(c.strong, 5);
        out[6] = f32::from(u8::from(c.weak != 0));
        out[7] = has(c.weak, 0).max(has(c.weak, 1));
        out[8] = level_worth(c.strong);
        out[9] = c.overlap;
        out[10] = c.of_field;
        out[11] = c.of_phrase;
        let postings = &lexicon.postings[entity as usize];
        let phrase = (c.overlap > 0.0).then(|| &postings.phrases[c.phrase as usize]);
        out[12] = phrase.map_or(0.0, |p| f32::from(u8::from(p.weak)));
        let mut classes = [0_u8; CLASS_COUNT];
        let (mut left_over, mut left_weight, mut against) = (0.0_f32, 0.0_f32, 0.0_f32);
        for word in &field.core {
            let group = w.group(*word);
            let word_against = memory.against(w.stable(group), forget);
            out[36] = out[36].max(word_against);
            out[37] += word_against;
            if phrase.is_some_and(|p| p.groups.contains(&group)) || object.name.contains(word) {
                continue;
            }
            left_over += 1.0;
            left_weight += lexicon.weight(group);
            against += word_against;
            let bits = self.classes.get(*word as usize).copied().unwrap_or(0);
            for (k, class) in classes.iter_mut().enumerate() {
                *class += bits >> k & 1;
            }
        }
        out[13] = left_over;
        out[14] = left_weight;
        out[15] = against;
        for (k, class) in classes.iter().enumerate() {
            out[16 + k] = f32::from(*class);
        }
        let other = list.get(1 - which.min(1)).filter(|_| list.len() > 1);
        out[24] = c.score - other.map_or(0.0, |o| o.score);
        out[25] = other.map_or(0.0, |o| level_worth(o.strong));
        let head = field.core.last().map(|word| w.group(*word));
        out[26] = phrase.map_or(0.0, |p| if Some(p.head) == head { 1.0 } else { -1.0 });
        out[27] = field.core.len() as f32;
        out[28] = field.leaf.len() as f32;
        out[29] = f32::from(field.depth);
        out[30] = f32::from(u8::from(field.list));
        out[31] = f32::from(u8::from(field.custom));
        out[32] = f32::from(u8::from(field.own_vendor));
        out[33] = f32::from(u8::from(field.foreign));
        out[34] = f32::from(field.unknown);
        out[35] = f32::from(field.unknown) / field.core.len().max(1) as f32;
        out[38] = c.recall.same.ln_1p();
        out[39] = c.recall.kin.ln_1p();
        out[40] = c.recall.other.ln_1p();
        out[41] = c.recall.nothing.ln_1p();
        out[42] = c.recall.nothing_elsewhere.ln_1p();
        out[43] = memory.prior(lexicon, c.target, forget);
        out[44] = field.declared.map_or(0.0, |s| suits(s, info.kind, false));
        out[45] = field.sampled.map_or(0.0, |s| suits(s, info.kind, true));
        out[46] = odds[entity as usize];
        out[47] = self.ending(field, info.kind);
        out[48] = c.score;
        // competition: the best other field that wants the same target
        let mut rival = 0.0_f32;
        let mut better = 0.0_f32;
        for (score, _) in scratch.claims[c.target as usize].iter().filter(|(_, who)| *who as usize != at) {
            rival = rival.max(*score);
            if *score > c.score + 0.01 {
                better += 1.0;
            }
        }
        out[49] = rival - c.score;
        out[50] = better.min(3.0);
        out[51] = f32::from(u8::from(entity < 3));
        out[52] = f32::from(u8::from(entity == 5));
        out[53] = f32::from(u8::from(entity >= 6));
        out[54] = f32::from(u8::from(field.leaf.as_slice() == [self.id]));
        out[55] = which as f32;
        out[56] = self.state_of(field, object, info.field);
    }

    /// `state` beside a `city` is a place, alone it is a status: how well that suits the target.
    fn state_of(&self, field: &FieldView, object: &ObjectView, target: &str) -> f32 {
        if field.core.last() != Some(&self.state) {
            return 0.0;
        }
        let before = &field.core[..field.core.len() - 1];
        let beside = object
            .fields()
            .iter()
            .any(|f| f.core.len() == field.core.len() && f.core.ends_with(&[self.city]) && f.core.starts_with(before));
        if beside == target.ends_with("state") { 1.0 } else { -1.0 }
    }

    fn ending(&self, field: &FieldView, kind: u8) -> f32 {
        let kind = KINDS.get(kind as usize).copied().unwrap_or("string");
        match field.core.last() {
            Some(last) if *last == self.id => {
                if kind == "id" {
                    1.0
                } else if kind == "string" {
                    -0.2
                } else {
                    -1.0
                }
            }
            Some(last) if *last == self.date => {
                if kind.starts_with("date") {
                    1.0
                } else {
                    -1.0
                }
            }
            _ if kind == "id" => -0.3,
            _ => 0.0,
        }
    }
}

/// Adds the targets whose phrases share enough of the field's words, weighed by how much each word tells.
fn overlaps(w: &Words, lexicon: &Lexicon, field: &FieldView, entity: u8, scratch: &mut Scratch) {
    let postings = &lexicon.postings[entity as usize];
    let groups = groups_of(w, &field.bare);
    let sum: f32 = groups.iter().map(|g| lexicon.weight(*g)).sum();
    scratch.touched.clear();
    for group in &groups {
        let Some(list) = postings.by_group.get(group) else { continue };
        let weight = lexicon.weight(*group);
        for place in list {
            let shared = &mut scratch.shared[*place as usize];
            if *shared == 0.0 {
                scratch.touched.push(*place);
            }
            *shared += weight;
        }
    }
    for place in &scratch.touched {
        let shared = std::mem::take(&mut scratch.shared[*place as usize]);
        let phrase = &postings.phrases[*place as usize];
        let overlap = shared / (sum + phrase.weight - shared) * if phrase.weak { 0.7 } else { 1.0 };
        if overlap < 0.34 {
            continue;
        }
        let at = place_of(&mut scratch.found, phrase.target);
        let c = &mut scratch.found[at];
        if overlap > c.overlap {
            c.overlap = overlap;
            c.of_field = shared / sum;
            c.of_phrase = shared / phrase.weight;
            c.phrase = *place;
        }
    }
}

fn form_or(field: &FieldView, at: usize) -> u64 {
    (0..=at).rev().map(|k| field.forms[k]).find(|f| *f != 0).unwrap_or(0)
}

fn groups_of(w: &Words, list: &[Word]) -> WordList {
    let mut groups = WordList::new();
    for word in list {
        let group = w.group(*word);
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups
}

fn place_of(found: &mut Vec<Candidate>, target: Target) -> usize {
    found.iter().position(|c| c.target == target).unwrap_or_else(|| {
        found.push(Candidate {
            target,
            score: 0.0,
            strong: 0,
            weak: 0,
            overlap: 0.0,
            of_field: 0.0,
            of_phrase: 0.0,
            phrase: 0,
            recall: Recall::default(),
        });
        found.len() - 1
    })
}

fn level_worth(bits: u16) -> f32 {
    (0..LEVELS).filter(|level| bits >> level & 1 == 1).map(|level| LEVEL_WORTH[level]).fold(0.0, f32::max)
}

/// A rough first opinion.
fn cheap(c: &Candidate, lexicon: &Lexicon, field: &FieldView, entity: u8) -> f32 {
    let r = &c.recall;
    let known = (r.same + 0.4 * r.kin - r.other - 0.6 * r.nothing) / (2.0 + r.same + r.kin + r.other + r.nothing);
    let base = level_worth(c.strong).max(0.62 * level_worth(c.weak)).max(0.8 * c.overlap);
    // the object's own id beats the id of something else when both are plain
    let own = if lexicon.own_targets[entity as usize] == c.target { 0.02 } else { 0.0 };
    base + 0.3 * known + own - if field.foreign { 0.15 } else { 0.0 } - if field.depth > 1 { 0.03 } else { 0.0 }
}
