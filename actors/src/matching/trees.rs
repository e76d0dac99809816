//! Boosted decision trees for yes-or-no questions: trained here, small, deterministic.
//!
//! Guarantee: the same rows in the same order give the same trees on every machine (no randomness, no threads); predicting
//! allocates nothing. A crash cannot do anything to it.

use serde::{Deserialize, Serialize};

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// Number of trees.
    pub trees: usize,
    /// Deepest split.
    pub depth: usize,
    /// How much of each tree's advice is taken.
    pub rate: f64,
    /// Least weight of curvature in a leaf.
    pub least: f64,
    /// Shrinks leaves towards zero.
    pub lambda: f64,
}

/// A node: a split when `feature` is one, else a leaf of value `at`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Feature to ask, or `u16::MAX` for a leaf.
    pub feature: u16,
    /// Values up to this go left; for a leaf its value.
    pub at: f32,
    /// Place of the left child; the right one follows it.
    pub left: u16,
}

/// A forest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Forest {
    /// Log odds before any tree speaks.
    pub base: f32,
    /// All nodes of all trees.
    pub nodes: Vec<Node>,
    /// Where each tree starts.
    pub roots: Vec<u32>,
}

const LEAF: u16 = u16::MAX;
const BINS: usize = 48;

impl Forest {
    /// Log odds of yes.
    pub fn logit(&self, x: &[f32]) -> f32 {
        let mut sum = self.base;
        for root in &self.roots {
            let tree = &self.nodes[*root as usize..];
            let mut node = tree[0];
            while node.feature != LEAF {
                let right = usize::from(x[node.feature as usize] > node.at);
                node = tree[node.left as usize + right];
            }
            sum += node.at;
        }
        sum
    }

    /// Trains on rows of `width` features each, one after the other in `x`; `up` forces the answer to rise (1) or fall (-1)
    /// with a feature.
    pub fn train(x: &[f32], width: usize, y: &[f32], weight: &[f32], up: &[i8], recipe: &Recipe) -> Self {
        let n = y.len();
        if n == 0 {
            return Self::default();
        }
        let cuts: Vec<Vec<f32>> = (0..width).map(|f| cuts(x, width, f, n)).collect();
        let mut bins = vec![0_u8; n * width];
        for row in 0..n {
            for f in 0..width {
                bins[f * n + row] = cuts[f].partition_point(|c| *c < x[row * width + f]) as u8;
            }
        }
        let total: f32 = weight.iter().sum();
        let yes: f32 = y.iter().zip(weight).map(|(a, b)| a * b).sum();
        let rate = (yes / total).clamp(1e-4, 1.0 - 1e-4);
        let base = (rate / (1.0 - rate)).ln();
        let mut forest = Self { base, nodes: Vec::new(), roots: Vec::new() };
        let mut logit = vec![f64::from(base); n];
        let mut grad = vec![(0.0_f64, 0.0_f64); n];
        for _ in 0..recipe.trees {
            for row in 0..n {
                let p = 1.0 / (1.0 + (-logit[row]).exp());
                let wt = f64::from(weight[row]);
                grad[row] = ((p - f64::from(y[row])) * wt, (p * (1.0 - p)).max(1e-6) * wt);
            }
            let grower = Grower { bins: &bins, n, cuts: &cuts, grad: &grad, up, recipe };
            let mut nodes = vec![Node { feature: LEAF, at: 0.0, left: 0 }];
            let mut rows: Vec<u32> = (0..n as u32).collect();
            grower.grow(&mut nodes, 0, &mut rows, recipe.depth, (f64::NEG_INFINITY, f64::INFINITY), &mut logit);
            forest.roots.push(forest.nodes.len() as u32);
            forest.nodes.extend(nodes);
        }
        forest
    }
}

fn cuts(x: &[f32], width: usize, f: usize, n: usize) -> Vec<f32> {
    let mut values: Vec<f32> = (0..n).map(|row| x[row * width + f]).collect();
    values.sort_by(f32::total_cmp);
    let mut distinct = values.clone();
    distinct.dedup();
    if distinct.len() <= BINS {
        return distinct.windows(2).map(|p| f32::midpoint(p[0], p[1])).collect();
    }
    let mut out: Vec<f32> = (1..BINS).map(|b| values[b * n / BINS]).collect();
    out.dedup();
    out
}

struct Grower<'a> {
    bins: &'a [u8],
    n: usize,
    cuts: &'a [Vec<f32>],
    grad: &'a [(f64, f64)],
    up: &'a [i8],
    recipe: &'a Recipe,
}

struct Split {
    feature: usize,
    bin: usize,
    gain: f64,
    middle: f64,
}

impl Grower<'_> {
    fn grow(
        &self,
        nodes: &mut Vec<Node>,
        at: usize,
        rows: &mut [u32],
        depth: usize,
        bounds: (f64, f64),
        logit: &mut [f64],
    ) {
        let (g, h) =
            rows.iter().fold((0.0, 0.0), |s, r| (s.0 + self.grad[*r as usize].0, s.1 + self.grad[*r as usize].1));
        let split = if depth == 0 { None } else { self.best(rows, g, h, bounds) };
        let Some(split) = split else {
            let value = (self.recipe.rate * self.value(g, h).clamp(bounds.0, bounds.1)) as f32;
            nodes[at] = Node { feature: LEAF, at: value, left: 0 };
            for row in rows {
                logit[*row as usize] += f64::from(value);
            }
            return;
        };
        let goes_left = |row: u32| usize::from(self.bins[split.feature * self.n + row as usize]) <= split.bin;
        rows.sort_by_key(|r| !goes_left(*r));
        let cut = rows.partition_point(|r| goes_left(*r));
        let left = nodes.len();
        nodes.push(Node { feature: LEAF, at: 0.0, left: 0 });
        nodes.push(Node { feature: LEAF, at: 0.0, left: 0 });
        nodes[at] = Node { feature: split.feature as u16, at: self.cuts[split.feature][split.bin], left: left as u16 };
        let (below, above) = match self.up[split.feature] {
            1 => ((bounds.0, split.middle.min(bounds.1)), (split.middle.max(bounds.0), bounds.1)),
            -1 => ((split.middle.max(bounds.0), bounds.1), (bounds.0, split.middle.min(bounds.1))),
            _ => (bounds, bounds),
        };
        let (lower, upper) = rows.split_at_mut(cut);
        self.grow(nodes, left, lower, depth - 1, below, logit);
        self.grow(nodes, left + 1, upper, depth - 1, above, logit);
    }

    fn value(&self, g: f64, h: f64) -> f64 {
        -g / (h + self.recipe.lambda)
    }

    fn best(&self, rows: &[u32], g: f64, h: f64, bounds: (f64, f64)) -> Option<Split> {
        let score = |g: f64, h: f64| g * g / (h + self.recipe.lambda);
        let whole = score(g, h);
        let mut best: Option<Split> = None;
        for feature in 0..self.cuts.len() {
            let count = self.cuts[feature].len();
            if count == 0 {
                continue;
            }
            let column = &self.bins[feature * self.n..(feature + 1) * self.n];
            let mut sums = [(0.0_f64, 0.0_f64); BINS + 1];
            for row in rows {
                let bin = usize::from(column[*row as usize]).min(BINS);
                let grad = self.grad[*row as usize];
                sums[bin].0 += grad.0;
                sums[bin].1 += grad.1;
            }
            let (mut lg, mut lh) = (0.0, 0.0);
            for (bin, sum) in sums.iter().enumerate().take(count) {
                lg += sum.0;
                lh += sum.1;
                if lh < self.recipe.least || h - lh < self.recipe.least {
                    continue;
                }
                let gain = score(lg, lh) + score(g - lg, h - lh) - whole;
                if gain < 1e-6 || best.as_ref().is_some_and(|b| b.gain >= gain) {
                    continue;
                }
                let left = self.value(lg, lh).clamp(bounds.0, bounds.1);
                let right = self.value(g - lg, h - lh).clamp(bounds.0, bounds.1);
                if (self.up[feature] == 1 && left > right) || (self.up[feature] == -1 && left < right) {
                    continue;
                }
                best = Some(Split { feature, bin, gain, middle: f64::midpoint(left, right) });
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learns_an_interaction_and_obeys_direction() {
        let mut x = Vec::new();
        let mut y = Vec::new();
        for i in 0..400_u32 {
            let (a, b) = ((i % 20) as f32, (i / 20) as f32);
            x.extend([a, b]);
            y.push(f32::from(u8::from(a > 9.0 && b > 9.0)));
        }
        let recipe = Recipe { trees: 40, depth: 2, rate: 0.3, least: 1.0, lambda: 1.0 };
        let forest = Forest::train(&x, 2, &y, &vec![1.0; 400], &[1, 0], &recipe);
        assert!(forest.logit(&[15.0, 15.0]) > 1.5);
        assert!(forest.logit(&[15.0, 2.0]) < -1.5);
        for b in 0..20 {
            for a in 1..20_u8 {
                assert!(
                    forest.logit(&[f32::from(a), b as f32]) >= forest.logit(&[f32::from(a) - 1.0, b as f32]) - 1e-4
                );
            }
        }
    }
}
