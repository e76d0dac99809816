//! What feeds what, as a graph in memory: nodes in layers, edges with what goes along them. Pure; made once from rows
//! ([`super::build`]) and only read afterwards.
//!
//! Two kinds of edges. *Hierarchy* goes from a whole to its parts: from AAM to its connections, a connection to its
//! streams, a stream to its columns, an entity to its fields. *Dataflow* goes from what is read to what is made of it.
//! Streams, entities and agents are joined coarsely; columns and fields, finely. Ids are the predecessor's.
//!
//! Guarantee: an edge's two ends are there, and between two nodes there is at most one edge of a kind.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use ahash::HashMap;
use autonomos_runtime::store::ForeignName;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// "from AAM": what all connections hang on.
    Parent,
    /// A unified entity.
    Ontology,
    /// An agent.
    Agent,
    /// A configured source.
    Connection,
    /// A stream of it.
    Source,
    /// A job that runs elsewhere.
    Job,
    /// A dataset of such jobs.
    Dataset,
    /// A field of an entity.
    Field,
    /// A column of a stream.
    Column,
}

impl Kind {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Parent => "source_parent",
            Self::Ontology => "ontology",
            Self::Agent => "agent",
            Self::Connection => "connection",
            Self::Source => "source",
            Self::Job => "job",
            Self::Dataset => "dataset",
            Self::Field => "field",
            Self::Column => "column",
        }
    }

    /// The layer it stands in.
    pub const fn layer(self) -> &'static str {
        match self {
            Self::Parent | Self::Connection | Self::Job | Self::Dataset => "L0",
            Self::Source | Self::Column => "L1",
            Self::Ontology | Self::Field => "L2",
            Self::Agent => "L3",
        }
    }

    /// Whether it is a part of what is drawn coarsely.
    pub const fn is_fine(self) -> bool {
        matches!(self, Self::Column | Self::Field)
    }
}

/// What an edge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// From a whole to a part.
    Hierarchy,
    /// From what is read to what is made of it.
    Dataflow,
}

impl Link {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hierarchy => "hierarchy",
            Self::Dataflow => "dataflow",
        }
    }
}

/// One node.
#[derive(Clone, Debug)]
pub struct Node {
    /// Unique: `dcl_account`, `src_{connection}_{stream}`, ...
    pub id: Arc<str>,
    /// What it is.
    pub kind: Kind,
    /// For people.
    pub label: Arc<str>,
    /// The whole it is a part of.
    pub parent: Option<u32>,
    /// Rows in it.
    pub rows: Option<i64>,
    /// What else there is to say.
    pub about: About,
}

/// What else there is to say of a node, by what it is.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Of a connection: what kind of source it is. Of a dataset or job: its namespace.
    pub system: Option<Arc<str>>,
    /// Of a connection or a job: how it is.
    pub state: Option<Arc<str>>,
    /// Of an agent: its open findings.
    pub findings: Option<i64>,
    /// Of an entity: its view.
    pub view: Option<Arc<str>>,
    /// Of a field or column: its type.
    pub data_type: Option<Arc<str>>,
}

/// One edge.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// From.
    pub source: u32,
    /// To.
    pub target: u32,
    /// What it is.
    pub link: Link,
    /// Rows that go along it.
    pub rows: i64,
    /// Fields that go along it; parts, of a whole.
    pub fields: u32,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    by_id: HashMap<Arc<str>, u32>,
    out: Ends,
    into: Ends,
}

/// The edges at each node, the widest first.
#[derive(Debug, Default)]
struct Ends {
    from: Vec<u32>,
    edges: Vec<u32>,
}

impl Ends {
    fn of(nodes: usize, edges: &[Edge], end: impl Fn(&Edge) -> u32) -> Self {
        let mut from = vec![0_u32; nodes + 1];
        for edge in edges {
            from[end(edge) as usize + 1] += 1;
        }
        for at in 1..from.len() {
            from[at] += from[at - 1];
        }
        let (mut next, mut sorted) = (from.clone(), vec![0_u32; edges.len()]);
        let mut order: Vec<u32> = (0..edges.len() as u32).collect();
        order.sort_by_key(|at| (std::cmp::Reverse(edges[*at as usize].rows), *at));
        for at in order {
            let place = &mut next[end(&edges[at as usize]) as usize];
            sorted[*place as usize] = at;
            *place += 1;
        }
        Self { from, edges: sorted }
    }

    fn at(&self, node: u32) -> &[u32] {
        let range: Range<usize> = match self.from.get(node as usize..node as usize + 2) {
            Some(ends) => ends[0] as usize..ends[1] as usize,
            None => 0..0,
        };
        &self.edges[range]
    }
}

impl Graph {
    /// All nodes; their numbers are their places.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// All edges.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The node of a number.
    pub fn node(&self, at: u32) -> &Node {
        &self.nodes[at as usize]
    }

    /// The edge of a number.
    pub fn edge(&self, at: u32) -> &Edge {
        &self.edges[at as usize]
    }

    /// The number of the node with an id.
    pub fn find(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// Edges that go out of a node, the widest first.
    pub fn out(&self, node: u32) -> impl Iterator<Item = (u32, &Edge)> {
        self.out.at(node).iter().map(|at| (*at, self.edge(*at)))
    }

    /// Edges that come into a node, the widest first.
    pub fn into(&self, node: u32) -> impl Iterator<Item = (u32, &Edge)> {
        self.into.at(node).iter().map(|at| (*at, self.edge(*at)))
    }

    /// How many nodes of each kind, and edges.
    pub fn counts<'a>(nodes: impl Iterator<Item = &'a Node>, edges: usize) -> BTreeMap<&'static str, usize> {
        let mut out = BTreeMap::from([("edges", edges)]);
        for node in nodes {
            *out.entry(node.kind.as_str()).or_insert(0) += 1;
        }
        out
    }
}

/// A graph while it is put together.
#[derive(Debug, Default)]
pub struct Draft {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    by_id: HashMap<Arc<str>, u32>,
    drawn: HashMap<(u32, u32, Link), u32>,
}

impl Draft {
    /// Puts a node in; one with its id that is there already stays as it is. Its number.
    pub fn node(&mut self, kind: Kind, id: impl Into<Arc<str>>, label: impl Into<Arc<str>>) -> u32 {
        let id = id.into();
        if let Some(at) = self.by_id.get(&id) {
            return *at;
        }
        let at = self.nodes.len() as u32;
        self.by_id.insert(Arc::clone(&id), at);
        self.nodes.push(Node { id, kind, label: label.into(), parent: None, rows: None, about: About::default() });
        at
    }

    /// The number of a node that is there.
    pub fn find(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// A node, to say more of it.
    pub fn of(&mut self, node: u32) -> &mut Node {
        &mut self.nodes[node as usize]
    }

    /// Makes a node a part of another.
    pub fn part(&mut self, whole: u32, part: u32, rows: i64, fields: u32) {
        self.of(part).parent = Some(whole);
        self.edge(whole, part, Link::Hierarchy, rows, fields);
    }

    /// Draws an edge; rows and fields of one that is there already are added to.
    pub fn edge(&mut self, source: u32, target: u32, link: Link, rows: i64, fields: u32) {
        let at = *self.drawn.entry((source, target, link)).or_insert_with(|| {
            self.edges.push(Edge { source, target, link, rows: 0, fields: 0 });
            self.edges.len() as u32 - 1
        });
        let edge = &mut self.edges[at as usize];
        edge.rows += rows;
        edge.fields += fields;
    }

    /// Done.
    pub fn finish(self) -> Graph {
        let out = Ends::of(self.nodes.len(), &self.edges, |e| e.source);
        let into = Ends::of(self.nodes.len(), &self.edges, |e| e.target);
        Graph { nodes: self.nodes, edges: self.edges, by_id: self.by_id, out, into }
    }
}

/// How nodes are called.
pub mod ids {
    use super::{Arc, ForeignName};

    /// "from AAM".
    pub const PARENT: &str = "sys_aam_sources";

    /// A connection.
    pub fn connection(id: impl std::fmt::Display) -> Arc<str> {
        format!("conn_{id}").into()
    }

    /// A stream.
    pub fn source(connection: impl std::fmt::Display, stream: &str) -> Arc<str> {
        format!("src_{connection}_{stream}").into()
    }

    /// A column of a stream.
    pub fn column(connection: impl std::fmt::Display, stream: &str, path: &str) -> Arc<str> {
        format!("col_{connection}_{stream}_{path}").into()
    }

    /// An entity.
    pub fn entity(name: &str) -> Arc<str> {
        format!("dcl_{name}").into()
    }

    /// A field of an entity.
    pub fn field(entity: &str, field: &str) -> Arc<str> {
        format!("fld_{entity}.{field}").into()
    }

    /// An agent.
    pub fn agent(id: &str) -> Arc<str> {
        format!("agent_{id}").into()
    }

    /// A dataset of others.
    pub fn dataset(name: &ForeignName) -> Arc<str> {
        format!("ds_{}|{}", name.namespace, name.name).into()
    }

    /// A job of others.
    pub fn job(name: &ForeignName) -> Arc<str> {
        format!("job_{}|{}", name.namespace, name.name).into()
    }
}
