//! How good proposals are: precision, recall, F1, what would be applied unseen, and calibration.
//!
//! Guarantee: the same arithmetic as the scorer the labels came with. Pure. A crash cannot do anything to it.

use serde::Serialize;

use super::calibrate::APPLY;

/// Counts over scored fields.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    rows: usize,
    positives: usize,
    shown: usize,
    right: usize,
    applied: usize,
    applied_right: usize,
    bins: [(usize, f64, usize); 10],
}

/// Figures of a tally.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Figures {
    /// Scored fields.
    pub rows: usize,
    /// Those that map to something.
    pub positives: usize,
    /// Right among proposed.
    pub precision: f64,
    /// Right among those to be found.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
    /// Right among those above 0.85.
    pub applied_precision: f64,
    /// Right above 0.85 among those to be found.
    pub applied_recall: f64,
    /// Number above 0.85.
    pub applied: usize,
    /// Expected calibration error over the proposals, ten bins.
    pub ece: f64,
}

impl Tally {
    /// Counts one field: whether it maps to something, and the proposal (right, confidence) if there is one.
    pub fn add(&mut self, positive: bool, proposal: Option<(bool, f32)>) {
        self.rows += 1;
        self.positives += usize::from(positive);
        let Some((right, confidence)) = proposal else { return };
        self.shown += 1;
        self.right += usize::from(right);
        if confidence > APPLY {
            self.applied += 1;
            self.applied_right += usize::from(right);
        }
        let bin = &mut self.bins[((confidence * 10.0) as usize).min(9)];
        bin.0 += 1;
        bin.1 += f64::from(confidence);
        bin.2 += usize::from(right);
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.positives += other.positives;
        self.shown += other.shown;
        self.right += other.right;
        self.applied += other.applied;
        self.applied_right += other.applied_right;
        for (a, b) in self.bins.iter_mut().zip(&other.bins) {
            *a = (a.0 + b.0, a.1 + b.1, a.2 + b.2);
        }
    }

    /// The figures.
    pub fn figures(&self) -> Figures {
        let ratio = |a: usize, b: usize| if b == 0 { 0.0 } else { a as f64 / b as f64 };
        let (precision, recall) = (ratio(self.right, self.shown), ratio(self.right, self.positives));
        let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
        let gaps: f64 = self.bins.iter().map(|(_, sum, right)| (sum - *right as f64).abs()).sum();
        Figures {
            rows: self.rows,
            positives: self.positives,
            precision,
            recall,
            f1,
            applied_precision: ratio(self.applied_right, self.applied),
            applied_recall: ratio(self.applied_right, self.positives),
            applied: self.applied,
            ece: if self.shown == 0 { 0.0 } else { gaps / self.shown as f64 },
        }
    }
}
