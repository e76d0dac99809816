//! Random histories: batches with columns that come, go and are renamed, deletes, late rows, mappings, repairs that reach
//! back, reverts, purges, folded in random portions. Whatever the history, the live views and a fold from nothing agree,
//! and every row is accounted for.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::canonical::mapping::{FieldRule, Mapping, Origin, Transform};
use autonomos_runtime::canonical::{Plan, RawBatch};
use autonomos_runtime::ids::ConnectionId;
use proptest::prelude::*;

use super::super::{Dcl, Stats};
use super::log::Bench;
use crate::unify::change::{Change, Found};
use crate::unify::entry::{self, Head};
use crate::unify::{self, Bands, Bounds, Model};

/// Source columns; the first two are always there.
const COLUMNS: [&str; 6] = ["Id", "Upd", "Name", "Title", "Industry", "Rev"];

#[derive(Clone, Debug)]
enum Op {
    Batch { stream: usize, columns: u8, rows: Vec<(u8, u8, u8, bool)> },
    Adopt { stream: usize, shape: u8, back: u8 },
    Revert { stream: usize },
    Purge { connection: usize },
    Identify { changes: Vec<(u8, u8, u8)>, learn: bool, complete: bool },
    Advance,
}

fn op() -> impl Strategy<Value = Op> {
    let rows = prop::collection::vec((0..12_u8, 0..6_u8, any::<u8>(), prop::bool::weighted(0.12)), 1..10);
    prop_oneof![
        8 => (0..3_usize, any::<u8>(), rows).prop_map(|(stream, columns, rows)| Op::Batch { stream, columns, rows }),
        3 => (0..3_usize, any::<u8>(), 0..8_u8).prop_map(|(stream, shape, back)| Op::Adopt { stream, shape, back }),
        1 => (0..3_usize).prop_map(|stream| Op::Revert { stream }),
        1 => (0..2_usize).prop_map(|connection| Op::Purge { connection }),
        3 => (prop::collection::vec((0..9_u8, 0..12_u8, 0..12_u8), 0..20), any::<bool>(), any::<bool>())
            .prop_map(|(changes, learn, complete)| Op::Identify { changes, learn, complete }),
        6 => Just(Op::Advance),
    ]
}

fn rule(source_path: &str, field: &str) -> FieldRule {
    FieldRule {
        source_path: source_path.to_owned(),
        field: field.to_owned(),
        transform: Transform::None,
        confidence: 1.0,
        origin: Origin::Rule,
        lenient: true,
    }
}

/// One of many sets of rules over the columns.
pub(super) fn rules(version: i64, shape: u8) -> Mapping {
    let bit = |n: u8| shape & (1 << n) != 0;
    let record = shape % 11 == 10;
    let mut rules = if record {
        vec![rule("Id", "record_id"), rule(if bit(0) { "Name" } else { "Title" }, "label")]
    } else {
        vec![rule("Id", "account_id"), rule(if bit(0) { "Name" } else { "Title" }, "name")]
    };
    if !record && bit(1) {
        rules.push(rule("Industry", "industry"));
    }
    if !record && bit(2) {
        rules.push(rule("Rev", if bit(3) { "annual_revenue" } else { "employees" }));
    }
    Mapping {
        version,
        entity: if record { "record" } else { "account" }.to_owned(),
        rules,
        key: vec!["Id".to_owned()],
        order_by: bit(4).then(|| "Upd".to_owned()),
    }
}

fn raw(columns: u8, rows: &[(u8, u8, u8, bool)]) -> RawBatch {
    let value = |column: &str, row: &(u8, u8, u8, bool)| -> Option<String> {
        match column {
            "Id" => Some(format!("k{}", row.0)),
            "Upd" => Some(format!("2026-01-0{}", row.1 + 1)),
            _ if row.2 % 5 == 0 => None,
            "Rev" => Some(row.2.to_string()),
            _ => Some(format!("{column} {}", row.2)),
        }
    };
    let sent: Vec<&str> =
        COLUMNS.iter().enumerate().filter(|(i, _)| *i < 2 || columns & (1 << i) != 0).map(|(_, c)| *c).collect();
    let fields: Vec<Field> = sent.iter().map(|c| Field::new(*c, DataType::Utf8, true)).collect();
    let arrays =
        sent.iter().map(|c| Arc::new(rows.iter().map(|r| value(c, r)).collect::<StringArray>()) as ArrayRef).collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap();
    let mut raw = RawBatch::of(batch);
    raw.deletes = Some(rows.iter().map(|r| Some(r.3)).collect::<BooleanArray>());
    raw
}

/// Any changes at all, as an entry holds them: each record named once a kind, as the unifier does.
fn identified(changes: &[(u8, u8, u8)], learn: bool, complete: bool, at: i64) -> bytes::Bytes {
    let mut seen = std::collections::BTreeSet::new();
    let once = changes.iter().filter(|(op, a, _)| seen.insert((*op, *a)));
    let changes: Vec<Change> = once
        .map(|&(op, a, b)| {
            let (a, b) = (u64::from(a), u64::from(b));
            let found = || Found { a, b, bits: f32::from(op), evidence: vec![op, 7].into() };
            match op {
                0 => Change::Born { record: a, entity: b },
                1 => Change::Moved { record: a, entity: b },
                2 => Change::Forgotten { record: a },
                3 => Change::Anew,
                4 => Change::Pair(found()),
                5 => Change::Doubt(found()),
                6 => Change::Together { a, b: b + 100 },
                7 => Change::Apart { a, b: b + 100 },
                _ => Change::Unlinked { a, b: b + 100 },
            }
        })
        .collect();
    let plan = unify::Plan::of(Vocabulary::builtin().entity("account").unwrap(), Bands::default(), Bounds::default());
    let learnt = learn.then(|| Model { version: at, ..Model::assumed(&plan.unwrap().unwrap()) });
    let (entity, by) = ("account".to_owned(), "system:test".to_owned());
    entry::encode(&Head { entity, at, complete, by, reason: None, model: at, learnt }, &changes).unwrap()
}

struct Streams {
    connections: [ConnectionId; 2],
    /// By stream: all its mappings with where they hold from.
    adopted: BTreeMap<usize, Vec<(Mapping, i64)>>,
}

impl Streams {
    fn name(&self, stream: usize) -> (ConnectionId, &'static str) {
        (self.connections[stream / 2], ["a", "b", "a"][stream])
    }
}

async fn play(bench: &Bench, ops: &[Op]) {
    let vocabulary = Vocabulary::builtin();
    let mut streams = Streams { connections: [bench.connection(), bench.connection()], adopted: BTreeMap::new() };
    for op in ops {
        match op {
            Op::Batch { stream, columns, rows } => {
                let (connection, name) = streams.name(*stream);
                let adopted = streams.adopted.entry(*stream).or_default();
                if adopted.is_empty() {
                    let first = rules(1, 0b1_0001);
                    bench.memory.mapping(connection, name, &first, 1);
                    adopted.push((first, 1));
                }
                let mapping = &adopted.last().unwrap().0;
                let raw = raw(*columns, rows);
                let plan = Plan::compile(vocabulary, mapping, raw.columns.schema_ref()).unwrap();
                let made = plan.run(&raw).unwrap();
                if made.batch.num_rows() > 0 {
                    bench.memory.records(connection, name, &mapping.entity, mapping.version, &made.batch);
                }
            }
            Op::Adopt { stream, shape, back } => {
                let (connection, name) = streams.name(*stream);
                let adopted = streams.adopted.entry(*stream).or_default();
                if adopted.is_empty() {
                    continue;
                }
                let mapping = rules(adopted.len() as i64 + 1, *shape);
                let from = (bench.memory.len() + 1 - i64::from(*back)).max(1);
                bench.memory.mapping(connection, name, &mapping, from);
                adopted.push((mapping, from));
            }
            Op::Revert { stream } => {
                let (connection, name) = streams.name(*stream);
                let adopted = streams.adopted.entry(*stream).or_default();
                let [.., (earlier, _), (_, from)] = adopted.as_slice() else { continue };
                let mapping = Mapping { version: adopted.len() as i64 + 1, ..earlier.clone() };
                let from = *from;
                bench.memory.mapping(connection, name, &mapping, from);
                adopted.push((mapping, from));
            }
            Op::Purge { connection } => {
                bench.memory.purge(streams.connections[*connection]);
            }
            Op::Identify { changes, learn, complete } => {
                let payload = identified(changes, *learn, *complete, bench.memory.len());
                bench.memory.identity(streams.connections[0], "account", payload);
            }
            Op::Advance => {
                bench.advance().await;
            }
        }
    }
}

/// Folds what is left, a portion at a time.
async fn finish(bench: &Bench, dcl: &Dcl) {
    while dcl.advance(&bench.scope, &bench.log).await.unwrap().more {}
}

/// Everything that must not depend on how the log was folded.
fn account(stats: &Stats) -> Vec<(String, String, [i64; 6])> {
    let mut out: Vec<_> = stats
        .streams
        .iter()
        .map(|s| {
            let counts = [s.rows, s.live, s.superseded, s.deleted, s.delete_markers, s.unmapped];
            (s.connection_id.to_string(), s.stream.clone(), counts)
        })
        .filter(|s| s.2 != [0; 6])
        .collect();
    out.sort();
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_live_views_equal_a_fold_from_nothing(ops in prop::collection::vec(op(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new();
            play(&bench, &ops).await;
            finish(&bench, &bench.dcl).await;
            let live = bench.dcl.digest(&bench.scope).await.unwrap();
            let stats = bench.dcl.stats(&bench.scope).await.unwrap();
            for stream in &stats.streams {
                prop_assert_eq!(stream.rows, stream.live + stream.superseded + stream.deleted);
            }
            prop_assert_eq!(stats.streams.iter().map(|s| s.live).sum::<i64>(), live.rows);
            let (_folder, other) = bench.other();
            finish(&bench, &other).await;
            prop_assert_eq!(&other.digest(&bench.scope).await.unwrap(), &live);
            prop_assert_eq!(account(&other.stats(&bench.scope).await.unwrap()), account(&stats));
            bench.dcl.close_all().await;
            other.close_all().await;
            Ok(())
        })?;
    }
}
