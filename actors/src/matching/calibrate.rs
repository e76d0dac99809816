//! From log odds to a confidence that keeps its word: of what says 0.9, nine in ten are right.
//!
//! Guarantee: monotone, strictly between 0 and 1; cautious where proposals begin to be applied unseen. Fitted on answers the trees gave about systems they had not seen. A crash
//! cannot do anything to it.

use serde::{Deserialize, Serialize};

/// `confidence = sigmoid(slope * logit + shift)`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// How far log odds are trusted.
    pub slope: f32,
    /// Where even odds lie.
    pub shift: f32,
}

/// From here on a proposal is applied without a hand.
pub const APPLY: f32 = 0.85;

/// What cross-validation must say before a confidence of [`APPLY`] is given: applying a wrong mapping costs more than looking at
/// a right one, so what lies between [`DOUBT`] and this is pressed together below it.
const SURE: f32 = 0.94;
const PRESSED: f32 = 0.83;
const DOUBT: f32 = 0.78;

impl Default for Calibration {
    fn default() -> Self {
        Self { slope: 1.0, shift: 0.0 }
    }
}

/// The logistic function.
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

impl Calibration {
    /// The confidence for log odds.
    pub fn confidence(&self, logit: f32) -> f32 {
        let p = sigmoid(self.slope * logit + self.shift).clamp(0.001, 0.995);
        if (APPLY..SURE).contains(&p) {
            PRESSED + (p - APPLY) * (APPLY - 0.001 - PRESSED) / (SURE - APPLY)
        } else if (DOUBT..APPLY).contains(&p) {
            DOUBT + (p - DOUBT) * (PRESSED - DOUBT) / (APPLY - DOUBT)
        } else {
            p
        }
    }

    /// Fits both numbers by Newton's method on (logit, right, weight).
    pub fn fit(points: &[(f32, bool, f32)]) -> Self {
        let (mut slope, mut shift) = (1.0_f64, 0.0_f64);
        for _ in 0..80 {
            // a weak pull towards the trees' own odds keeps few points from saying too much
            let (mut ga, mut gb) = ((slope - 1.0) * 2.0, shift * 2.0);
            let (mut haa, mut hab, mut hbb) = (2.0_f64, 0.0_f64, 2.0_f64);
            for (logit, right, weight) in points {
                let (x, wt) = (f64::from(*logit), f64::from(*weight));
                let p = 1.0 / (1.0 + (-(slope * x + shift)).exp());
                let d = (p - f64::from(u8::from(*right))) * wt;
                let h = p * (1.0 - p) * wt;
                ga += d * x;
                gb += d;
                haa += h * x * x;
                hab += h * x;
                hbb += h;
            }
            let det = haa * hbb - hab * hab;
            if det.abs() < 1e-9 {
                break;
            }
            // short steps: from far away a whole one can jump over the valley
            slope -= ((hbb * ga - hab * gb) / det).clamp(-0.2, 0.2);
            shift -= ((haa * gb - hab * ga) / det).clamp(-0.2, 0.2);
        }
        Self { slope: slope as f32, shift: shift as f32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_rises_with_the_odds_and_doubt_is_not_applied() {
        let c = Calibration::default();
        let all: Vec<f32> = (-60..60).map(|k| c.confidence(k as f32 / 10.0)).collect();
        assert!(all.windows(2).all(|w| w[0] <= w[1]), "{all:?}");
        assert!(c.confidence(2.6) < APPLY && c.confidence(2.9) > 0.94);
    }

    #[test]
    fn overconfidence_is_pulled_back() {
        // logits say 0.95, the truth is 0.7
        let points: Vec<_> =
            (0..100).map(|i| (3.0, i % 10 < 7, 1.0)).chain((0..100).map(|i| (-3.0, i % 10 < 3, 1.0))).collect();
        let fitted = Calibration::fit(&points);
        assert!((fitted.confidence(3.0) - 0.7).abs() < 0.03, "{fitted:?}");
        assert!((fitted.confidence(-3.0) - 0.3).abs() < 0.03);
    }
}
