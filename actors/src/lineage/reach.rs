//! The neighbourhood of a node: what it comes from and what is made of it, nearest first, and no more than asked for. Pure.
//!
//! A whole that is asked about stands for its parts. On the way up and down only dataflow is followed; the wholes of what
//! is met are shown beside it, and the way does not go on from them: what else feeds an entity says nothing about one of
//! its fields. What is left out is counted.
//!
//! Laws, held by the tests below: nothing is nearer than it is said to be; of what is shown, everything hangs together
//! by what is shown; more depth or more room never takes anything away; both ways are the sum of the two.

use super::graph::{Graph, Kind, Link};

/// Which way to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To what it comes from.
    Up,
    /// To what is made of it.
    Down,
    /// Both.
    Both,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Steps at most.
    pub depth: u32,
    /// Which way.
    pub direction: Direction,
    /// Nodes at most.
    pub limit: usize,
    /// With columns and fields.
    pub fine: bool,
}

/// Edges shown for each node that may be shown, on average.
const EDGES_A_NODE: usize = 5;

/// A part of a graph.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Nodes and their distance, nearest first.
    pub nodes: Vec<(u32, u32)>,
    /// Edges between them.
    pub edges: Vec<u32>,
    /// All nodes within the depth, shown or not.
    pub found: Vec<u32>,
    /// All edges between those.
    pub found_edges: usize,
    /// Whether something is left out.
    pub truncated: bool,
}

/// How a node was come to, as bits.
mod way {
    pub(super) const SELF: u8 = 1;
    pub(super) const UP: u8 = 2;
    pub(super) const DOWN: u8 = 4;
    pub(super) const WHOLE: u8 = 8;
}

/// See the module.
pub fn neighbourhood(graph: &Graph, node: u32, ask: &Ask) -> Part {
    let mut seen = vec![0_u8; graph.nodes().len()];
    let mut found: Vec<(u32, u32, Option<u32>)> = vec![(node, 0, None)];
    let mut queue = std::collections::VecDeque::from([(node, way::SELF, 0_u32)]);
    seen[node as usize] = way::SELF;
    let (up, down) = (ask.direction != Direction::Down, ask.direction != Direction::Up);
    while let Some((at, how, distance)) = queue.pop_front() {
        if distance == ask.depth {
            continue;
        }
        let mut step = |to: u32, how: u8, edge: u32| {
            let fine = graph.node(to).kind.is_fine();
            let known = &mut seen[to as usize];
            if *known & how != 0 || (fine && !ask.fine) {
                return;
            }
            if *known == 0 {
                found.push((to, distance + 1, Some(edge)));
            }
            *known |= how;
            queue.push_back((to, how, distance + 1));
        };
        for (number, edge) in graph.out(at) {
            match edge.link {
                Link::Hierarchy if how == way::SELF => step(edge.target, way::SELF, number),
                Link::Dataflow if down && how & (way::SELF | way::DOWN) != 0 => step(edge.target, way::DOWN, number),
                _ => {}
            }
        }
        for (number, edge) in graph.into(at) {
            match edge.link {
                Link::Hierarchy => step(edge.source, way::WHOLE, number),
                Link::Dataflow if up && how & (way::SELF | way::UP) != 0 => step(edge.source, way::UP, number),
                Link::Dataflow => {}
            }
        }
    }
    cut(graph, &found, ask.limit)
}

/// The whole graph as far as there is room: what stands for much before what stands for little.
pub fn overview(graph: &Graph, limit: usize, fine: bool) -> Part {
    let mut all: Vec<u32> =
        (0..graph.nodes().len() as u32).filter(|at| fine || !graph.node(*at).kind.is_fine()).collect();
    let weight = |at: u32| (graph.node(at).kind, std::cmp::Reverse(graph.node(at).rows.unwrap_or(0)), at);
    all.sort_unstable_by_key(|at| weight(*at));
    let found: Vec<(u32, u32, Option<u32>)> = all.into_iter().map(|at| (at, 0, None)).collect();
    cut(graph, &found, limit)
}

/// The first of what was found, and the edges between them: first those by which they were found.
fn cut(graph: &Graph, found: &[(u32, u32, Option<u32>)], limit: usize) -> Part {
    let shown = &found[..found.len().min(limit)];
    let mut place = vec![0_u8; graph.nodes().len()];
    for (at, ..) in found {
        place[*at as usize] = 1;
    }
    for (at, ..) in shown {
        place[*at as usize] = 2;
    }
    let room = limit.saturating_mul(EDGES_A_NODE);
    let mut taken = vec![false; graph.edges().len()];
    let mut edges: Vec<u32> = shown.iter().filter_map(|(.., via)| *via).collect();
    for edge in &edges {
        taken[*edge as usize] = true;
    }
    let (mut found_edges, mut between) = (0, 0);
    for (at, ..) in found {
        for (number, edge) in graph.out(*at) {
            let least = place[edge.source as usize].min(place[edge.target as usize]);
            found_edges += usize::from(least > 0);
            if least < 2 {
                continue;
            }
            between += 1;
            if !taken[number as usize] && edges.len() < room {
                taken[number as usize] = true;
                edges.push(number);
            }
        }
    }
    Part {
        truncated: shown.len() < found.len() || edges.len() < between,
        nodes: shown.iter().map(|(at, distance, _)| (*at, *distance)).collect(),
        edges,
        found: found.iter().map(|(at, ..)| *at).collect(),
        found_edges,
    }
}

/// Everything that is made of a node, however far, and its own parts; without the wholes beside the way. Where parts say what
/// is made of them, the coarse edge of their whole says more than is so, and is not followed, unless to a job elsewhere.
pub fn downstream(graph: &Graph, node: u32) -> Vec<u32> {
    let mut seen = vec![false; graph.nodes().len()];
    let mut stack = vec![(node, true)];
    let mut out = Vec::new();
    seen[node as usize] = true;
    while let Some((at, own)) = stack.pop() {
        out.push(at);
        let told_finely = graph.out(at).any(|(_, e)| e.link == Link::Hierarchy && graph.node(e.target).kind.is_fine());
        for (_, edge) in graph.out(at) {
            let to = graph.node(edge.target).kind;
            let coarse = told_finely && !to.is_fine() && !matches!(to, Kind::Job | Kind::Dataset);
            let follows = if edge.link == Link::Dataflow { !coarse } else { own };
            if follows && !std::mem::replace(&mut seen[edge.target as usize], true) {
                stack.push((edge.target, own && edge.link == Link::Hierarchy));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lineage::graph::Draft;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// A graph in the shape of ours: parents have parts, and dataflow goes to later layers.
    fn graph(streams: &[u8], flows: &[(u8, u8, u16)]) -> Graph {
        let mut draft = Draft::default();
        let root = draft.node(Kind::Parent, "root", "root");
        let mut columns = Vec::new();
        for (at, count) in streams.iter().enumerate() {
            let source = draft.node(Kind::Source, format!("s{at}"), format!("s{at}"));
            draft.part(root, source, i64::from(*count), 1);
            for n in 0..*count {
                let column = draft.node(Kind::Column, format!("s{at}.{n}"), format!("s{at}.{n}"));
                draft.part(source, column, 1, 0);
                columns.push((source, column));
            }
        }
        let fields: Vec<(u32, u32)> = (0..6)
            .map(|n| {
                let entity = draft.node(Kind::Ontology, format!("e{}", n / 3), "e");
                let field = draft.node(Kind::Field, format!("f{n}"), "f");
                draft.part(entity, field, 1, 0);
                (entity, field)
            })
            .collect();
        let agents = [0, 1].map(|n| draft.node(Kind::Agent, format!("a{n}"), "a"));
        for (from, to, rows) in flows {
            if columns.is_empty() {
                break;
            }
            let (source, column) = columns[usize::from(*from) % columns.len()];
            let (entity, field) = fields[usize::from(*to) % fields.len()];
            draft.edge(column, field, Link::Dataflow, i64::from(*rows), 1);
            draft.edge(source, entity, Link::Dataflow, i64::from(*rows), 1);
            let agent = agents[usize::from(*to) % 2];
            draft.edge(field, agent, Link::Dataflow, i64::from(*rows), 1);
            draft.edge(entity, agent, Link::Dataflow, i64::from(*rows), 1);
        }
        draft.finish()
    }

    fn distances(part: &Part) -> BTreeMap<u32, u32> {
        part.nodes.iter().copied().collect()
    }

    fn ask(depth: u32, direction: Direction, limit: usize, fine: bool) -> Ask {
        Ask { depth, direction, limit, fine }
    }

    proptest! {
        #[test]
        fn a_neighbourhood_keeps_its_laws(
            streams in prop::collection::vec(0_u8..5, 1..6),
            flows in prop::collection::vec((any::<u8>(), any::<u8>(), any::<u16>()), 0..30),
            at in any::<prop::sample::Index>(),
            depth in 0_u32..6,
            limit in 1_usize..20,
            fine in any::<bool>(),
        ) {
            let graph = graph(&streams, &flows);
            let node = at.index(graph.nodes().len()) as u32;
            let all = |depth, way| neighbourhood(&graph, node, &ask(depth, way, usize::MAX, fine));
            let whole = all(depth, Direction::Both);
            prop_assert!(!whole.truncated);
            prop_assert_eq!(whole.nodes[0], (node, 0));
            // More depth takes nothing away and brings nothing nearer.
            let (near, far) = (distances(&whole), distances(&all(depth + 1, Direction::Both)));
            for (at, distance) in &near {
                prop_assert!(far.get(at) == Some(distance) && *distance <= depth);
            }
            prop_assert!(far.iter().all(|(at, distance)| near.contains_key(at) || *distance == depth + 1));
            // Both ways are the sum of the two.
            let sum: BTreeSet<u32> = [Direction::Up, Direction::Down]
                .iter()
                .flat_map(|way| all(depth, *way).found)
                .collect();
            prop_assert_eq!(&sum, &near.keys().copied().collect::<BTreeSet<u32>>());
            prop_assert!(fine || near.keys().all(|at| *at == node || !graph.node(*at).kind.is_fine()));

            // A cut is the nearest of it, hangs together, and says what is missing.
            let part = neighbourhood(&graph, node, &ask(depth, Direction::Both, limit, fine));
            prop_assert_eq!(&part.nodes[..], &whole.nodes[..limit.min(whole.nodes.len())]);
            prop_assert_eq!(&part.found, &whole.found);
            prop_assert!(part.truncated || (part.nodes.len(), part.edges.len()) == (whole.nodes.len(), whole.edges.len()));
            let shown: BTreeSet<u32> = part.nodes.iter().map(|(at, _)| *at).collect();
            let mut together = BTreeSet::from([node]);
            for _ in 0..part.nodes.len() {
                for edge in &part.edges {
                    let edge = graph.edge(*edge);
                    prop_assert!(shown.contains(&edge.source) && shown.contains(&edge.target));
                    if together.contains(&edge.source) || together.contains(&edge.target) {
                        together.extend([edge.source, edge.target]);
                    }
                }
            }
            prop_assert_eq!(together, shown);
            prop_assert_eq!(part.edges.iter().collect::<BTreeSet<_>>().len(), part.edges.len(), "no edge twice");
        }

        #[test]
        fn an_overview_has_room_for_what_matters(
            streams in prop::collection::vec(0_u8..5, 1..6),
            flows in prop::collection::vec((any::<u8>(), any::<u8>(), any::<u16>()), 0..30),
            limit in 1_usize..40,
        ) {
            let graph = graph(&streams, &flows);
            let whole = overview(&graph, usize::MAX, true);
            prop_assert_eq!((whole.nodes.len(), whole.edges.len()), (graph.nodes().len(), graph.edges().len()));
            let part = overview(&graph, limit, true);
            prop_assert_eq!(part.truncated, part.nodes.len() < graph.nodes().len() || part.edges.len() < graph.edges().len());
            prop_assert_eq!(&part.nodes[..], &whole.nodes[..limit.min(whole.nodes.len())]);
        }
    }

    #[test]
    fn what_else_feeds_an_entity_is_not_what_feeds_a_field() {
        let graph = graph(&[1, 1], &[(0, 0, 5), (1, 1, 7)]);
        let id = |name: &str| graph.find(name).unwrap();
        let part = neighbourhood(&graph, id("f0"), &ask(9, Direction::Up, 100, true));
        let shown: BTreeSet<&str> = part.nodes.iter().map(|(at, _)| &*graph.node(*at).id).collect();
        assert_eq!(shown, BTreeSet::from(["f0", "s0.0", "s0", "e0", "root"]));
        let made = downstream(&graph, id("s0"));
        let made: BTreeSet<&str> = made.iter().map(|at| &*graph.node(*at).id).collect();
        assert_eq!(made, BTreeSet::from(["s0", "s0.0", "f0", "a0"]));
    }
}
