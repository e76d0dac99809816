//! Learns a model from the records themselves, without anybody saying which are one: how often values agree by chance
//! from pairs taken at random and from the counts of values, how often they agree between records of one thing by
//! expectation and maximisation over pairs that share a block.
//!
//! Each pass is a sample of its own, in which what the pass demands says nothing and is left out; what the levels between
//! records of one thing look like is learnt from all of them together. What depends on another comparison has its chances
//! learnt where that one agrees, because at random it hardly ever does. Everything starts from what is assumed, worth
//! so many pairs: few records teach little. Deterministic. Pure.

use std::collections::BTreeMap;

use super::index::Index;
use super::level::{ABSENT, LEVELS, agrees, levels};
use super::model::{Model, Shares, Table};
use super::pool::MISSING;
use super::score::{Pattern, level_of};
use super::spread::spread;

/// Records below which what is assumed is better than what could be learnt.
pub const LEAST: usize = 1000;
/// Pairs taken at random.
const RANDOM: usize = 300_000;
/// Pairs of a pass, and how large a block they may come from.
const SAMPLE: usize = 60_000;
const BLOCK: usize = 40;
/// Rounds of expectation and maximisation.
const ROUNDS: usize = 30;
/// How many pairs what is assumed is worth: of one thing, and of two.
const WORTH_ONE: f64 = 20.0;
const WORTH_TWO: f64 = 200.0;
/// Common values kept a comparison, and how many records must have one.
const COMMON: usize = 4096;
const COMMON_COUNT: u32 = 8;

/// One pass's pairs, by what their comparisons found.
struct Sample {
    patterns: Vec<(Pattern, f64)>,
    /// Comparisons that the pass demands, or that depend on such a one the other way round.
    blind: Vec<bool>,
    /// Comparisons that are equal on all its pairs.
    demanded: Vec<usize>,
    /// How many pairs the whole pass has for one of the sample.
    scale: f64,
    /// Share of pairs of one thing.
    one: f64,
}

/// A model of what is in the index, one version up; none while there is too little to learn from.
pub fn learn(index: &mut Index) -> Option<Model> {
    if index.len() < LEAST {
        return None;
    }
    index.blocks.settle(index.plan.bounds.threads);
    let index = &*index;
    let assumed = Model::assumed(&index.plan);
    let mut tables = assumed.tables.clone();
    let random = random(index);
    for (c, table) in tables.iter_mut().enumerate() {
        by_chance(index, c, &random, &assumed.tables[c], table);
    }
    let mut samples = samples(index);
    for _ in 0..ROUNDS {
        once(index, &mut samples, &assumed.tables, &mut tables);
    }
    let prior = prior(index, &samples, &tables);
    for (c, table) in tables.iter_mut().enumerate() {
        without_ones(index, c, prior, table);
        commons(index, c, prior, table);
    }
    Some(Model { version: index.model.version + 1, records: index.len() as u64, prior, tables })
}

/// The patterns of pairs taken at random: almost all of two things.
fn random(index: &Index) -> Vec<(Pattern, f64)> {
    let rows: Vec<u32> = (0..index.ids.len() as u32).filter(|&row| index.alive[row as usize]).collect();
    let pairs = RANDOM.min(rows.len() * 50);
    let pieces: Vec<u64> = (0..16).collect();
    let found = spread(index.plan.bounds.threads, pieces, |piece| {
        let (mut scorer, mut counts) = (index.scorer(), BTreeMap::new());
        let mut state = 0x5eed_0000_u64 + piece;
        let mut below = |n: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as usize) % n
        };
        for _ in 0..pairs / 16 {
            let (x, y) = (rows[below(rows.len())], rows[below(rows.len())]);
            if x != y {
                *counts.entry(scorer.pattern(x, y)).or_insert(0.0) += 1.0;
            }
        }
        counts
    });
    summed(found)
}

fn summed(found: Vec<BTreeMap<Pattern, f64>>) -> Vec<(Pattern, f64)> {
    let mut all = BTreeMap::new();
    for (pattern, count) in found.into_iter().flatten() {
        *all.entry(pattern).or_insert(0.0) += count;
    }
    all.into_iter().collect()
}

/// Chances of the levels between two things: equality from the counts of values, which see what a sample never does.
fn by_chance(index: &Index, c: usize, random: &[(Pattern, f64)], assumed: &Table, table: &mut Table) {
    let n = levels(index.plan.comparisons[c].kind);
    let mut counts: Shares = [0.0; LEVELS];
    for &(pattern, count) in random {
        let level = level_of(pattern, c);
        if level != ABSENT {
            counts[usize::from(level)] += count;
        }
    }
    let unequal: f64 = counts[1..n].iter().sum();
    let assumed_unequal: f64 = assumed.two[0][1..n].iter().sum();
    let equal = equal_by_chance(index, c).unwrap_or(assumed.two[0][0]);
    table.two[0][0] = equal;
    for (level, count) in counts.iter().enumerate().take(n).skip(1) {
        let assumed = assumed.two[0][level] / assumed_unequal * WORTH_TWO;
        table.two[0][level] = (1.0 - equal) * (count + assumed) / (unequal + WORTH_TWO);
    }
}

/// Probability that two records that have the value have the same one.
fn equal_by_chance(index: &Index, c: usize) -> Option<f64> {
    let pool = &index.pools[c];
    let (mut have, mut same) = (0.0, 0.0);
    for value in MISSING + 1..pool.len() as u32 {
        let count = f64::from(pool.count(value));
        have += count;
        same += count * (count - 1.0);
    }
    (have > 100.0).then(|| same / (have * (have - 1.0)))
}

fn samples(index: &Index) -> Vec<Sample> {
    let plan = &index.plan;
    let passes: Vec<usize> = (0..plan.passes.len()).collect();
    let found = spread(plan.bounds.threads, passes, |pass| {
        let (mut scorer, mut counts) = (index.scorer(), BTreeMap::new());
        let mut taken = 0.0;
        let (_, there) = index.blocks.sample(pass, SAMPLE, BLOCK, |x, y| {
            *counts.entry(scorer.pattern(x, y)).or_insert(0.0) += 1.0;
            taken += 1.0;
        });
        let parts = plan.passes[pass].iter().filter(|p| !p.narrowing);
        let mut blind = vec![false; plan.comparisons.len()];
        let mut demanded = Vec::new();
        for part in parts {
            blind[part.comparison] = true;
            // Where what follows from it agrees, it agrees more often than chance as well.
            if let Some(given) = plan.comparisons[part.comparison].given {
                blind[given] = true;
            }
            if part.prefix.is_none() {
                demanded.push(part.comparison);
            }
        }
        let scale = if taken > 0.0 { there as f64 / taken } else { 0.0 };
        Sample { patterns: counts.into_iter().collect(), blind, demanded, scale, one: 0.3 }
    });
    found.into_iter().filter(|s| !s.patterns.is_empty()).collect()
}

/// Whether what a comparison is given agrees on a pair.
fn context(index: &Index, c: usize, pattern: Pattern) -> usize {
    let given = index.plan.comparisons[c].given;
    usize::from(given.is_some_and(|g| agrees(index.plan.comparisons[g].kind, level_of(pattern, g))))
}

/// One round: who is one by what is thought now, and what that makes us think.
fn once(index: &Index, samples: &mut [Sample], assumed: &[Table], tables: &mut [Table]) {
    let plan = &index.plan;
    let width = plan.comparisons.len();
    let mut ones = vec![[0.0; LEVELS]; width];
    let mut twos = vec![[0.0; LEVELS]; width];
    let (mut both, mut all) = (vec![0.0; width], vec![0.0; width]);
    for sample in samples.iter_mut() {
        let (mut one_weight, mut weight) = (0.0, 0.0);
        for &(pattern, count) in &sample.patterns {
            let mut odds = (sample.one / (1.0 - sample.one)).ln();
            for c in (0..width).filter(|&c| !sample.blind[c]) {
                let level = level_of(pattern, c);
                if level != ABSENT {
                    let level = usize::from(level);
                    let (one, two) = (tables[c].one[level], tables[c].two[context(index, c, pattern)][level]);
                    odds += (one.max(1e-9) / two.max(1e-12)).ln();
                }
            }
            let probability = 1.0 / (1.0 + (-odds).exp());
            one_weight += count * probability;
            weight += count;
            for c in (0..width).filter(|&c| !sample.blind[c]) {
                let level = level_of(pattern, c);
                all[c] += count * probability;
                if level == ABSENT {
                    continue;
                }
                both[c] += count * probability;
                ones[c][usize::from(level)] += count * probability;
                if context(index, c, pattern) == 1 {
                    twos[c][usize::from(level)] += count * (1.0 - probability);
                }
            }
        }
        sample.one = ((one_weight + 1.0) / (weight + 2.0)).clamp(1e-6, 1.0 - 1e-6);
    }
    for c in 0..width {
        let n = levels(plan.comparisons[c].kind);
        tables[c].one = mixed(&ones[c], &assumed[c].one, WORTH_ONE, n);
        if plan.comparisons[c].given.is_some() {
            tables[c].two[1] = mixed(&twos[c], &assumed[c].two[1], WORTH_ONE, n);
        }
        tables[c].present = (both[c] + assumed[c].present * WORTH_ONE) / (all[c] + WORTH_ONE);
    }
}

/// Shares of counts, on top of what is assumed.
fn mixed(counts: &Shares, assumed: &Shares, worth: f64, n: usize) -> Shares {
    let sum: f64 = counts[..n].iter().sum();
    let mut out = [0.0; LEVELS];
    for ((share, count), assumed) in out.iter_mut().zip(counts).zip(assumed).take(n) {
        *share = (count + assumed * worth) / (sum + worth);
    }
    out
}

/// Probability that two records are one: the pairs of one thing that a pass has, over the share of all of them that it
/// can have; the middle of what the passes say.
fn prior(index: &Index, samples: &[Sample], tables: &[Table]) -> f64 {
    let records = index.len() as f64;
    let everything = records * (records - 1.0) / 2.0;
    let mut said: Vec<f64> = samples
        .iter()
        .map(|sample| {
            let pairs: f64 = sample.patterns.iter().map(|(_, count)| count).sum();
            let reach: f64 = sample.demanded.iter().map(|&c| tables[c].present * tables[c].one[0]).product();
            sample.one * pairs * sample.scale / reach.max(0.05)
        })
        .collect();
    said.sort_by(f64::total_cmp);
    let middle = said.get(said.len() / 2).copied().unwrap_or(0.1 * records);
    (middle.max(1.0) / everything).clamp(1e-12, 0.5)
}

/// Takes the pairs of one thing out of the chance of equality, which was counted over all pairs. What is left is
/// uncertain when almost all of it is taken out, so a tenth stays.
fn without_ones(index: &Index, c: usize, prior: f64, table: &mut Table) {
    table.two[0][0] = cleared(table.two[0][0], prior, table);
    let n = levels(index.plan.comparisons[c].kind);
    for level in 1..n {
        table.two[0][level] = table.two[0][level].max(1e-9);
    }
}

fn cleared(equal: f64, prior: f64, table: &Table) -> f64 {
    (equal - prior * table.one[0]).max(equal * 0.1)
}

/// Values that many records have, and the chance of equality for all others.
fn commons(index: &Index, c: usize, prior: f64, table: &mut Table) {
    let pool = &index.pools[c];
    let have: f64 = (MISSING + 1..pool.len() as u32).map(|v| f64::from(pool.count(v))).sum();
    let mut counts: Vec<(u32, u32)> = (MISSING + 1..pool.len() as u32)
        .map(|value| (pool.count(value), value))
        .filter(|(count, _)| *count >= COMMON_COUNT)
        .collect();
    counts.sort_unstable_by(|x, y| y.0.cmp(&x.0).then_with(|| pool.bytes(x.1).cmp(pool.bytes(y.1))));
    counts.truncate(COMMON);
    if have < 2.0 {
        table.rare = table.two[0][0];
        return;
    }
    let share = |count: f64| (count - 1.0) / (have - 1.0);
    table.common = counts
        .iter()
        .map(|&(count, value)| (pool.hash(value), cleared(share(f64::from(count)), prior, table) as f32))
        .collect();
    let kept: ahash::HashSet<u32> = counts.iter().map(|(_, value)| *value).collect();
    let (mut rest, mut same) = (0.0, 0.0);
    for value in (MISSING + 1..pool.len() as u32).filter(|v| !kept.contains(v)) {
        let count = f64::from(pool.count(value));
        rest += count;
        same += count * share(count);
    }
    table.rare =
        if rest > 0.0 { cleared((same / rest).max(1.0 / (have * 10.0)), prior, table) } else { table.two[0][0] };
}
