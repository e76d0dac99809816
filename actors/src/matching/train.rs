//! Trains the matcher from labelled fields, and lets it be judged on what it has not seen.
//!
//! Guarantee: deterministic: the same labels in the same order give the same model. Every training row is described as it
//! would look to a matcher that has not seen its system, and appears with samples and types, with types only, and with names
//! only, so the model is at home without either. Runs offline (the `evaluate` example); a crash loses a run of the command.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::calibrate::Calibration;
use super::entity;
use super::features::{Numbers, Scratch, Sight, WIDTH};
use super::lexicon::Target;
use super::memory::{Mask, Memory};
use super::model::{Model, Tables, Verdict, top};
use super::object::ObjectView;
use super::trees::{Forest, Recipe};

/// One labelled field, as a line of the truth says.
#[derive(Clone, Debug, Deserialize)]
pub struct Labelled {
    /// Its id in the truth.
    pub id: String,
    /// The project whose mapping says so.
    #[serde(default)]
    pub project: String,
    /// The system it is a field of.
    pub system: String,
    /// The object it is a field of.
    pub object: String,
    /// Its path.
    pub field: String,
    /// Its declared type, or nothing.
    #[serde(rename = "type", default)]
    pub data_type: Option<String>,
    /// Values.
    #[serde(default)]
    pub samples: Vec<String>,
    /// The entity of the object.
    pub canonical_entity: Option<String>,
    /// The right answer; none for nothing.
    pub canonical_field: Option<String>,
    /// Other right answers.
    #[serde(default)]
    pub accept: Vec<(String, Option<String>)>,
    /// Whether it counts.
    #[serde(default = "yes")]
    pub scored: bool,
}

fn yes() -> bool {
    true
}

impl Labelled {
    /// All right answers.
    pub fn answers(&self) -> impl Iterator<Item = (&str, &str)> {
        let first = self.canonical_entity.as_deref().zip(self.canonical_field.as_deref());
        first.into_iter().chain(self.accept.iter().filter_map(|(e, f)| Some((e.as_str(), f.as_deref()?))))
    }
}

/// How much of a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Names, types and samples.
    All,
    /// Names and types.
    Types,
    /// Names only.
    Names,
}

/// The labelled fields by object.
#[derive(Debug)]
pub struct Lessons {
    /// All labels.
    pub labels: Vec<Labelled>,
    /// Systems in order of appearance; a system's place is its bit.
    pub systems: Vec<String>,
    /// Objects: system, entity, places of the labels.
    pub objects: Vec<Lesson>,
    right: Vec<Vec<Target>>,
}

/// One object of the truth.
#[derive(Debug)]
pub struct Lesson {
    /// Its system's bit.
    pub system: u8,
    /// Its entity and those also accepted.
    pub entities: Vec<u8>,
    /// Its fields among the labels.
    pub fields: Vec<usize>,
}

const RECIPE: Recipe = Recipe { trees: 120, depth: 4, rate: 0.08, least: 1.0, lambda: 2.0 };

/// Which way each number may push: 1 only up, -1 only down.
fn directions() -> [i8; WIDTH] {
    let mut up = [0_i8; WIDTH];
    for k in [0, 1, 2, 3, 5, 8, 9, 10, 11, 24, 26, 38, 39, 43, 44, 45, 46, 47, 48, 56] {
        up[k] = 1;
    }
    for k in [12, 13, 15, 17, 18, 19, 20, 21, 22, 25, 31, 33, 34, 36, 37, 40, 41, 42, 49, 50] {
        up[k] = -1;
    }
    up
}

impl Lessons {
    /// Reads lines of JSON.
    pub fn read(text: &str, tables: &Tables) -> Result<Self, serde_json::Error> {
        let labels = text
            .lines()
            .filter(|l| !l.trim().is_empty())
            .map(serde_json::from_str)
            .collect::<Result<Vec<Labelled>, _>>()?;
        let mut systems: Vec<String> = Vec::new();
        let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut objects: Vec<Lesson> = Vec::new();
        for (at, label) in labels.iter().enumerate() {
            let system = systems.iter().position(|s| *s == label.system).unwrap_or_else(|| {
                systems.push(label.system.clone());
                systems.len() - 1
            });
            let place = *places.entry((label.system.clone(), label.object.clone())).or_insert_with(|| {
                objects.push(Lesson { system: system as u8, entities: Vec::new(), fields: Vec::new() });
                objects.len() - 1
            });
            let lesson = &mut objects[place];
            lesson.fields.push(at);
            let named =
                label.canonical_entity.as_deref().into_iter().chain(label.accept.iter().map(|(e, _)| e.as_str()));
            for entity in named.filter_map(|e| tables.lexicon.entity(e)) {
                if !lesson.entities.contains(&entity) {
                    lesson.entities.push(entity);
                }
            }
        }
        let right =
            labels.iter().map(|l| l.answers().filter_map(|(e, f)| tables.lexicon.target(e, f)).collect()).collect();
        Ok(Self { labels, systems, objects, right })
    }

    /// Builds the view of an object.
    pub fn view(&self, tables: &Tables, lesson: &Lesson, show: Show, view: &mut ObjectView) {
        let first = &self.labels[lesson.fields[0]];
        view.start(tables.words, &tables.parts, Some(&first.system), &first.object);
        for at in &lesson.fields {
            let label = &self.labels[*at];
            let data_type = if show == Show::Names { None } else { label.data_type.as_deref() };
            let samples: &[String] = if show == Show::All { &label.samples } else { &[] };
            view.add(tables.words, &tables.parts, &label.field, data_type, samples);
        }
    }

    /// Trains on the objects of the systems in `mask`, leaving out single labels by `keep`.
    pub fn train(&self, tables: &Tables, mask: Mask, keep: &dyn Fn(&Labelled) -> bool) -> Model {
        let rows = self.rows(tables, mask, keep);
        let forest = rows.forest(mask);
        // calibration: fifths of the systems in turn are judged by trees that have not seen them
        let folds = 5;
        let mut points = Vec::new();
        for fold in 0..folds {
            let inside: Mask = (0..self.systems.len()).filter(|s| s % folds != fold).fold(0, |m, s| m | 1 << s);
            let part = rows.forest(mask & inside);
            rows.points(&part, mask & !inside, &mut points);
        }
        Model { memory: rows.memory, entity: rows.weights, forest, calibration: Calibration::fit(&points) }
    }

    fn rows(&self, tables: &Tables, mask: Mask, keep: &dyn Fn(&Labelled) -> bool) -> Rows {
        let mut memory = Memory::default();
        let mut view = ObjectView::default();
        let mut evidence = Vec::new();
        let inside: Vec<&Lesson> = self.objects.iter().filter(|o| mask >> o.system & 1 == 1).collect();
        for lesson in &inside {
            self.view(tables, lesson, Show::Names, &mut view);
            evidence.push((entity::evidence(tables.lexicon, &view), lesson.entities.clone()));
            for (at, field) in lesson.fields.iter().zip(view.fields()) {
                if !self.labels[*at].scored || !keep(&self.labels[*at]) {
                    continue;
                }
                let mut forms: Vec<u64> = field.forms[..3].iter().copied().filter(|f| *f != 0).collect();
                if field.forms[1] != 0 {
                    forms.remove(0);
                }
                memory.learn(tables.words, &forms, &field.core, &self.right[*at], lesson.entities[0], lesson.system);
            }
        }
        let n = tables.lexicon.entities.len();
        let weights = entity::fit(&evidence, n);
        let mut rows = Rows {
            x: Vec::new(),
            y: Vec::new(),
            weight: Vec::new(),
            system: Vec::new(),
            first: Vec::new(),
            memory,
            weights,
        };
        let mut scratch = Scratch::default();
        let mut numbers: Numbers = [0.0; WIDTH];
        for show in [Show::All, Show::Types, Show::Names] {
            for lesson in &inside {
                self.view(tables, lesson, show, &mut view);
                let odds = entity::odds(&rows.weights, &entity::evidence(tables.lexicon, &view), n);
                let best = top(&odds, n);
                let sight = Sight {
                    words: tables.words,
                    lexicon: tables.lexicon,
                    memory: &rows.memory,
                    forget: 1 << lesson.system,
                    object: &view,
                    odds: &odds,
                    entity: best,
                };
                tables.reader.candidates(&sight, &mut scratch);
                for (place, at) in lesson.fields.iter().enumerate() {
                    let label = &self.labels[*at];
                    let Some(weight) = weight(label, show) else { continue };
                    if !label.scored || !keep(label) {
                        continue;
                    }
                    for which in 0..scratch.candidates[place].len() {
                        tables.reader.numbers(&sight, &scratch, place, which, &mut numbers);
                        rows.first.push(which == 0);
                        rows.x.extend_from_slice(&numbers);
                        rows.y.push(f32::from(u8::from(
                            self.right[*at].contains(&scratch.candidates[place][which].target),
                        )));
                        rows.weight.push(weight);
                        rows.system.push(lesson.system);
                    }
                }
            }
        }
        rows
    }

    /// Whether a target is a right answer to a label.
    pub fn is_right(&self, label: usize, target: Target) -> bool {
        self.right[label].contains(&target)
    }

    /// What a model in training makes of one object of the truth, forgetting its system.
    pub fn judge(&self, tables: &Tables, model: &Model, lesson: &Lesson, show: Show) -> Vec<Option<Verdict>> {
        self.judged(tables, model, lesson, show, 1 << lesson.system)
    }

    /// The same, forgetting nothing.
    pub fn judge_all(&self, tables: &Tables, model: &Model, lesson: &Lesson, show: Show) -> Vec<Option<Verdict>> {
        self.judged(tables, model, lesson, show, 0)
    }

    fn judged(
        &self,
        tables: &Tables,
        model: &Model,
        lesson: &Lesson,
        show: Show,
        forget: Mask,
    ) -> Vec<Option<Verdict>> {
        let mut view = ObjectView::default();
        self.view(tables, lesson, show, &mut view);
        let mut out = Vec::new();
        model.judge(tables, forget, &view, &mut Scratch::default(), &mut out);
        out
    }
}

/// How much a showing of a field counts; a showing that looks like the next poorer one is left out, its weight goes there.
fn weight(label: &Labelled, show: Show) -> Option<f32> {
    let typed = label.data_type.as_deref().is_some_and(|t| !t.is_empty());
    let sampled = !label.samples.is_empty();
    match (show, typed, sampled) {
        (Show::All, _, false) | (Show::Types, false, _) => None,
        (Show::All, _, true) => Some(0.25),
        (Show::Types | Show::Names, true, true) => Some(0.375),
        (Show::Types | Show::Names, true, false) => Some(0.5),
        (Show::Names, false, true) => Some(0.75),
        (Show::Names, false, false) => Some(1.0),
    }
}

struct Rows {
    x: Vec<f32>,
    y: Vec<f32>,
    weight: Vec<f32>,
    system: Vec<u8>,
    first: Vec<bool>,
    memory: Memory,
    weights: [f32; entity::SIGNS],
}

impl Rows {
    fn forest(&self, mask: Mask) -> Forest {
        let (mut x, mut y, mut weight) = (Vec::new(), Vec::new(), Vec::new());
        for row in (0..self.y.len()).filter(|r| mask >> self.system[*r] & 1 == 1) {
            x.extend_from_slice(&self.x[row * WIDTH..(row + 1) * WIDTH]);
            y.push(self.y[row]);
            weight.push(self.weight[row]);
        }
        Forest::train(&x, WIDTH, &y, &weight, &directions(), &RECIPE)
    }

    /// The best answer of each field of the systems in `mask`, as (logit, right, weight).
    fn points(&self, forest: &Forest, mask: Mask, out: &mut Vec<(f32, bool, f32)>) {
        let mut row = 0;
        while row < self.y.len() {
            let mut next = row + 1;
            while next < self.y.len() && !self.first[next] {
                next += 1;
            }
            if mask >> self.system[row] & 1 == 1 {
                let judged = (row..next).map(|r| (forest.logit(&self.x[r * WIDTH..(r + 1) * WIDTH]), r));
                if let Some((logit, r)) = judged.max_by(|a, b| a.0.total_cmp(&b.0)) {
                    // far below what is ever shown, calibration does not matter
                    if logit > -2.5 {
                        out.push((logit, self.y[r] > 0.5, self.weight[r]));
                    }
                }
            }
            row = next;
        }
    }
}
