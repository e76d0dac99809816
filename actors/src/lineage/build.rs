//! From rows to the graph and the lines of lineage. Pure: what was read goes in, and the same rows give the same graph.
//!
//! A rule draws a column, a field and the edge between them, and widens the coarse edge from its stream to its entity. An
//! agent reads an entity if its checks may ask for it, and a field if the name of the field stands in one of their queries:
//! it may be told to read one that it does not, and never the other way round. What others told stands at the left; where
//! they named what is ours, it is ours.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ahash::HashMap;
use autonomos_runtime::canonical::entity::{EntityDef, Vocabulary};
use autonomos_runtime::canonical::mapping::{FieldRule, Transform};
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{
    Connection, ForeignDataset, ForeignJob, ForeignName, LineageStamp, MappingVersion, Stream,
};

use super::graph::{Draft, Graph, Kind, Link, ids};
use super::lines::{Line, Lines};
use crate::agent::definition::{Check, Definition};
use crate::dcl::Stats;

/// What lineage is made from.
#[derive(Debug)]
pub struct Rows {
    /// What it was when the rest was read.
    pub stamp: LineageStamp,
    /// Connections, as they are listed.
    pub connections: Vec<Connection>,
    /// Their streams.
    pub streams: Vec<Stream>,
    /// The rules in force.
    pub mappings: Vec<MappingVersion>,
    /// The views.
    pub stats: Stats,
    /// What others told.
    pub datasets: Vec<ForeignDataset>,
    /// What others told.
    pub jobs: Vec<ForeignJob>,
    /// Namespace under which others know us.
    pub namespace: String,
}

/// Everything known of one tenant's lineage at one moment.
#[derive(Debug)]
pub struct Known {
    /// What it was made from.
    pub stamp: LineageStamp,
    /// Position of the views.
    pub position: i64,
    /// The graph.
    pub graph: Graph,
    /// A line a rule.
    pub lines: Lines,
}

impl Known {
    /// Nodes, edges and lines: what it weighs.
    pub fn weight(&self) -> usize {
        self.graph.nodes().len() + self.graph.edges().len() + self.lines.all().len()
    }
}

/// See the module.
pub fn build(vocabulary: &Vocabulary, agents: &[Definition], rows: Rows) -> Known {
    let mut made = Making::new(vocabulary, &rows);
    made.sources(&rows);
    let readers = made.agents(agents, &rows);
    let lines = made.rules(&rows, &readers);
    made.foreign(&rows);
    let graph = made.draft.finish();
    Known { position: rows.stats.position, stamp: rows.stamp, graph, lines: Lines::of(lines) }
}

/// Which agents read which field of which entity.
type Readers = HashMap<(String, String), Vec<u32>>;

struct Making<'a> {
    vocabulary: &'a Vocabulary,
    draft: Draft,
    /// Live rows of a stream.
    live: HashMap<(ConnectionId, &'a str), i64>,
    /// Rows of an entity's view.
    held: BTreeMap<&'a str, i64>,
    entities: BTreeSet<&'a str>,
}

impl<'a> Making<'a> {
    fn new(vocabulary: &'a Vocabulary, rows: &'a Rows) -> Self {
        let live = rows.stats.streams.iter().map(|s| ((s.connection_id, s.stream.as_str()), s.live)).collect();
        let held = rows.stats.views.iter().map(|v| (v.entity.as_str(), v.rows)).collect();
        let entities = rows.mappings.iter().map(|m| m.mapping.entity.as_str()).collect();
        Self { vocabulary, draft: Draft::default(), live, held, entities }
    }

    fn rows_of(&self, stream: &Stream) -> i64 {
        self.live.get(&(stream.connection_id, stream.name.as_str())).copied().unwrap_or(0)
    }

    /// Connections and their streams.
    fn sources(&mut self, rows: &Rows) {
        let parent = self.draft.node(Kind::Parent, ids::PARENT, "from AAM");
        let mut names = HashMap::default();
        let mut streams: HashMap<ConnectionId, (i64, u32)> = HashMap::default();
        for stream in &rows.streams {
            let sum = streams.entry(stream.connection_id).or_default();
            sum.0 += self.rows_of(stream);
            sum.1 += 1;
        }
        for connection in &rows.connections {
            let node = self.draft.node(Kind::Connection, ids::connection(connection.id), connection.name.as_str());
            let (count, parts) = streams.get(&connection.id).copied().unwrap_or_default();
            self.draft.part(parent, node, count, parts);
            let of = self.draft.of(node);
            of.rows = Some(count);
            of.about.system = Some(connection.system.as_deref().unwrap_or(&connection.kind).into());
            of.about.state = Some(connection.state.as_str().into());
            names.insert(connection.id, (node, connection.name.as_str()));
        }
        for stream in &rows.streams {
            let Some((whole, name)) = names.get(&stream.connection_id) else { continue };
            let id = ids::source(stream.connection_id, &stream.name);
            let node = self.draft.node(Kind::Source, id, format!("{name} - {}", stream.name));
            let count = self.rows_of(stream);
            let columns = stream.schema.as_ref().map_or(0, |s| s.fields.len() as u32);
            self.draft.part(*whole, node, count, columns);
            let of = self.draft.of(node);
            of.rows = Some(count);
            of.about.state = Some(stream.state.as_str().into());
        }
    }

    fn entity(&mut self, entity: &EntityDef) -> u32 {
        let node = self.draft.node(Kind::Ontology, ids::entity(&entity.name), entity.name.as_str());
        let rows = self.held.get(entity.name.as_str()).copied().unwrap_or(0);
        let of = self.draft.of(node);
        of.rows = Some(rows);
        of.about.view = Some(entity.view.as_str().into());
        node
    }

    fn field(&mut self, entity: &EntityDef, name: &str) -> u32 {
        let id = ids::field(&entity.name, name);
        if let Some(known) = self.draft.find(&id) {
            return known;
        }
        let whole = self.entity(entity);
        let node = self.draft.node(Kind::Field, id, format!("{}.{name}", entity.name));
        let rows = self.held.get(entity.name.as_str()).copied().unwrap_or(0);
        self.draft.part(whole, node, rows, 1);
        let kind = entity.field(name).map(|f| f.field_type.as_str().into());
        let of = self.draft.of(node);
        of.rows = Some(rows);
        of.about.data_type = kind;
        node
    }

    /// Agents, the entities that they read, and the fields of those.
    fn agents(&mut self, agents: &[Definition], rows: &Rows) -> Readers {
        let mut readers = Readers::default();
        let vocabulary = self.vocabulary;
        for agent in agents {
            let node = self.draft.node(Kind::Agent, ids::agent(&agent.id), agent.name.as_str());
            self.draft.of(node).about.findings = Some(rows.stamp.findings.get(&agent.id).copied().unwrap_or(0));
            let reads = reads(vocabulary, agent);
            for name in &agent.entities {
                let Some(entity) = vocabulary.entity(name).filter(|_| self.entities.contains(name.as_str())) else {
                    continue;
                };
                let (whole, held) = (self.entity(entity), self.held.get(name.as_str()).copied().unwrap_or(0));
                let fields: Vec<&String> = reads.keys().filter(|(e, _)| e == name).map(|(_, field)| field).collect();
                self.draft.edge(whole, node, Link::Dataflow, held, fields.len() as u32);
                for field in fields {
                    let part = self.field(entity, field);
                    self.draft.edge(part, node, Link::Dataflow, held, 1);
                    readers.entry((name.clone(), field.clone())).or_default().push(node);
                }
            }
        }
        readers
    }

    /// Columns and fields, an edge and a line a rule.
    fn rules(&mut self, rows: &Rows, readers: &Readers) -> Vec<Line> {
        let connections: HashMap<ConnectionId, Arc<str>> =
            rows.connections.iter().map(|c| (c.id, c.name.as_str().into())).collect();
        let streams: HashMap<(ConnectionId, &str), &Stream> =
            rows.streams.iter().map(|s| ((s.connection_id, s.name.as_str()), s)).collect();
        let mut lines = Vec::new();
        for version in &rows.mappings {
            let (id, stream) = (version.connection_id, version.stream.as_str());
            let vocabulary = self.vocabulary;
            let (Some(of), Some(entity)) = (streams.get(&(id, stream)), vocabulary.entity(&version.mapping.entity))
            else {
                continue;
            };
            let Some(source) = self.draft.find(&ids::source(id, stream)) else { continue };
            let (count, whole) = (self.rows_of(of), self.entity(entity));
            self.draft.edge(source, whole, Link::Dataflow, count, version.mapping.rules.len() as u32);
            for rule in &version.mapping.rules {
                let field = self.field(entity, &rule.field);
                let column = self.column(of, source, rule, count);
                self.draft.edge(column, field, Link::Dataflow, count, 1);
                let agents = readers.get(&(entity.name.clone(), rule.field.clone()));
                let agents: Vec<Arc<str>> =
                    agents.into_iter().flatten().map(|at| Arc::clone(&self.draft.of(*at).label)).collect();
                lines.push(Line {
                    node: column,
                    target: field,
                    connection: id,
                    source: connections.get(&id).cloned().unwrap_or_default(),
                    stream: stream.into(),
                    column: rule.source_path.as_str().into(),
                    transform: transform(rule),
                    entity: entity.name.as_str().into(),
                    field: rule.field.as_str().into(),
                    view: entity.view.as_str().into(),
                    readers: agents.join(", ").into(),
                    agents: agents.into(),
                    confidence: rule.confidence,
                    origin: rule.origin,
                    version: version.version,
                    rows: count,
                    seen_at: of.last_sync_at,
                });
            }
        }
        lines
    }

    /// The column that a rule reads; the stream itself where it reads none.
    fn column(&mut self, stream: &Stream, source: u32, rule: &FieldRule, rows: i64) -> u32 {
        if rule.source_path.is_empty() || matches!(rule.transform, Transform::Constant(_)) {
            return source;
        }
        let id = ids::column(stream.connection_id, &stream.name, &rule.source_path);
        if let Some(known) = self.draft.find(&id) {
            return known;
        }
        let node = self.draft.node(Kind::Column, id, rule.source_path.as_str());
        self.draft.part(source, node, rows, 1);
        let schema = stream.schema.as_ref().and_then(|s| s.field(&rule.source_path));
        let kind = schema.and_then(|f| serde_json::to_value(f.data_type).ok());
        let of = self.draft.of(node);
        of.rows = Some(rows);
        of.about.data_type = kind.and_then(|v| v.as_str().map(Into::into));
        node
    }

    /// Datasets and jobs of others.
    fn foreign(&mut self, rows: &Rows) {
        for dataset in &rows.datasets {
            let node = self.dataset(rows, &dataset.name);
            for field in &dataset.fields {
                self.foreign_column(node, field);
            }
        }
        for job in &rows.jobs {
            let node = self.draft.node(Kind::Job, ids::job(&job.name), job.name.name.as_str());
            let of = self.draft.of(node);
            of.about.system = Some(job.name.namespace.as_str().into());
            of.about.state = job.state.as_deref().map(|word| word.to_lowercase().into());
            let columns = |of: &dyn Fn(&autonomos_runtime::store::ForeignColumn) -> bool| {
                job.columns.iter().filter(|c| of(c)).count() as u32
            };
            for input in &job.inputs {
                let from = self.dataset(rows, input);
                self.draft.edge(from, node, Link::Dataflow, 0, columns(&|c| c.from == *input));
            }
            for output in &job.outputs {
                let to = self.dataset(rows, output);
                self.draft.edge(node, to, Link::Dataflow, 0, columns(&|c| c.to == *output));
            }
            for column in &job.columns {
                let (from, to) = (self.dataset(rows, &column.from), self.dataset(rows, &column.to));
                let ends = [(from, &column.from_field), (to, &column.to_field)];
                let [from, to] = ends.map(|(whole, field)| self.foreign_column(whole, field));
                self.draft.edge(from, to, Link::Dataflow, 0, 1);
            }
        }
    }

    /// A dataset; ours, if it is one of ours by name: a view, or `connection.stream`.
    fn dataset(&mut self, rows: &Rows, name: &ForeignName) -> u32 {
        if name.namespace == rows.namespace {
            if let Some(entity) = self.vocabulary.entities().find(|e| e.view == name.name).cloned() {
                return self.entity(&entity);
            }
            let stream = rows.connections.iter().find_map(|connection| {
                let rest = name.name.strip_prefix(connection.name.as_str())?.strip_prefix('.')?;
                self.draft.find(&ids::source(connection.id, rest))
            });
            if let Some(stream) = stream {
                return stream;
            }
        }
        let node = self.draft.node(Kind::Dataset, ids::dataset(name), name.name.as_str());
        self.draft.of(node).about.system = Some(name.namespace.as_str().into());
        node
    }

    /// A column of a dataset; of one of ours, the field or the column that it is.
    fn foreign_column(&mut self, whole: u32, field: &str) -> u32 {
        let of = self.draft.of(whole).clone();
        let own: Arc<str> = match of.kind {
            Kind::Ontology => ids::field(&of.label, field),
            Kind::Source => format!("col_{}_{field}", of.id.trim_start_matches("src_")).into(),
            _ => format!("{}|{field}", of.id.replacen("ds_", "dsc_", 1)).into(),
        };
        if let Some(known) = self.draft.find(&own) {
            return known;
        }
        let kind = if of.kind == Kind::Ontology { Kind::Field } else { Kind::Column };
        let node = self.draft.node(kind, own, field);
        self.draft.part(whole, node, 0, 1);
        node
    }
}

/// What a rule does besides the cast, in a word; none: nothing.
fn transform(rule: &FieldRule) -> Option<Arc<str>> {
    if rule.transform == Transform::None {
        return None;
    }
    let told = serde_json::to_value(&rule.transform).unwrap_or_default();
    Some(told.as_str().map_or_else(|| told.to_string(), str::to_owned).into())
}

/// The fields that an agent's queries name, with the checks that do.
pub fn reads(vocabulary: &Vocabulary, agent: &Definition) -> BTreeMap<(String, String), Vec<String>> {
    let mut out: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for check in &agent.checks {
        let words = words(agent, check);
        for name in &agent.entities {
            let Some(entity) = vocabulary.entity(name) else { continue };
            let views = std::iter::once(&entity.view).chain(entity.aliases.iter().map(|a| &a.view));
            if !views.into_iter().any(|view| words.contains(view.as_str())) {
                continue;
            }
            for field in entity.fields.iter().filter(|f| words.contains(f.name.as_str())) {
                out.entry((name.clone(), field.name.clone())).or_default().push(check.id.clone());
            }
        }
    }
    out
}

/// The words of a check's query.
fn words<'a>(agent: &'a Definition, check: &'a Check) -> BTreeSet<&'a str> {
    let texts = [agent.prelude.as_deref().unwrap_or_default(), check.sql.as_str()];
    let apart = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    texts.into_iter().flat_map(|text| text.split(apart)).filter(|word| !word.is_empty()).collect()
}
