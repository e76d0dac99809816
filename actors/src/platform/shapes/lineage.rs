//! What callers say and hear of lineage: the graph, its lines, and why one value is what it is.

use std::collections::BTreeMap;

use autonomos_runtime::ids::{ConnectionId, TaskId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// One node.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GraphNode {
    /// Its id, which asks for its neighbourhood.
    pub id: String,
    /// `source_parent`, `connection`, `source`, `column`, `ontology`, `field`, `agent`; `job` and `dataset` of others.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `L0` sources, `L1` source entities, `L2` unified, `L3` agents.
    pub layer: &'static str,
    /// For people.
    pub label: String,
    /// The node that it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    /// Rows in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<i64>,
    /// Of a connection: its system. Of a dataset or job: its namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_system: Option<String>,
    /// How it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Of an agent: its open findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<i64>,
    /// Of an entity: its view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    /// Of a column or field: its type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
    /// Steps from the node that was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance: Option<u32>,
}

/// One edge.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GraphEdge {
    /// From.
    pub source: String,
    /// To.
    pub target: String,
    /// `hierarchy`: from a whole to a part; `dataflow`: from what is read to what is made of it.
    pub edge_type: &'static str,
    /// Rows that go along it.
    pub rows: i64,
    /// Fields that go along it; of a hierarchy, parts.
    pub fields: u32,
}

/// A part of the graph.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GraphView {
    /// Nodes, nearest first; without a node asked about, those that stand for most first.
    pub nodes: Vec<GraphNode>,
    /// Edges between them.
    pub edges: Vec<GraphEdge>,
    /// Whether there is more within what was asked than is shown.
    pub truncated: bool,
    /// What there is within what was asked, shown or not: nodes by type, and `edges`.
    #[schema(value_type = Object)]
    pub counts: BTreeMap<&'static str, usize>,
    /// Log position of the views that the rows were counted in.
    pub position: i64,
}

/// One rule in force, from source to reader.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineageLine {
    /// Node of the column; of its stream, where the rule reads none.
    pub node: String,
    /// Node of the field.
    pub target: String,
    /// The connection.
    #[schema(value_type = String, format = Uuid)]
    pub connection_id: ConnectionId,
    /// Its name.
    pub source: String,
    /// The stream.
    pub stream: String,
    /// The column; empty: the rule gives a constant.
    pub column: String,
    /// What it goes through besides the cast.
    pub transform: Option<String>,
    /// Canonical entity.
    pub entity: String,
    /// Canonical field.
    pub field: String,
    /// The view that holds it.
    pub view: String,
    /// Agents whose queries name the field.
    pub agents: Vec<String>,
    /// How sure the rule's author was.
    pub confidence: f64,
    /// `human`, `rule`, `model`, `imported`.
    pub origin: &'static str,
    /// Version of the stream's rules.
    pub version: i64,
    /// Rows of the stream in the view.
    pub rows: i64,
    /// When the stream was last read to its end.
    pub seen_at: Option<DateTime<Utc>>,
}

/// A page of lines.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineageGrid {
    /// The lines.
    pub items: Vec<LineageLine>,
    /// Pass as `cursor` to read on; null at the end.
    pub next_cursor: Option<String>,
    /// Lines that fit.
    pub total: usize,
    /// Log position of the views.
    pub position: i64,
}

/// A node with what is beneath it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineageBranch {
    /// The node.
    pub node: GraphNode,
    /// How many it has beneath it, shown or not.
    pub more: usize,
    /// Those that are shown.
    #[schema(no_recursion)]
    pub children: Vec<LineageBranch>,
}

/// A tree of lineage.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineageTree {
    /// The node asked about; all sources, or all agents, where none was.
    pub items: Vec<LineageBranch>,
    /// Whether something was left out for want of room.
    pub truncated: bool,
    /// Log position of the views.
    pub position: i64,
}

/// Nodes found by name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineageFound {
    /// The best first.
    pub items: Vec<GraphNode>,
    /// How many fit.
    pub total: usize,
    /// Nothing fits; these names come nearest.
    pub nearest: bool,
}

/// What a change of a node touches.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineageImpact {
    /// The node.
    pub node: GraphNode,
    /// Columns.
    pub columns: Vec<GraphNode>,
    /// Fields of entities.
    pub fields: Vec<GraphNode>,
    /// Entities whose views hold such a field, with their rows.
    pub views: Vec<GraphNode>,
    /// Agents that read such a field, with their checks that do.
    pub agents: Vec<AgentTouched>,
    /// Jobs and datasets of others.
    pub foreign: Vec<GraphNode>,
    /// What people keep that rests on it.
    pub saved: Vec<SavedTouched>,
}

/// An agent that a change touches.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentTouched {
    /// The agent.
    pub node: GraphNode,
    /// Its checks whose queries name such a field.
    pub checks: Vec<String>,
}

/// Something kept that rests on what would change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavedTouched {
    /// `finding`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// What it says.
    pub title: String,
}

/// Why the values of a record, or of an entity's golden record, are what they are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordWhy {
    /// The view.
    pub view: String,
    /// The record; the entity, of a golden record.
    pub id: String,
    /// `record` or `golden`.
    pub kind: &'static str,
    /// Log position of the views.
    pub position: i64,
    /// Its values, each with where it comes from; empty ones left out unless asked about.
    pub values: Vec<ValueWhy>,
    /// Why the records of the entity are one: null for a record.
    pub merge: Option<MergeWhy>,
}

/// Why one value is what it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ValueWhy {
    /// Canonical field.
    pub field: String,
    /// Its value.
    #[schema(value_type = Value)]
    pub value: Value,
    /// The record that gives it; null: no record has a value.
    pub record: Option<SourceRecord>,
    /// The batch that it was read in; null: it is not in the log any more.
    pub batch: Option<SourceBatch>,
    /// The rule that made it; null: no rule in force feeds the field.
    pub rule: Option<ValueRule>,
    /// What the source had sent; null: the batch does not have it.
    pub original: Option<OriginalValue>,
    /// Whether later batches of the record did not send the column, and its last value was kept.
    pub carried: bool,
    /// Why this record gives it and no other; null for a record by itself.
    pub survivorship: Option<Survivorship>,
}

/// A record in its source.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceRecord {
    /// Its id in the view.
    pub id: String,
    /// The connection.
    pub connection_id: String,
    /// The connection's name.
    pub connection: String,
    /// The stream.
    pub stream: String,
    /// Its key there.
    pub key: String,
}

/// A batch of the log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceBatch {
    /// Position in the log.
    pub position: i64,
    /// What it is named after.
    pub batch_id: String,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Row in it.
    pub row: usize,
    /// Where in the source it began.
    #[schema(value_type = Option<Value>)]
    pub cursor_from: Option<Value>,
    /// Where it ended.
    #[schema(value_type = Option<Value>)]
    pub cursor_to: Option<Value>,
    /// Digest of the schema it had.
    pub fingerprint: Option<String>,
    /// Version of the rules it was made under then.
    pub made_under: Option<i64>,
}

/// The rule behind a value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ValueRule {
    /// Source column; empty: a constant.
    pub source_path: String,
    /// The canonical type that it is cast to.
    pub cast: &'static str,
    /// Beyond the cast.
    #[schema(value_type = Option<Value>)]
    pub transform: Option<Value>,
    /// Version of the stream's rules that hold for the record.
    pub version: i64,
    /// `human`, `rule`, `model`, `imported`.
    pub origin: &'static str,
    /// How sure its author was.
    pub confidence: f64,
    /// Who adopted the version.
    pub author: String,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub adopted_at: DateTime<Utc>,
}

/// What a source had sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OriginalValue {
    /// The value.
    #[schema(value_type = Value)]
    pub value: Value,
    /// `sent`: as the source sent it; `cast`: as the cast left it, which is what the log keeps of a column that a rule reads.
    pub form: &'static str,
}

/// Why a record gives a value of the golden record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Survivorship {
    /// What decided: `only_value`, `source_order`, `latest_change`, `read_last`, `first_id`.
    pub rule: &'static str,
    /// Fields that are given together with it.
    pub together: Vec<String>,
    /// Records with a value, in the order in which they may give it: `{record, value}`.
    #[schema(value_type = Vec<Object>)]
    pub candidates: Vec<Value>,
}

/// Why records are one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MergeWhy {
    /// The records: `{id, live, since, source, record}`.
    #[schema(value_type = Vec<Object>)]
    pub members: Vec<Value>,
    /// Pairs with the evidence of each comparison.
    #[schema(value_type = Vec<Object>)]
    pub pairs: Vec<Value>,
    /// What people said of pairs.
    #[schema(value_type = Vec<Object>)]
    pub said: Vec<Value>,
    /// The decisions that the pairs were written down with: `{position, at, by, reason, model}`.
    #[schema(value_type = Vec<Object>)]
    pub decisions: Vec<Value>,
}

/// What is to be connected.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DclConnect {
    /// Connections by id or name; none named: all that run.
    #[serde(default)]
    pub sources: Vec<String>,
}

/// What a connect began.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DclConnected {
    /// Ask `GET /api/v1/tasks/{id}` how far it is.
    #[schema(value_type = String, format = Uuid)]
    pub task_id: TaskId,
    /// Syncs of sources that were not read yet.
    #[schema(value_type = Vec<String>)]
    pub syncs: Vec<TaskId>,
}

/// A few rows of a node.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NodePreview {
    /// The node.
    pub node: GraphNode,
    /// Its rows: of an entity as its view shows them; of a stream those of the view that come from it.
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<Value>,
    /// Rows there are.
    pub total: i64,
    /// Log position that they reflect.
    pub position: i64,
}

/// What was kept of an event of OpenLineage.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineageTaken {
    /// Node of its job; null: it was of a dataset.
    pub job: Option<String>,
    /// Datasets that it named.
    pub datasets: usize,
}
