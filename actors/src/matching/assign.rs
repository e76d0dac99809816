//! The best one-to-one pairing of two lists, where leaving either side alone is allowed.
//!
//! Guarantee: pure and deterministic; never pairs at a gain of zero or less. Exact (Hungarian method) up to
//! [`EXACT`] a side, greedy by gain beyond it. A crash cannot do anything to it.

/// The largest side for which the exact method is used.
pub const EXACT: usize = 250;

/// A possible pair and what it gains.
#[derive(Clone, Copy, Debug)]
pub struct Gain {
    /// Place on the left.
    pub left: usize,
    /// Place on the right.
    pub right: usize,
    /// What it is worth; pairs at zero or less are never taken.
    pub worth: f64,
}

/// Pairs that together gain most, by left place.
pub fn assign(lefts: usize, rights: usize, gains: &[Gain]) -> Vec<(usize, usize)> {
    let mut pairs = if lefts.max(rights) <= EXACT { exact(lefts, rights, gains) } else { greedy(lefts, rights, gains) };
    pairs.sort_unstable();
    pairs
}

fn greedy(lefts: usize, rights: usize, gains: &[Gain]) -> Vec<(usize, usize)> {
    let mut order: Vec<&Gain> = gains.iter().filter(|g| g.worth > 0.0).collect();
    order.sort_by(|a, b| b.worth.total_cmp(&a.worth).then((a.left, a.right).cmp(&(b.left, b.right))));
    let (mut used_left, mut used_right) = (vec![false; lefts], vec![false; rights]);
    let mut pairs = Vec::new();
    for g in order {
        if !used_left[g.left] && !used_right[g.right] {
            used_left[g.left] = true;
            used_right[g.right] = true;
            pairs.push((g.left, g.right));
        }
    }
    pairs
}

/// The Hungarian method over a square cost matrix, with a missing pair costing nothing.
fn exact(lefts: usize, rights: usize, gains: &[Gain]) -> Vec<(usize, usize)> {
    let n = lefts.max(rights);
    if n == 0 {
        return Vec::new();
    }
    let mut cost = vec![0.0_f64; n * n];
    for g in gains.iter().filter(|g| g.worth > 0.0) {
        cost[g.left * n + g.right] = -g.worth;
    }
    // potentials and matching are one-based; column 0 holds the row being placed
    let (mut u, mut v) = (vec![0.0_f64; n + 1], vec![0.0_f64; n + 1]);
    let (mut row_of, mut way) = (vec![0_usize; n + 1], vec![0_usize; n + 1]);
    for row in 1..=n {
        row_of[0] = row;
        let mut column = 0;
        let mut least = vec![f64::INFINITY; n + 1];
        let mut used = vec![false; n + 1];
        loop {
            used[column] = true;
            let at = row_of[column];
            let (mut delta, mut next) = (f64::INFINITY, 0);
            for j in 1..=n {
                if used[j] {
                    continue;
                }
                let reduced = cost[(at - 1) * n + j - 1] - u[at] - v[j];
                if reduced < least[j] {
                    least[j] = reduced;
                    way[j] = column;
                }
                if least[j] < delta {
                    delta = least[j];
                    next = j;
                }
            }
            for j in 0..=n {
                if used[j] {
                    u[row_of[j]] += delta;
                    v[j] -= delta;
                } else {
                    least[j] -= delta;
                }
            }
            column = next;
            if row_of[column] == 0 {
                break;
            }
        }
        while column != 0 {
            let before = way[column];
            row_of[column] = row_of[before];
            column = before;
        }
    }
    (1..=n)
        .map(|j| (row_of[j] - 1, j - 1))
        .filter(|(l, r)| *l < lefts && *r < rights && cost[l * n + r] < 0.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn best_together_beats_best_first() {
        let g = |left, right, worth| Gain { left, right, worth };
        let gains = [g(0, 0, 0.9), g(0, 1, 0.8), g(1, 0, 0.8), g(1, 1, -0.5)];
        assert_eq!(assign(2, 2, &gains), [(0, 1), (1, 0)]);
        assert_eq!(greedy(2, 2, &gains), [(0, 0)]);
    }

    #[test]
    fn a_side_may_stay_alone() {
        let gains = [Gain { left: 2, right: 0, worth: 0.3 }, Gain { left: 0, right: 0, worth: 0.2 }];
        assert_eq!(assign(3, 1, &gains), [(2, 0)]);
        assert_eq!(assign(0, 4, &[]), []);
    }
}
