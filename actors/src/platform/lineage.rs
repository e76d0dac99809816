//! What feeds what: the graph by neighbourhood, the lines of all rules, trees, searches, and what a change would touch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{ConnectionState, DriftFilter, FindingFilter, FindingState, NewAudit, NewTask, Page};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::{Value, json};

use super::Platform;
use super::shapes::{
    AgentTouched, DclConnect, DclConnected, GraphEdge, GraphNode, GraphView, LineageBranch, LineageFound, LineageGrid,
    LineageImpact, LineageLine, LineageTaken, LineageTree, NodePreview, SavedTouched, ViewRequest,
};
use crate::agent::definition::Definition;
use crate::dcl::connect;
use crate::lineage::build::{self, Known};
use crate::lineage::graph::{Graph, Kind, ids};
use crate::lineage::lines::{self, Query};
use crate::lineage::reach::{self, Ask, Direction, Part};
use crate::lineage::tree::{self, Branch};
use crate::lineage::{impact, intake, search};
use crate::task::work;

/// Nodes of an answer unless asked otherwise, and at most.
const NODES: usize = 300;
const MOST_NODES: usize = 1000;
/// Steps of an answer unless asked otherwise, and at most.
const DEPTH: u32 = 5;
const MOST_DEPTH: u32 = 20;
/// Datasets and jobs of others, at most.
const MOST_FOREIGN: i64 = 20_000;
/// Findings named of each check.
const FINDINGS: u32 = 20;

/// Which part of the graph.
#[derive(Clone, Debug, Default)]
pub struct GraphRequest {
    /// Around this node; none: all of it.
    pub node: Option<String>,
    /// Steps at most.
    pub depth: Option<u32>,
    /// Which way; none: both.
    pub direction: Option<Direction>,
    /// Nodes at most.
    pub limit: Option<u32>,
    /// With columns and fields.
    pub fields: bool,
}

impl GraphRequest {
    fn ask(&self) -> Result<Ask> {
        let limit = self.limit.map_or(NODES, |n| n as usize);
        if !(1..=MOST_NODES).contains(&limit) {
            return Err(Error::invalid("lineage.bad_limit", format!("between 1 and {MOST_NODES} nodes are shown"))
                .field("limit")
                .remedy("Ask for fewer, around a node."));
        }
        let depth = self.depth.unwrap_or(DEPTH);
        if depth > MOST_DEPTH {
            return Err(Error::invalid("lineage.bad_depth", format!("a neighbourhood has {MOST_DEPTH} steps at most"))
                .field("depth")
                .remedy("Ask again around a node at its edge."));
        }
        Ok(Ask { depth, direction: self.direction.unwrap_or(Direction::Both), limit, fine: self.fields })
    }
}

impl Platform {
    pub(super) async fn known(&self, scope: &Scope) -> Result<Arc<Known>> {
        self.parts().lineage.known(self.parts(), scope).await
    }

    /// The graph around a node, or as a whole as far as there is room.
    pub async fn graph(&self, scope: &Scope, asked: &GraphRequest) -> Result<GraphView> {
        let ask = asked.ask()?;
        let known = self.known(scope).await?;
        let part = match &asked.node {
            Some(id) => reach::neighbourhood(&known.graph, named(&known.graph, id, "node")?, &ask),
            None => reach::overview(&known.graph, ask.limit, ask.fine),
        };
        Ok(drawn(&known, &part, asked.node.is_some()))
    }

    /// A page of the rules in force, from column to reader.
    pub async fn lineage_grid(&self, scope: &Scope, query: Query) -> Result<LineageGrid> {
        let known = self.known(scope).await?;
        let find = move || {
            let found = known.lines.find(&query)?;
            let total = found.total;
            let page = found.page.map(|one| line(&known.graph, one));
            Ok(LineageGrid { items: page.items, next_cursor: page.next_cursor, total, position: known.position })
        };
        // A search through many lines takes longer than a thread of the runtime should be held.
        tokio::task::spawn_blocking(find)
            .await
            .map_err(|e| Error::internal("lineage.grid", "lines of lineage could not be searched").source(e))?
    }

    /// What a node is made of, or what is made of it, as a tree.
    pub async fn lineage_tree(&self, scope: &Scope, asked: &GraphRequest) -> Result<LineageTree> {
        let ask = asked.ask()?;
        let known = self.known(scope).await?;
        let graph = &known.graph;
        let roots = match &asked.node {
            Some(id) => vec![named(graph, id, "node")?],
            None => tree::roots(graph, ask.direction),
        };
        let (mut room, mut items) = (ask.limit, Vec::new());
        for root in roots {
            if room == 0 {
                break;
            }
            items.push(branch(graph, &tree::tree(graph, root, ask.direction, ask.depth, &mut room)));
        }
        Ok(LineageTree { items, truncated: room == 0, position: known.position })
    }

    /// Nodes by name.
    pub async fn lineage_search(
        &self,
        scope: &Scope,
        words: &str,
        kind: Option<&str>,
        limit: Option<u32>,
    ) -> Result<LineageFound> {
        const KINDS: [Kind; 8] = [
            Kind::Ontology,
            Kind::Agent,
            Kind::Connection,
            Kind::Source,
            Kind::Job,
            Kind::Dataset,
            Kind::Field,
            Kind::Column,
        ];
        let kind = kind.map(|word| {
            KINDS.into_iter().find(|kind| kind.as_str() == word).ok_or_else(|| {
                let shown: Vec<&str> = KINDS.iter().map(|kind| kind.as_str()).collect();
                Error::invalid("lineage.unknown_type", "there is no such type of node")
                    .field("type")
                    .remedy(format!("Use one of {}.", shown.join(", ")))
            })
        });
        let (kind, limit) = (kind.transpose()?, limit.unwrap_or(20).clamp(1, 100) as usize);
        let known = self.known(scope).await?;
        let found = search::search(&known.graph, words, kind, limit);
        let items = found.nodes.iter().map(|at| node(&known.graph, *at, None)).collect();
        Ok(LineageFound { items, total: found.total, nearest: found.nearest })
    }

    /// What a change of a node would touch.
    pub async fn lineage_impact(&self, scope: &Scope, id: &str) -> Result<LineageImpact> {
        let known = self.known(scope).await?;
        let graph = &known.graph;
        let at = named(graph, id, "node")?;
        let found = impact::impact(graph, at);
        let shown = |all: &[u32]| all.iter().map(|at| node(graph, *at, None)).collect::<Vec<_>>();
        let touched: BTreeSet<(String, String)> = found
            .fields
            .iter()
            .filter_map(|at| graph.node(*at).id.strip_prefix("fld_")?.split_once('.'))
            .map(|(entity, field)| (entity.to_owned(), field.to_owned()))
            .collect();
        let (mut agents, mut saved) = (Vec::new(), Vec::new());
        let mut tx = self.parts().store.read(scope).await?;
        for agent in &found.agents {
            let shown = node(graph, *agent, None);
            let definition = shown.id.strip_prefix("agent_").and_then(Definition::named);
            let reads = definition.map(|of| build::reads(&self.parts().vocabulary, of)).unwrap_or_default();
            let checks: BTreeSet<String> =
                reads.into_iter().filter(|(read, _)| touched.contains(read)).flat_map(|(_, checks)| checks).collect();
            for check in &checks {
                let filter = FindingFilter {
                    agent: definition.map(|d| d.id.clone()),
                    state: Some(FindingState::Open),
                    check: Some(check.clone()),
                };
                let findings = tx.findings(&filter, &Page::first(FINDINGS)).await?.items.into_iter();
                saved.extend(findings.map(|f| SavedTouched { kind: "finding", id: f.id.to_string(), title: f.title }));
            }
            agents.push(AgentTouched { node: shown, checks: checks.into_iter().collect() });
        }
        Ok(LineageImpact {
            node: node(graph, at, None),
            columns: shown(&found.columns),
            fields: shown(&found.fields),
            views: shown(&found.entities),
            agents,
            foreign: shown(&found.foreign),
            saved,
        })
    }

    /// A few rows of a node.
    pub async fn node_preview(&self, scope: &Scope, id: &str, limit: Option<u32>) -> Result<NodePreview> {
        let known = self.known(scope).await?;
        let graph = &known.graph;
        let shown = node(graph, named(graph, id, "node")?, None);
        let mut ask = ViewRequest { limit: Some(limit.unwrap_or(10).clamp(1, 100)), ..ViewRequest::default() };
        match shown.kind {
            "ontology" => ask.view = shown.view.clone().unwrap_or_default(),
            "source" => {
                let line = known.lines.all().iter().find(|line| {
                    let node = graph.node(line.node);
                    *node.id == *shown.id || node.parent.is_some_and(|whole| *graph.node(whole).id == *shown.id)
                });
                let line = line.ok_or_else(|| no_rows("The stream has no rules yet."))?;
                ask.view = line.view.to_string();
                ask.filters = vec![
                    ("source.connection_id".to_owned(), format!("eq:{}", line.connection)),
                    ("source.stream".to_owned(), format!("eq:{}", line.stream)),
                ];
            }
            _ => return Err(no_rows("A node of this type has no rows of its own.")),
        }
        let page = self.parts().dcl.query(scope, &ask).await?;
        let mut body: Value = serde_json::from_slice(&page.body)
            .map_err(|e| Error::internal("lineage.preview", "a page of a view cannot be read").source(e))?;
        let rows = body["items"].as_array_mut().map(std::mem::take).unwrap_or_default();
        Ok(NodePreview { node: shown, rows, total: body["total"].as_i64().unwrap_or(0), position: page.position })
    }

    /// Brings everything that is connected into the views: what was never read is read, what is read is folded, and who is
    /// who is looked at. What is right is left as it is, so asking twice does nothing twice.
    pub async fn dcl_connect(&self, scope: &Scope, asked: DclConnect) -> Result<DclConnected> {
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let mut all = Vec::new();
        let mut page = Page::first(1000);
        loop {
            let found = tx.connections(None, &page).await?;
            all.extend(found.items);
            let Some(cursor) = found.next_cursor else { break };
            page = Page::asked(Some(1000), Some(&cursor))?;
        }
        for (at, name) in asked.sources.iter().enumerate() {
            if !all.iter().any(|c| c.name == *name || c.id.to_string() == *name) {
                return Err(Error::not_found("connection.unknown", "There is no such connection.")
                    .field(format!("/sources/{at}"))
                    .remedy("Name connections as GET /api/v1/aam/connections lists them."));
            }
        }
        let wanted = |c: &autonomos_runtime::store::Connection| {
            asked.sources.is_empty() || asked.sources.iter().any(|name| c.name == *name || c.id.to_string() == *name)
        };
        let read: BTreeSet<ConnectionId> =
            tx.all_streams().await?.into_iter().filter(|s| s.last_seq.is_some()).map(|s| s.connection_id).collect();
        let mut syncs = Vec::new();
        let mut sources = Vec::new();
        for connection in all.iter().filter(|c| wanted(c)) {
            let idle = matches!(connection.state, ConnectionState::Paused | ConnectionState::Quarantined);
            if !idle && !read.contains(&connection.id) {
                syncs.push(tx.create_task(work::sync(connection.id)).await?.id);
            }
            sources.push(connection.id);
        }
        let payload = json!({"sources": sources, "syncs": syncs});
        let row = NewTask {
            kind: connect::TASK.to_owned(),
            key: Some(connect::TASK.to_owned()),
            payload,
            ..NewTask::default()
        };
        let task = tx.create_task(row).await?;
        let note = NewAudit::new("dcl.connect", "task", task.id).after(json!({"sources": sources, "syncs": syncs}));
        tx.append_audit(note).await?;
        tx.save().await?;
        desk.tasks().wake();
        Ok(DclConnected { task_id: task.id, syncs })
    }

    /// Keeps what an event of OpenLineage says of others' datasets and jobs.
    pub async fn take_lineage(&self, scope: &Scope, event: &Value) -> Result<LineageTaken> {
        let told = intake::read(event, self.parts().ambient().now())?;
        let mut tx = self.parts().store.begin(scope).await?;
        if tx.lineage_stamp().await?.foreign[0] >= MOST_FOREIGN {
            return Err(Error::too_large(
                "openlineage.full",
                format!("{MOST_FOREIGN} datasets and jobs are known already"),
            )
            .remedy("Send fewer of them."));
        }
        let datasets = told.datasets.len();
        for dataset in told.datasets {
            tx.put_foreign_dataset(dataset).await?;
        }
        let mut subject = "dataset".to_owned();
        let job = match told.job {
            Some(job) => {
                subject = format!("{}|{}", job.name.namespace, job.name.name);
                let known = tx.foreign_job(&job.name).await?;
                let job = intake::added(known, job);
                tx.put_foreign_job(job.clone()).await?;
                Some(ids::job(&job.name).to_string())
            }
            None => None,
        };
        let note = NewAudit::new("lineage.told", "lineage", subject).after(json!({"datasets": datasets, "job": job}));
        tx.append_audit(note).await?;
        tx.save().await?;
        Ok(LineageTaken { job, datasets })
    }

    /// How good the data is and how it got there: by source, and as a whole.
    pub async fn dcl_metadata(&self, scope: &Scope) -> Result<Value> {
        let stats = self.parts().dcl.stats(scope).await?;
        let known = self.known(scope).await?;
        let mut tx = self.parts().store.read(scope).await?;
        let streams = tx.all_streams().await?;
        let drifts = tx.drifts(&DriftFilter::default(), &Page::first(1000)).await?.items;
        let open: Vec<Value> = drifts
            .iter()
            .filter(|d| d.state.is_open())
            .map(|d| {
                json!({"id": d.id, "connection_id": d.connection_id, "stream": d.stream, "kind": d.kind,
                "severity": d.severity, "state": d.state, "detected_at": d.detected_at})
            })
            .collect();
        let mut rules: BTreeMap<(ConnectionId, &str), (usize, f64)> = BTreeMap::new();
        for line in known.lines.all() {
            let sum = rules.entry((line.connection, &line.stream)).or_default();
            *sum = (sum.0 + 1, sum.1 + line.confidence);
        }
        let share = |part: i64, whole: i64| (whole > 0).then(|| part as f64 / whole as f64);
        let sources: Vec<Value> = streams
            .iter()
            .map(|s| {
                let (mapped, sure) = rules.get(&(s.connection_id, s.name.as_str())).copied().unwrap_or_default();
                let columns = s.schema.as_ref().map_or(0, |schema| schema.fields.len());
                json!({
                    "connection_id": s.connection_id, "stream": s.name, "entity": s.entity, "state": s.state,
                    "rows": s.rows, "rejected": s.rejected, "last_sync_at": s.last_sync_at,
                    "fingerprint": s.fingerprint, "mapping_version": s.mapping_version,
                    "columns": columns, "mapped": mapped,
                    "confidence": (mapped > 0).then(|| sure / mapped as f64),
                    "data_quality_score": share(s.rows, s.rows + s.rejected),
                })
            })
            .collect();
        let (rows, rejected) = streams.iter().fold((0, 0), |(a, b), s| (a + s.rows, b + s.rejected));
        Ok(json!({
            "overall_data_quality_score": share(rows, rows + rejected),
            "drift_detected": !open.is_empty(),
            "drift_alerts": open,
            "sources": sources,
            "position": stats.position,
        }))
    }
}

fn no_rows(what: &'static str) -> Error {
    Error::invalid("lineage.no_rows", what).field("node").remedy("Ask for a node of type ontology or source.")
}

/// The node of an id; who names one that is not there is told so.
fn named(graph: &Graph, id: &str, field: &'static str) -> Result<u32> {
    graph.find(id).ok_or_else(|| {
        let shown: String = id.chars().take(120).collect();
        Error::not_found("lineage.unknown_node", format!("there is no node {shown:?}"))
            .field(field)
            .remedy("GET /api/v1/lineage/search finds nodes by name; GET /api/v1/dcl/graph lists them.")
    })
}

pub(super) fn node(graph: &Graph, at: u32, distance: Option<u32>) -> GraphNode {
    let of = graph.node(at);
    let text = |value: &Option<Arc<str>>| value.as_deref().map(str::to_owned);
    GraphNode {
        id: of.id.to_string(),
        kind: of.kind.as_str(),
        layer: of.kind.layer(),
        label: of.label.to_string(),
        parent_id: of.parent.map(|whole| graph.node(whole).id.to_string()),
        rows: of.rows,
        source_system: text(&of.about.system),
        state: text(&of.about.state),
        findings: of.about.findings,
        view: text(&of.about.view),
        data_type: text(&of.about.data_type),
        distance,
    }
}

fn drawn(known: &Known, part: &Part, around: bool) -> GraphView {
    let graph = &known.graph;
    let edge = |at: &u32| {
        let edge = graph.edge(*at);
        GraphEdge {
            source: graph.node(edge.source).id.to_string(),
            target: graph.node(edge.target).id.to_string(),
            edge_type: edge.link.as_str(),
            rows: edge.rows,
            fields: edge.fields,
        }
    };
    GraphView {
        nodes: part.nodes.iter().map(|(at, distance)| node(graph, *at, around.then_some(*distance))).collect(),
        edges: part.edges.iter().map(edge).collect(),
        truncated: part.truncated,
        counts: Graph::counts(part.found.iter().map(|at| graph.node(*at)), part.found_edges),
        position: known.position,
    }
}

fn branch(graph: &Graph, of: &Branch) -> LineageBranch {
    LineageBranch {
        node: node(graph, of.node, None),
        more: of.more,
        children: of.children.iter().map(|child| branch(graph, child)).collect(),
    }
}

fn line(graph: &Graph, of: &lines::Line) -> LineageLine {
    LineageLine {
        node: graph.node(of.node).id.to_string(),
        target: graph.node(of.target).id.to_string(),
        connection_id: of.connection,
        source: of.source.to_string(),
        stream: of.stream.to_string(),
        column: of.column.to_string(),
        transform: of.transform.as_deref().map(str::to_owned),
        entity: of.entity.to_string(),
        field: of.field.to_string(),
        view: of.view.to_string(),
        agents: of.agents.iter().map(ToString::to_string).collect(),
        confidence: of.confidence,
        origin: lines::word(of.origin),
        version: of.version,
        rows: of.rows,
        seen_at: of.seen_at,
    }
}
