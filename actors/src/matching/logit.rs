//! Logistic regression: fitting by Newton's method with a penalty, and the probability it gives.
//!
//! Guarantee: pure and deterministic; always ends (fixed number of steps). A crash cannot do anything to it.

/// An observation: its numbers, whether it is so, and how much it counts.
#[derive(Clone, Debug)]
pub struct Observation<'a> {
    /// The numbers, the first of them the constant 1.
    pub numbers: &'a [f64],
    /// The outcome.
    pub so: bool,
    /// How much it counts.
    pub weight: f64,
}

/// The probability for a sum of weighted numbers.
pub fn probability(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// The sum of weighted numbers.
pub fn dot(weights: &[f64], numbers: &[f64]) -> f64 {
    weights.iter().zip(numbers).map(|(w, x)| w * x).sum()
}

/// Fits weights; `penalty[k]` holds weight k near zero.
pub fn fit(observations: &[Observation<'_>], penalty: &[f64]) -> Vec<f64> {
    let n = penalty.len();
    let mut weights = vec![0.0; n];
    for _ in 0..40 {
        let mut slope: Vec<f64> = weights.iter().zip(penalty).map(|(w, p)| -w * p).collect();
        let mut curve = vec![0.0; n * n];
        for (k, p) in penalty.iter().enumerate() {
            curve[k * n + k] = p + 1e-9;
        }
        for o in observations {
            let p = probability(dot(&weights, o.numbers));
            let miss = (f64::from(u8::from(o.so)) - p) * o.weight;
            let steep = (p * (1.0 - p)).max(1e-6) * o.weight;
            for (a, x) in o.numbers.iter().enumerate().filter(|(_, x)| **x != 0.0) {
                slope[a] += miss * x;
                for (b, y) in o.numbers.iter().enumerate().skip(a).filter(|(_, y)| **y != 0.0) {
                    curve[a * n + b] += steep * x * y;
                }
            }
        }
        for a in 0..n {
            for b in 0..a {
                curve[a * n + b] = curve[b * n + a];
            }
        }
        let step = solve(curve, slope);
        let longest = step.iter().fold(0.0_f64, |m, s| m.max(s.abs()));
        let scale = if longest > 3.0 { 3.0 / longest } else { 1.0 };
        for (w, s) in weights.iter_mut().zip(&step) {
            *w += s * scale;
        }
        if longest < 1e-7 {
            break;
        }
    }
    weights
}

/// Solves a symmetric positive system by Gaussian elimination with pivots.
fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for column in 0..n {
        let pivot = (column..n)
            .max_by(|a, b| matrix[a * n + column].abs().total_cmp(&matrix[b * n + column].abs()))
            .unwrap_or(column);
        if matrix[pivot * n + column].abs() < 1e-12 {
            continue;
        }
        if pivot != column {
            for k in 0..n {
                matrix.swap(pivot * n + k, column * n + k);
            }
            right.swap(pivot, column);
        }
        for row in column + 1..n {
            let factor = matrix[row * n + column] / matrix[column * n + column];
            if factor != 0.0 {
                for k in column..n {
                    matrix[row * n + k] -= factor * matrix[column * n + k];
                }
                right[row] -= factor * right[column];
            }
        }
    }
    for column in (0..n).rev() {
        let known: f64 = (column + 1..n).map(|k| matrix[column * n + k] * right[k]).sum();
        let pivot = matrix[column * n + column];
        right[column] = if pivot.abs() < 1e-12 { 0.0 } else { (right[column] - known) / pivot };
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learns_what_decides() {
        let rows: Vec<([f64; 3], bool)> = (0..200)
            .map(|k| {
                let (x, noise) = (f64::from(k % 10) / 10.0, f64::from(k % 7) / 7.0);
                ([1.0, x, noise], x > 0.45)
            })
            .collect();
        let seen: Vec<Observation<'_>> =
            rows.iter().map(|(x, so)| Observation { numbers: x, so: *so, weight: 1.0 }).collect();
        let w = fit(&seen, &[0.0, 0.01, 0.01]);
        assert!(w[1] > 5.0 && w[2].abs() < 1.5, "{w:?}");
        assert!(probability(dot(&w, &[1.0, 0.9, 0.5])) > 0.95);
    }
}
