//! Finding nodes by name: every word somewhere in the name, the exact before the beginning before the middle, the large before
//! the small. Where nothing fits, the names that come nearest. Pure.

use super::graph::{Graph, Kind};

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// Nodes, the best first.
    pub nodes: Vec<u32>,
    /// How many fit.
    pub total: usize,
    /// Nothing fits: these come nearest.
    pub nearest: bool,
}

/// See the module. `kind` narrows.
pub fn search(graph: &Graph, words: &str, kind: Option<Kind>, limit: usize) -> Found {
    let lower = words.to_lowercase();
    let parts: Vec<&str> = lower.split_whitespace().collect();
    let mut fit: Vec<(u8, std::cmp::Reverse<i64>, u32)> = Vec::new();
    for (at, node) in graph.nodes().iter().enumerate() {
        if node.kind == Kind::Parent || kind.is_some_and(|kind| kind != node.kind) {
            continue;
        }
        let label = node.label.to_lowercase();
        if !parts.iter().all(|part| label.contains(part)) {
            continue;
        }
        let last = label.rsplit(['.', ' ']).next().unwrap_or_default();
        let rank = if label == lower || last == lower { 0 } else { 1 + u8::from(!label.starts_with(&lower)) };
        fit.push((rank, std::cmp::Reverse(node.rows.unwrap_or(0)), at as u32));
    }
    let total = fit.len();
    if total == 0 && !lower.trim().is_empty() {
        return Found { nodes: nearest(graph, lower.trim(), kind, limit.min(5)), total: 0, nearest: true };
    }
    fit.sort_unstable();
    Found { nodes: fit.into_iter().take(limit).map(|(.., at)| at).collect(), total, nearest: false }
}

/// The names that share most pairs of letters with what was asked for.
fn nearest(graph: &Graph, wanted: &str, kind: Option<Kind>, limit: usize) -> Vec<u32> {
    let pairs = |text: &str| -> Vec<[char; 2]> {
        let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
        letters.windows(2).map(|pair| [pair[0], pair[1]]).collect()
    };
    let wanted = pairs(wanted);
    let mut near: Vec<(f64, u32)> = Vec::new();
    for (at, node) in graph.nodes().iter().enumerate() {
        if node.kind == Kind::Parent || kind.is_some_and(|kind| kind != node.kind) {
            continue;
        }
        let label = node.label.to_lowercase();
        let last = pairs(label.rsplit(['.', ' ']).next().unwrap_or_default());
        let shared = wanted.iter().filter(|pair| last.contains(pair)).count();
        let likeness = 2.0 * shared as f64 / (wanted.len() + last.len()).max(1) as f64;
        if likeness >= 0.4 {
            near.push((likeness, at as u32));
        }
    }
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    near.into_iter().take(limit).map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lineage::graph::Draft;

    #[test]
    fn the_exact_before_the_beginning_before_the_middle_and_else_the_nearest() {
        let mut draft = Draft::default();
        for (kind, label) in [
            (Kind::Column, "BillingCity"),
            (Kind::Column, "City"),
            (Kind::Column, "CityCode"),
            (Kind::Field, "account.billing_city"),
            (Kind::Agent, "RevOps"),
        ] {
            draft.node(kind, label, label);
        }
        let graph = draft.finish();
        let names =
            |found: &Found| -> Vec<String> { found.nodes.iter().map(|at| graph.node(*at).label.to_string()).collect() };
        let found = search(&graph, "city", None, 10);
        assert_eq!(names(&found), ["City", "CityCode", "BillingCity", "account.billing_city"]);
        assert_eq!(names(&search(&graph, "billing_city", None, 10)), ["account.billing_city"]);
        assert_eq!(names(&search(&graph, "city", Some(Kind::Field), 10)), ["account.billing_city"]);
        let near = search(&graph, "biling city", None, 10);
        assert!(near.nearest && near.total == 0, "{near:?}");
        assert_eq!(near.nodes.first().map(|at| graph.node(*at).label.to_string()), Some("BillingCity".into()));
        assert_eq!(search(&graph, "city", None, 1).total, 4);
    }
}
