//! Where a removed and an added field stood between the fields that stayed: a renamed column keeps its place.
//!
//! Guarantee: pure. Lists sorted by name or shuffled say nothing, and the caller is told so. A crash cannot do anything to it.

use hashbrown::HashMap;

/// A place between two fields that stayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// How many staying fields come before it.
    pub gap: usize,
    /// Its place among the unmatched fields of that gap.
    pub rank: usize,
    /// How many unmatched fields that gap has.
    pub count: usize,
}

/// The slots of both sides.
#[derive(Debug)]
pub struct Order {
    /// Whether places mean anything here.
    pub telling: bool,
    /// How many fields stayed.
    pub stayed: usize,
    /// Slots of the removed fields, in their order.
    pub removed: Vec<Slot>,
    /// Slots of the added fields, in their order.
    pub added: Vec<Slot>,
}

/// Finds the slots of two lists of names.
pub fn order(before: &[&str], after: &[&str]) -> Order {
    let places: HashMap<&str, usize> = after.iter().enumerate().map(|(i, n)| (*n, i)).collect();
    let olds: HashMap<&str, usize> = before.iter().enumerate().map(|(i, n)| (*n, i)).collect();
    let kept: Vec<usize> = before.iter().filter_map(|n| places.get(n).copied()).collect();
    let sorted = |list: &[&str]| list.len() > 4 && list.windows(2).all(|w| w[0].to_lowercase() <= w[1].to_lowercase());
    let in_order = longest_rise(&kept);
    let telling = kept.len() >= 2 && in_order * 10 >= kept.len() * 9 && !(sorted(before) && sorted(after));
    Order {
        telling,
        stayed: kept.len(),
        removed: slots(before, |n| places.contains_key(n)),
        added: slots(after, |n| olds.contains_key(n)),
    }
}

fn slots(list: &[&str], stayed: impl Fn(&str) -> bool) -> Vec<Slot> {
    let mut out: Vec<Slot> = Vec::new();
    let (mut gap, mut rank) = (0, 0);
    let mut counts: Vec<usize> = vec![0];
    for name in list {
        if stayed(name) {
            gap += 1;
            rank = 0;
            counts.push(0);
        } else {
            out.push(Slot { gap, rank, count: 0 });
            rank += 1;
            counts[gap] = rank;
        }
    }
    for slot in &mut out {
        slot.count = counts[slot.gap];
    }
    out
}

/// Length of the longest rising subsequence.
fn longest_rise(list: &[usize]) -> usize {
    let mut tails: Vec<usize> = Vec::new();
    for value in list {
        let at = tails.partition_point(|t| t < value);
        if at == tails.len() {
            tails.push(*value);
        } else {
            tails[at] = *value;
        }
    }
    tails.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_column_keeps_its_place() {
        let o = order(&["id", "freq", "name", "old"], &["id", "interval", "name", "extra", "more"]);
        assert!(o.telling);
        assert_eq!(o.removed[0], o.added[0]);
        assert_ne!(o.removed[1], o.added[2]);
    }

    #[test]
    fn sorted_or_shuffled_lists_say_nothing() {
        assert!(!order(&["a", "b", "c", "d", "e"], &["a", "b", "c", "d", "f"]).telling);
        assert!(!order(&["q", "b", "z", "d", "e"], &["e", "z", "d", "b", "f"]).telling);
    }
}
