//! What breaks if something changes: the fields, views and agents that are made of a node, each with its way there. Pure.

use std::collections::BTreeSet;

use super::graph::{Graph, Kind};
use super::reach;

/// What a change of a node touches, as numbers of nodes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Impact {
    /// Columns of the node itself, or of what is made of it.
    pub columns: Vec<u32>,
    /// Fields of entities.
    pub fields: Vec<u32>,
    /// Entities whose views hold such a field.
    pub entities: Vec<u32>,
    /// Agents that read such a field.
    pub agents: Vec<u32>,
    /// Jobs and datasets of others.
    pub foreign: Vec<u32>,
}

/// See the module.
pub fn impact(graph: &Graph, node: u32) -> Impact {
    let mut out = Impact::default();
    let (mut entities, mut foreign) = (BTreeSet::new(), BTreeSet::new());
    for at in reach::downstream(graph, node) {
        if at == node && graph.node(at).kind != Kind::Field {
            continue;
        }
        match graph.node(at).kind {
            Kind::Column => {
                out.columns.push(at);
                let whole = graph.node(at).parent.filter(|whole| graph.node(*whole).kind == Kind::Dataset);
                foreign.extend(whole);
            }
            Kind::Field => {
                out.fields.push(at);
                entities.extend(graph.node(at).parent);
            }
            Kind::Ontology => drop(entities.insert(at)),
            Kind::Agent => out.agents.push(at),
            Kind::Job | Kind::Dataset => drop(foreign.insert(at)),
            Kind::Parent | Kind::Connection | Kind::Source => {}
        }
    }
    out.entities = entities.into_iter().collect();
    out.foreign = foreign.into_iter().collect();
    let named = |graph: &Graph, all: &mut Vec<u32>| all.sort_by(|a, b| graph.node(*a).label.cmp(&graph.node(*b).label));
    for all in [&mut out.columns, &mut out.fields, &mut out.entities, &mut out.agents, &mut out.foreign] {
        named(graph, all);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lineage::graph::{Draft, Link};

    #[test]
    fn a_column_touches_its_fields_their_views_and_whoever_reads_them() {
        let mut draft = Draft::default();
        let [source, column, other] =
            [("s", Kind::Source), ("c", Kind::Column), ("o", Kind::Column)].map(|(id, kind)| draft.node(kind, id, id));
        let [entity, field, agent, idle] =
            [("e", Kind::Ontology), ("f", Kind::Field), ("a", Kind::Agent), ("i", Kind::Agent)]
                .map(|(id, kind)| draft.node(kind, id, id));
        draft.part(source, column, 1, 1);
        draft.part(source, other, 1, 1);
        draft.part(entity, field, 1, 1);
        draft.edge(source, entity, Link::Dataflow, 1, 1);
        draft.edge(column, field, Link::Dataflow, 1, 1);
        draft.edge(field, agent, Link::Dataflow, 1, 1);
        draft.edge(entity, agent, Link::Dataflow, 1, 1);
        draft.edge(entity, idle, Link::Dataflow, 1, 0);
        let graph = draft.finish();
        let of = |node| {
            let found = impact(&graph, node);
            (found.columns, found.fields, found.entities, found.agents)
        };
        assert_eq!(
            of(column),
            (vec![], vec![field], vec![entity], vec![agent]),
            "who reads another field is not touched"
        );
        assert_eq!(of(other), (vec![], vec![], vec![], vec![]));
        assert_eq!(
            of(source),
            (vec![column, other], vec![field], vec![entity], vec![agent]),
            "nor who reads no field of it"
        );
    }
}
