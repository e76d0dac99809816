//! The trained matcher: memory, entity weights, trees and their calibration, and how they judge an object.
//!
//! Guarantee: the shipped model is read once from the binary; a model file that cannot be read gives a matcher that proposes
//! nothing rather than a panic. A crash cannot do anything to it.

use serde::{Deserialize, Serialize};

use super::calibrate::Calibration;
use super::entity::{self, Odds, SIGNS};
use super::features::{Candidate, Numbers, Reader, Scratch, Sight, WIDTH};
use super::lexicon::{Lexicon, Target, lexicon};
use super::memory::{Mask, Memory, MemoryFile};
use super::object::{ObjectView, Parts};
use super::trees::Forest;
use super::words::{Words, words};

/// Proposals below this are not shown: the best balance of precision and recall under cross-validation.
pub const SHOW: f32 = 0.45;

/// Everything that never changes.
#[derive(Debug)]
pub struct Tables {
    /// The dictionary.
    pub words: &'static Words,
    /// The lexicon.
    pub lexicon: &'static Lexicon,
    /// Words with a part to play.
    pub parts: Parts,
    /// The reader of features.
    pub reader: Reader,
}

impl Tables {
    /// Builds them from the constants.
    pub fn new() -> Self {
        let words = words();
        Self { words, lexicon: lexicon(), parts: Parts::new(words), reader: Reader::new(words) }
    }
}

impl Default for Tables {
    fn default() -> Self {
        Self::new()
    }
}

/// A trained matcher.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// What labelled names taught.
    pub memory: Memory,
    /// Weights of the evidence for an entity.
    pub entity: [f32; SIGNS],
    /// Judges a (field, target).
    pub forest: Forest,
    /// From log odds to confidence.
    pub calibration: Calibration,
}

/// The form of a model in its file.
#[derive(Debug, Serialize, Deserialize)]
pub struct ModelFile {
    /// Counts that changes when features or lexicon change meaning: a file of another width is not used.
    pub width: usize,
    entity: [f32; SIGNS],
    calibration: Calibration,
    base: f32,
    roots: Vec<u32>,
    nodes: Vec<(u16, f32, u16)>,
    memory: MemoryFile,
}

/// What a field is held to be.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    /// The target.
    pub target: Target,
    /// How sure, calibrated.
    pub confidence: f32,
    /// The raw log odds.
    pub logit: f32,
    /// What spoke for it.
    pub candidate: Candidate,
}

impl Model {
    /// The form to be written.
    pub fn to_file(&self, lexicon: &Lexicon) -> ModelFile {
        ModelFile {
            width: WIDTH,
            entity: self.entity,
            calibration: self.calibration,
            base: self.forest.base,
            roots: self.forest.roots.clone(),
            nodes: self.forest.nodes.iter().map(|n| (n.feature, n.at, n.left)).collect(),
            memory: self.memory.to_file(lexicon),
        }
    }

    /// Reads what was written; nothing when it was made for other features.
    pub fn from_file(lexicon: &Lexicon, file: &ModelFile) -> Option<Self> {
        (file.width == WIDTH).then(|| Self {
            memory: Memory::from_file(lexicon, &file.memory),
            entity: file.entity,
            forest: Forest {
                base: file.base,
                roots: file.roots.clone(),
                nodes: file
                    .nodes
                    .iter()
                    .map(|(feature, at, left)| super::trees::Node { feature: *feature, at: *at, left: *left })
                    .collect(),
            },
            calibration: file.calibration,
        })
    }

    /// Judges every field of an object: the entity's odds, and for each field what it is held to be, however unsure.
    pub fn judge(
        &self,
        tables: &Tables,
        forget: Mask,
        object: &ObjectView,
        scratch: &mut Scratch,
        out: &mut Vec<Option<Verdict>>,
    ) -> (u8, Odds) {
        let n = tables.lexicon.entities.len();
        let signs = entity::evidence(tables.lexicon, object);
        let odds = entity::odds(&self.entity, &signs, n);
        let known = entity::known(&self.entity, &signs, n);
        let best = top(&odds, n);
        let sight = Sight {
            words: tables.words,
            lexicon: tables.lexicon,
            memory: &self.memory,
            forget,
            object,
            odds: &odds,
            entity: best,
        };
        tables.reader.candidates(&sight, scratch);
        out.clear();
        let mut numbers: Numbers = [0.0; WIDTH];
        for at in 0..object.fields().len() {
            let mut verdict: Option<Verdict> = None;
            for which in 0..scratch.candidates[at].len() {
                tables.reader.numbers(&sight, scratch, at, which, &mut numbers);
                let logit = self.forest.logit(&numbers);
                if verdict.as_ref().is_none_or(|v| logit > v.logit) {
                    let candidate = scratch.candidates[at][which];
                    let confidence = self.calibration.confidence(logit) * known;
                    verdict = Some(Verdict { target: candidate.target, confidence, logit, candidate });
                }
            }
            out.push(verdict);
        }
        (best, odds)
    }
}

/// The likeliest entity.
pub fn top(odds: &Odds, n: usize) -> u8 {
    (0..n).max_by(|a, b| odds[*a].total_cmp(&odds[*b]).then(b.cmp(a))).unwrap_or(0) as u8
}
