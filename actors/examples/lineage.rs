//! Measures lineage on a tenant with many streams and rules, through the whole of it (rows, stamp, graph, answer as JSON):
//! `cargo run -p autonomos-actors --features testkit --example lineage`. Prints one JSON line a scenario. Nothing is kept.

use autonomos_actors::lineage::lines::Query;
use autonomos_actors::platform::lineage::GraphRequest;
use autonomos_actors::testkit::node::TestNode;
use autonomos_runtime::canonical::mapping::{FieldRule, Mapping, Origin, Transform};
use autonomos_runtime::store::{AdoptMapping, NewConnection, NewStream, Page, StreamUpdate};
use autonomos_runtime::{Ambient, Result};
use serde_json::json;

/// Streams of a connection.
const STREAMS: usize = 25;
/// Columns of a stream, and rules that read them: a column may feed several fields.
const COLUMNS: usize = 3;
const RULES: usize = 12;

/// Puts streams with rules into the store, as a sync would leave them.
async fn fill(node: &TestNode, streams: usize) -> Result<()> {
    let vocabulary = node.parts().vocabulary.clone();
    let entities: Vec<_> = vocabulary.entities().filter(|e| e.fields.len() >= RULES).collect();
    let mut tx = node.parts().store.begin(&node.scope).await?;
    for at in 0..streams.div_ceil(STREAMS) {
        let new = NewConnection {
            name: format!("system {at}"),
            kind: "file".to_owned(),
            config: json!({"path": "x/*.csv"}),
            policy: json!({}),
            ..NewConnection::default()
        };
        let connection = tx.create_connection(new).await?.id;
        for number in at * STREAMS..streams.min((at + 1) * STREAMS) {
            let (stream, entity) = (format!("object_{number}"), entities[number % entities.len()]);
            let new = NewStream { connection_id: connection, name: stream.clone(), object: None, schema: None };
            tx.ensure_stream(new).await?;
            let rule = |(n, field): (usize, &autonomos_runtime::canonical::entity::FieldDef)| FieldRule {
                source_path: format!("Column_{}_{}", number % 97, n % COLUMNS),
                field: field.name.clone(),
                transform: Transform::None,
                confidence: 0.5 + (n as f64) / 100.0,
                origin: Origin::Rule,
                lenient: false,
            };
            let mapping = Mapping {
                version: 0,
                entity: entity.name.clone(),
                rules: entity.fields.iter().take(RULES).enumerate().map(rule).collect(),
                key: vec!["Column_0".to_owned()],
                order_by: None,
            };
            tx.adopt_mapping(AdoptMapping {
                epoch: None,
                connection,
                stream,
                mapping,
                expected_version: None,
                origin: Origin::Rule,
                reason: None,
                from_seq: None,
                revert: false,
                retracts: Vec::new(),
                drifts: Vec::new(),
                stream_update: StreamUpdate::default(),
            })
            .await?;
        }
    }
    tx.save().await
}

/// Milliseconds of each, sorted.
fn sorted(mut times: Vec<f64>) -> Vec<f64> {
    times.sort_by(f64::total_cmp);
    times
}

fn at(sorted: &[f64], share: f64) -> f64 {
    let place = ((sorted.len().max(1) - 1) as f64 * share).round() as usize;
    sorted.get(place).map_or(0.0, |ms| (ms * 100.0).round() / 100.0)
}

#[tokio::main]
async fn main() -> Result<()> {
    let clock = Ambient::system();
    let node = TestNode::start(|config| config.compaction.every_seconds = 0).await;
    fill(&node, 2_500).await?;
    let began = clock.elapsed();
    let whole = node.platform.graph(&node.scope, &GraphRequest { fields: true, ..GraphRequest::default() }).await?;
    let built = clock.elapsed().saturating_sub(began).as_secs_f64() * 1000.0;
    let edges = whole.counts["edges"];
    let nodes: usize = whole.counts.values().sum::<usize>() - edges;
    let names: Vec<String> = whole.nodes.iter().map(|n| n.id.clone()).collect();
    let mut times = Vec::new();
    for n in 0..2_000 {
        let node_id = names[n * 7 % names.len()].clone();
        let asked = GraphRequest { node: Some(node_id), fields: n % 2 == 0, ..GraphRequest::default() };
        let began = clock.elapsed();
        let found = node.platform.graph(&node.scope, &asked).await?;
        let body = serde_json::to_vec(&found).unwrap_or_default();
        times.push(clock.elapsed().saturating_sub(began).as_secs_f64() * 1000.0);
        assert!(!body.is_empty());
    }
    let times = sorted(times);
    println!(
        "{}",
        json!({"scenario": "graph_neighbourhood", "nodes": nodes, "edges": edges, "queries": times.len(),
            "first_ms": built.round(), "p50_ms": at(&times, 0.5), "p99_ms": at(&times, 0.99), "goal_p99_ms": 50})
    );

    let node = TestNode::start(|config| config.compaction.every_seconds = 0).await;
    fill(&node, 100_000_usize.div_ceil(RULES)).await?;
    let began = clock.elapsed();
    let lines = node.platform.lineage_grid(&node.scope, Query::default()).await?.total;
    let built = clock.elapsed().saturating_sub(began).as_secs_f64() * 1000.0;
    let (mut times, mut worst) = (Vec::new(), (0.0, String::new()));
    let asked = [
        ("column_42", "source"),
        ("system 17 object", "-confidence"),
        ("e", "field"),
        ("nothing like it", "column"),
        ("", "-rows"),
        ("system 3 column_1", "-column"),
    ];
    for n in 0..120 {
        let (words, sort) = asked[n % asked.len()];
        let query = Query {
            words: Some(words.to_owned()),
            sort: Some(sort.to_owned()),
            page: Page::first(100),
            ..Query::default()
        };
        let began = clock.elapsed();
        let found = node.platform.lineage_grid(&node.scope, query).await?;
        let body = serde_json::to_vec(&found).unwrap_or_default();
        let ms = clock.elapsed().saturating_sub(began).as_secs_f64() * 1000.0;
        assert!(!body.is_empty());
        if ms > worst.0 {
            worst = (ms, words.to_owned());
        }
        times.push(ms);
    }
    let times = sorted(times);
    println!(
        "{}",
        json!({"scenario": "lineage_grid", "lines": lines, "queries": times.len(), "first_ms": built.round(),
            "p50_ms": at(&times, 0.5), "p99_ms": at(&times, 0.99), "most_ms": at(&times, 1.0), "slowest": worst.1,
            "goal_ms": 100})
    );
    Ok(())
}
