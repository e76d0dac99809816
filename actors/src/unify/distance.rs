//! How many edits lie between two short texts: insertions, deletions, changes and swaps of neighbours (optimal string
//! alignment), by bit-parallel rows: one machine word holds a whole row of the table.
//!
//! Guarantee: exact up to the bound asked for, "more than that" beyond it. Pure; the scratch saves clearing a table a call.

use super::pool::Outline;
use super::text::LONGEST;

/// Where each letter stands in the pattern. Between calls all zero.
pub(crate) struct Scratch([u64; 256]);

impl std::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scratch")
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self([0; 256])
    }
}

/// Whether two values can be within so many edits: an edit changes the length by one and brings or takes one letter each.
pub(crate) const fn possible(a: Outline, b: Outline, most: u32) -> bool {
    a.len.abs_diff(b.len) as u32 <= most && (a.letters ^ b.letters).count_ones() <= 2 * most
}

/// The distance, if it is at most that.
pub(crate) fn within(a: &[u8], b: &[u8], most: u32, scratch: &mut Scratch) -> Option<u32> {
    let (a, b) = trimmed(a, b);
    let (a, b) = if a.len() > b.len() { (b, a) } else { (a, b) };
    let distance = if a.is_empty() {
        b.len() as u32
    } else if b.len() - a.len() > most as usize {
        return None;
    } else {
        aligned(a, b, scratch)
    };
    (distance <= most).then_some(distance)
}

/// Without what they begin and end with alike.
fn trimmed<'a>(a: &'a [u8], b: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let front = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[front..], &b[front..]);
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    (&a[..a.len() - back], &b[..b.len() - back])
}

/// Hyyrö's rows. `a` is not empty and at most a word long.
fn aligned(a: &[u8], b: &[u8], scratch: &mut Scratch) -> u32 {
    debug_assert!(!a.is_empty() && a.len() <= LONGEST);
    let a = &a[..a.len().min(LONGEST)];
    for (at, &byte) in a.iter().enumerate() {
        scratch.0[byte as usize] |= 1 << at;
    }
    let last = 1_u64 << (a.len() - 1);
    let (mut plus, mut minus, mut diagonal, mut before) = (u64::MAX, 0_u64, 0_u64, 0_u64);
    let mut distance = a.len() as u32;
    for &byte in b {
        let here = scratch.0[byte as usize];
        let swapped = ((!diagonal & here) << 1) & before;
        diagonal = ((here & plus).wrapping_add(plus) ^ plus) | here | minus | swapped;
        let up = minus | !(diagonal | plus);
        let down = diagonal & plus;
        distance += u32::from(up & last != 0);
        distance -= u32::from(down & last != 0);
        let (up, down) = ((up << 1) | 1, down << 1);
        plus = down | !(diagonal | up);
        minus = up & diagonal;
        before = here;
    }
    for &byte in a {
        scratch.0[byte as usize] = 0;
    }
    distance
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The table, cell by cell.
    fn slow(a: &[u8], b: &[u8]) -> u32 {
        let mut d = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                d[i][j] = if i == 0 || j == 0 {
                    (i + j) as u32
                } else {
                    let mut least = (d[i - 1][j] + 1).min(d[i][j - 1] + 1);
                    least = least.min(d[i - 1][j - 1] + u32::from(a[i - 1] != b[j - 1]));
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        least = least.min(d[i - 2][j - 2] + 1);
                    }
                    least
                };
            }
        }
        d[a.len()][b.len()]
    }

    #[test]
    fn an_edit_is_one() {
        let mut scratch = Scratch::default();
        for (a, b, edits) in [
            ("acme", "acme", 0),
            ("acme", "acm", 1),
            ("acme", "amce", 1),
            ("acme", "axme", 1),
            ("acme", "xacme", 1),
            ("ca", "abc", 3),
        ] {
            assert_eq!(within(a.as_bytes(), b.as_bytes(), 3, &mut scratch), Some(edits), "{a} {b}");
        }
        assert_eq!(within(b"acme", b"zzzz", 2, &mut scratch), None);
    }

    proptest! {
        #[test]
        fn it_is_what_the_table_says(a in "[a-d]{0,64}", b in "[a-d]{0,64}", most in 0..70_u32) {
            let mut scratch = Scratch::default();
            let (a, b) = (a.as_bytes(), b.as_bytes());
            let right = slow(a, b);
            prop_assert_eq!(within(a, b, most, &mut scratch), (right <= most).then_some(right));
            prop_assert!(scratch.0.iter().all(|bits| *bits == 0));
        }
    }
}
