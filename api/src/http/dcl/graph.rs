//! `GET /api/v1/dcl/graph`: what feeds what. Layers L0 (connections, under "from AAM") → L1 (their streams) → L2 (unified
//! entities) → L3 (agents); an edge says how many rows and fields go along it. Made from rows, never kept.

use std::collections::BTreeMap;

use autonomos_actors::platform::Listing;
use autonomos_actors::platform::shapes::{AgentView, ConnectionView, MappingRow};
use autonomos_runtime::store::Page;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// Most connections drawn; beyond, `truncated` is true.
const MOST: u32 = 200;

/// Nodes and edges.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Graph {
    /// `{id, type, layer, label, ...}`.
    #[schema(value_type = Vec<Object>)]
    nodes: Vec<Value>,
    /// `{source, target, edgeType, rows, fields}`.
    #[schema(value_type = Vec<Object>)]
    edges: Vec<Value>,
    /// Whether there is more than is drawn.
    truncated: bool,
    /// Nodes by type, and edges.
    #[schema(value_type = Object)]
    counts: BTreeMap<&'static str, usize>,
}

/// What feeds what.
#[utoipa::path(get, path = "/api/v1/dcl/graph", operation_id = "dcl_graph", tag = "dcl",
    responses((status = 200, body = Graph)))]
pub async fn graph(State(app): State<AppState>, who: Member) -> Answer<Json<Graph>> {
    let listing = Listing { page: Page::first(MOST), ..Listing::default() };
    let page = app.platform.connections(&who.scope, listing).await?;
    let mut sources = Vec::with_capacity(page.items.len());
    for connection in page.items {
        let rules = app.platform.mappings(&who.scope, connection.id).await?;
        sources.push((connection, rules));
    }
    let agents = app.platform.agents(&who.scope).await?;
    let mut graph = draw(&sources, &agents);
    graph.truncated = page.next_cursor.is_some();
    Ok(Json(graph))
}

fn draw(sources: &[(ConnectionView, Vec<MappingRow>)], agents: &[AgentView]) -> Graph {
    let mut graph = Graph::default();
    let node = |graph: &mut Graph, kind: &'static str, layer: &str, id: String, label: &str, more: Value| {
        let mut value = json!({"id": id, "type": kind, "layer": layer, "label": label});
        if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
            value.extend(more);
        }
        graph.nodes.push(value);
        *graph.counts.entry(kind).or_insert(0) += 1;
    };
    node(&mut graph, "source_parent", "L0", "sys_aam_sources".into(), "from AAM", json!({}));
    let mut entities: BTreeMap<&str, i64> = BTreeMap::new();
    for (connection, rules) in sources {
        let parent = format!("conn_{}", connection.id);
        let about = json!({"sourceSystem": connection.kind, "state": connection.state, "parentId": "sys_aam_sources"});
        node(&mut graph, "connection", "L0", parent.clone(), &connection.name, about);
        let rows: i64 = connection.streams.iter().map(|s| s.rows).sum();
        graph.edges.push(edge("sys_aam_sources", &parent, "hierarchy", rows, connection.streams.len()));
        for stream in &connection.streams {
            let id = format!("src_{}_{}", connection.id, stream.name);
            let label = format!("{} - {}", connection.name, stream.name);
            node(&mut graph, "source", "L1", id.clone(), &label, json!({"parentId": parent, "rows": stream.rows}));
            graph.edges.push(edge(&parent, &id, "hierarchy", stream.rows, 0));
            if let Some(entity) = &stream.entity {
                *entities.entry(entity).or_insert(0) += stream.rows;
                let fields = rules.iter().filter(|rule| rule.stream == stream.name).count();
                graph.edges.push(edge(&id, &format!("dcl_{entity}"), "dataflow", stream.rows, fields));
            }
        }
    }
    for (entity, rows) in &entities {
        node(&mut graph, "ontology", "L2", format!("dcl_{entity}"), entity, json!({"rows": rows}));
    }
    for agent in agents {
        let id = format!("agent_{}", agent.id);
        node(&mut graph, "agent", "L3", id.clone(), &agent.name, json!({"findings": agent.open_findings}));
        for entity in &agent.entities {
            if let Some(rows) = entities.get(entity.as_str()) {
                graph.edges.push(edge(&format!("dcl_{entity}"), &id, "dataflow", *rows, 0));
            }
        }
    }
    let edges = graph.edges.len();
    graph.counts.insert("edges", edges);
    graph
}

fn edge(source: &str, target: &str, kind: &str, rows: i64, fields: usize) -> Value {
    json!({"source": source, "target": target, "edgeType": kind, "rows": rows, "fields": fields})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_tenant_has_its_parent_and_its_agents() {
        let agent = AgentView {
            id: "revops".into(),
            name: "RevOps".into(),
            purpose: String::new(),
            autonomy: "observe".into(),
            entities: vec!["account".into()],
            open_findings: 0,
            last_run_at: None,
            last_run_state: None,
        };
        let graph = draw(&[], &[agent]);
        assert_eq!((graph.nodes.len(), graph.edges.len()), (2, 0));
        assert_eq!(graph.counts["agent"], 1);
    }
}
