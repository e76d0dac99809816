//! The neighbourhood of a node as a tree, for reading and for unfolding: its parts and what is made of them, or what they come
//! from, each beneath what it was come to from. What is come to twice stands twice. Pure.
//!
//! Bounded in depth and in nodes; a node whose children are left out says how many it has.

use super::graph::{Graph, Kind, Link};
use super::reach::Direction;

/// A node and what is beneath it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The node.
    pub node: u32,
    /// How many it has beneath it, shown or not.
    pub more: usize,
    /// Those that are shown.
    pub children: Vec<Branch>,
}

/// Where to begin when nobody says: with the sources on the way down, with the agents on the way up.
pub fn roots(graph: &Graph, direction: Direction) -> Vec<u32> {
    let wanted: &[Kind] = if direction == Direction::Up { &[Kind::Agent] } else { &[Kind::Connection, Kind::Dataset] };
    (0..graph.nodes().len() as u32).filter(|at| wanted.contains(&graph.node(*at).kind)).collect()
}

/// See the module. Of [`Direction::Both`] it is the way down.
pub fn tree(graph: &Graph, node: u32, direction: Direction, depth: u32, room: &mut usize) -> Branch {
    let below = beneath(graph, node, direction);
    let mut out = Branch { node, more: below.len(), children: Vec::new() };
    *room = room.saturating_sub(1);
    if depth == 0 {
        return out;
    }
    for next in below {
        if *room == 0 {
            break;
        }
        out.children.push(tree(graph, next, direction, depth - 1, room));
    }
    out
}

/// One step: to the parts, and along the finest dataflow there is. Where parts say it finely, the coarse edge says it again
/// and is left out.
fn beneath(graph: &Graph, node: u32, direction: Direction) -> Vec<u32> {
    let parts: Vec<u32> =
        graph.out(node).filter(|(_, e)| e.link == Link::Hierarchy).map(|(_, edge)| edge.target).collect();
    let fine = parts.iter().any(|part| graph.node(*part).kind.is_fine());
    if fine {
        return parts;
    }
    let flows: Vec<u32> = if direction == Direction::Up {
        graph.into(node).filter(|(_, e)| e.link == Link::Dataflow).map(|(_, edge)| edge.source).collect()
    } else {
        graph.out(node).filter(|(_, e)| e.link == Link::Dataflow).map(|(_, edge)| edge.target).collect()
    };
    // Beneath an agent or a job stand fields and columns; beneath those wholes as well it would all stand twice.
    let any_fine = flows.iter().any(|at| graph.node(*at).kind.is_fine());
    parts.into_iter().chain(flows.into_iter().filter(|at| !any_fine || graph.node(*at).kind.is_fine())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lineage::graph::Draft;

    #[test]
    fn a_tree_is_what_stands_beneath_and_says_what_it_leaves_out() {
        let mut draft = Draft::default();
        let source = draft.node(Kind::Source, "s", "s");
        let entity = draft.node(Kind::Ontology, "e", "e");
        let agent = draft.node(Kind::Agent, "a", "a");
        for name in ["x", "y"] {
            let column = draft.node(Kind::Column, format!("c{name}"), name);
            let field = draft.node(Kind::Field, format!("f{name}"), name);
            draft.part(source, column, 1, 1);
            draft.part(entity, field, 1, 1);
            draft.edge(column, field, Link::Dataflow, 1, 1);
            draft.edge(field, agent, Link::Dataflow, 1, 1);
        }
        draft.edge(source, entity, Link::Dataflow, 1, 2);
        draft.edge(entity, agent, Link::Dataflow, 1, 2);
        let graph = draft.finish();
        let words = |branch: &Branch| -> Vec<String> {
            fn walk(graph: &Graph, branch: &Branch, depth: usize, out: &mut Vec<String>) {
                out.push(format!("{}{}", "-".repeat(depth), graph.node(branch.node).id));
                branch.children.iter().for_each(|child| walk(graph, child, depth + 1, out));
            }
            let mut out = Vec::new();
            walk(&graph, branch, 0, &mut out);
            out
        };
        let down = tree(&graph, source, Direction::Down, 9, &mut 100);
        assert_eq!(words(&down), ["s", "-cx", "--fx", "---a", "-cy", "--fy", "---a"]);
        let up = tree(&graph, agent, Direction::Up, 2, &mut 100);
        assert_eq!(words(&up), ["a", "-fx", "--cx", "-fy", "--cy"]);
        let cut = tree(&graph, source, Direction::Down, 9, &mut 3);
        assert_eq!((words(&cut), cut.more), (vec!["s".into(), "-cx".into(), "--fx".into()], 2));
        assert_eq!(roots(&graph, Direction::Up), [agent]);
    }
}
