//! In which order the tables of a tenant are emptied.

use std::collections::BTreeMap;

/// The tables so that each comes after all that refer to it; one that refers to itself is no obstacle.
pub(super) fn referrers_first(refers: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut left: Vec<&String> = refers.keys().collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let wanted = |name: &String| left.iter().any(|other| *other != name && refers[*other].contains(name));
        let free: Vec<&String> = left.iter().copied().filter(|name| !wanted(name)).collect();
        // Tables that refer to one another in a ring are taken as they stand.
        let next = if free.is_empty() { left.clone() } else { free };
        left.retain(|name| !next.contains(name));
        order.extend(next.into_iter().cloned());
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_refer_to_comes_after_them() {
        let refers = [("a", "b"), ("b", "c"), ("c", "c"), ("d", "b")];
        let refers: BTreeMap<_, _> =
            refers.into_iter().map(|(name, to)| (name.to_owned(), vec![to.to_owned()])).collect();
        assert_eq!(referrers_first(&refers), ["a", "d", "b", "c"]);
        let ring = [("a", "b"), ("b", "a")].map(|(name, to)| (name.to_owned(), vec![to.to_owned()]));
        assert_eq!(referrers_first(&ring.into_iter().collect()).len(), 2);
    }
}
