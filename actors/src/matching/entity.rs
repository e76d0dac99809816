//! Which entity an object is: from its name and from all its fields together.
//!
//! Guarantee: pure; probabilities over all entities that sum to one. A crash cannot do anything to it.

use super::lexicon::{Lexicon, MAIN_ENTITIES};
use super::object::ObjectView;

/// Most entities there can be.
pub const MOST: usize = 16;

/// Weights of what speaks for an entity.
pub const SIGNS: usize = 8;

/// What speaks for each entity.
pub type Evidence = [[f32; SIGNS]; MOST];

/// The probability of each entity.
pub type Odds = [f32; MOST];

/// Where learning starts, and stays near: name is the entity's, name ends so, name has such a word, weak name, distinct
/// evidence of fields, share of the evidence, own id among the fields, is one of the rarer entities.
pub const START: [f32; SIGNS] = [3.0, 2.0, 1.0, 1.5, 0.45, 2.0, 0.5, -2.0];

/// The score at which an object is as likely to be none of the entities, and how fast doubt goes beyond it. Set by hand: every
/// object of the truth is of some entity, so the truth cannot teach it (its objects score 5.9 or more, a product list 4.8).
const LEVEL: f32 = 4.4;
const STEEP: f32 = 2.2;

/// Gathers the evidence.
pub fn evidence(lexicon: &Lexicon, object: &ObjectView) -> Evidence {
    let mut signs = Evidence::default();
    let n = lexicon.entities.len();
    let last = object.name.last().copied();
    for name in &lexicon.names {
        let s = &mut signs[name.entity as usize];
        let whole = name.words.len() == object.name.len() && name.words.iter().all(|w| object.name.contains(w));
        let ends = name.words.len() < object.name.len() && object.name.ends_with(&name.words);
        let within = name.words.iter().all(|w| object.name.contains(w));
        if whole {
            s[if name.weak { 3 } else { 0 }] = 1.0;
        } else if !name.weak && (ends || (name.words.len() == 1 && Some(name.words[0]) == last)) {
            s[1] = 1.0;
        } else if within && !name.words.is_empty() {
            if name.weak { s[3] = s[3].max(0.5) } else { s[2] = 1.0 }
        }
    }
    let mut seen: Vec<u16> = Vec::with_capacity(64);
    let mut total = 0.0_f32;
    for field in object.fields() {
        if field.depth > 2 {
            continue;
        }
        let mut best: [(bool, u16); MOST] = [(false, 0); MOST];
        for form in [field.forms[1], field.forms[2]] {
            let form = if form == 0 { field.forms[0] } else { form };
            for hit in lexicon.exact(form) {
                let entity = lexicon.targets[hit.target as usize].entity as usize;
                if !hit.weak {
                    best[entity] = (true, hit.target);
                }
            }
        }
        let having = best[..MAIN_ENTITIES].iter().filter(|b| b.0).count().max(1);
        let worth = (MAIN_ENTITIES as f32 / having as f32).ln();
        for entity in 0..n {
            let (hit, target) = best[entity];
            if hit && !seen.contains(&target) {
                seen.push(target);
                signs[entity][4] += worth;
                total += worth;
            }
        }
    }
    for (entity, s) in signs.iter_mut().enumerate().take(n) {
        if total > 0.0 {
            s[5] = s[4] / total;
        }
        s[4] = s[4].sqrt() * 2.0;
        if entity >= MAIN_ENTITIES {
            s[7] = 1.0;
        }
        let own = lexicon.own_ids[entity];
        if object.fields().iter().any(|f| f.forms[0] == own || f.forms[1] == own) {
            s[6] = 1.0;
        }
    }
    signs
}

/// Probabilities from evidence.
pub fn odds(weights: &[f32; SIGNS], signs: &Evidence, n: usize) -> Odds {
    let mut out = Odds::default();
    let mut top = f32::MIN;
    for entity in 0..n {
        out[entity] = signs[entity].iter().zip(weights).map(|(a, b)| a * b).sum();
        top = top.max(out[entity]);
    }
    let mut sum = 0.0;
    for p in &mut out[..n] {
        *p = (*p - top).exp();
        sum += *p;
    }
    for p in &mut out[..n] {
        *p /= sum;
    }
    out
}

/// How surely the object is any of our entities at all: nothing in its name and little in its fields means it is none.
pub fn known(weights: &[f32; SIGNS], signs: &Evidence, n: usize) -> f32 {
    let score = |s: &[f32; SIGNS]| s.iter().zip(weights).map(|(a, b)| a * b).sum::<f32>();
    let top = signs[..n].iter().map(score).fold(f32::MIN, f32::max);
    1.0 / (1.0 + (STEEP * (LEVEL - top)).exp())
}

/// Fits the weights to objects whose entities are known, staying near [`START`].
pub fn fit(objects: &[(Evidence, Vec<u8>)], n: usize) -> [f32; SIGNS] {
    let mut weights = START;
    for _ in 0..400 {
        let mut slope = [0.0_f32; SIGNS];
        for (signs, right) in objects {
            let p = odds(&weights, signs, n);
            let mass: f32 = right.iter().map(|e| p[*e as usize]).sum::<f32>().max(1e-6);
            for entity in 0..n {
                let share = if right.contains(&(entity as u8)) { p[entity] / mass } else { 0.0 };
                for (k, s) in slope.iter_mut().enumerate() {
                    *s += (share - p[entity]) * signs[entity][k];
                }
            }
        }
        for (k, weight) in weights.iter_mut().enumerate() {
            let pull = 2.0 * (START[k] - *weight);
            *weight += 0.02 * (slope[k] + pull);
        }
    }
    weights
}
