//! Random histories: batches with columns that come, go and are renamed, deletes, late rows, mappings, repairs that reach
//! back, refused rows that are replayed, reverts that take them back again, purges, restarts, folded in random portions,
//! compacted at random moments. Whatever the history, the live views and a fold from nothing agree, every row is accounted
//! for, and a log that was never compacted gives the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use autonomos_runtime::Ambient;
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::canonical::mapping::{FieldRule, Mapping, Origin, Transform};
use autonomos_runtime::canonical::{Plan, RawBatch};
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{Place, Retract};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::super::compaction::Limits;
use super::super::{Dcl, Digest, Stats};
use super::log::Bench;
use crate::unify::change::{Change, Found};
use crate::unify::entry::{self, Head};
use crate::unify::{self, Bands, Bounds, Model};

/// Source columns; the first two are always there.
const COLUMNS: [&str; 6] = ["Id", "Upd", "Name", "Title", "Industry", "Rev"];

/// Key, version, values, delete.
type Row = (u8, u8, u8, bool);

#[derive(Clone, Debug)]
enum Op {
    Batch {
        stream: usize,
        columns: u8,
        rows: Vec<Row>,
    },
    Adopt {
        stream: usize,
        shape: u8,
        back: u8,
    },
    Replay {
        stream: usize,
        nth: u8,
    },
    Heal {
        stream: usize,
        nth: u8,
    },
    Revert {
        stream: usize,
    },
    Purge {
        connection: usize,
    },
    /// A drift is noticed: a repair may reach back to what comes next.
    Notice {
        stream: usize,
    },
    Compact {
        stream: usize,
        entries: usize,
        prune: bool,
    },
    Identify {
        changes: Vec<(u8, u8, u8)>,
        learn: bool,
        complete: bool,
    },
    Advance,
    Restart,
}

fn op() -> impl Strategy<Value = Op> {
    let rows = prop::collection::vec((0..12_u8, 0..6_u8, any::<u8>(), prop::bool::weighted(0.12)), 1..10);
    prop_oneof![
        8 => (0..3_usize, any::<u8>(), rows).prop_map(|(stream, columns, rows)| Op::Batch { stream, columns, rows }),
        3 => (0..3_usize, any::<u8>(), 0..8_u8).prop_map(|(stream, shape, back)| Op::Adopt { stream, shape, back }),
        1 => (0..3_usize, any::<u8>()).prop_map(|(stream, nth)| Op::Replay { stream, nth }),
        3 => (0..3_usize, any::<u8>()).prop_map(|(stream, nth)| Op::Heal { stream, nth }),
        3 => (0..3_usize).prop_map(|stream| Op::Revert { stream }),
        1 => (0..2_usize).prop_map(|connection| Op::Purge { connection }),
        3 => (prop::collection::vec((0..9_u8, 0..12_u8, 0..12_u8), 0..20), any::<bool>(), any::<bool>())
            .prop_map(|(changes, learn, complete)| Op::Identify { changes, learn, complete }),
        1 => (0..3_usize).prop_map(|stream| Op::Notice { stream }),
        3 => (0..3_usize, 2..5_usize, any::<bool>())
            .prop_map(|(stream, entries, prune)| Op::Compact { stream, entries, prune }),
        6 => Just(Op::Advance),
        1 => Just(Op::Restart),
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
        let field = if bit(3) { "annual_revenue" } else { "employees" };
        rules.push(FieldRule { lenient: bit(5), ..rule("Rev", field) });
    }
    Mapping {
        version,
        entity: if record { "record" } else { "account" }.to_owned(),
        rules,
        key: vec!["Id".to_owned()],
        order_by: bit(4).then(|| "Upd".to_owned()),
    }
}

fn raw(columns: u8, rows: &[Row]) -> RawBatch {
    let value = |column: &str, row: &Row| -> Option<String> {
        match column {
            "Id" => Some(format!("k{}", row.0)),
            "Upd" => Some(format!("2026-01-0{}", row.1 + 1)),
            _ if row.2.is_multiple_of(5) => None,
            "Rev" if row.2.is_multiple_of(3) => Some(format!("about {}", row.2)),
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

/// What a history may do.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Laws {
    /// Whatever can be written.
    Any,
    /// What is compacted is only merged.
    Merge,
    /// What happens on a node: rules keep the stream's key and order (whether there is one), and reach back to the
    /// beginning, to a drift that was noticed, or not at all.
    Honest { ordered: bool },
}

impl Laws {
    /// A shape of rules that keeps to them.
    fn shape(self, shape: u8) -> u8 {
        match self {
            Self::Honest { ordered } => shape & !0b1_0000 | u8::from(ordered) << 4,
            _ => shape,
        }
    }
}

/// A row that was refused, and where it is in the log, under which version, if it was replayed.
struct Letter {
    columns: u8,
    row: Row,
    replayed: Option<(Place, i64)>,
}

/// What the test knows of a stream.
#[derive(Default)]
struct Known {
    /// All its mappings with where they hold from.
    adopted: Vec<(Mapping, i64)>,
    /// Where drifts were noticed.
    noticed: Vec<i64>,
    letters: Vec<Letter>,
    /// Rows in the log that were neither purged nor retracted.
    rows: i64,
}

impl Known {
    /// The rules in force.
    fn rules(&self) -> &Mapping {
        &self.adopted.last().unwrap().0
    }

    /// Those of its letters that rules refuse, by place in the list.
    fn refused(&self, rules: &Mapping, letters: &[usize]) -> BTreeSet<usize> {
        let alone = |&at: &usize| {
            let letter = &self.letters[at];
            (at, normal(rules, letter.columns, &[letter.row]).1)
        };
        letters.iter().map(alone).filter(|(_, refused)| !refused.is_empty()).map(|(at, _)| at).collect()
    }
}

/// Rows under rules: the canonical batch, and which were refused.
fn normal(rules: &Mapping, columns: u8, rows: &[Row]) -> (RecordBatch, Vec<u32>) {
    let raw = raw(columns, rows);
    let plan = Plan::compile(Vocabulary::builtin(), rules, raw.columns.schema_ref()).unwrap();
    let made = plan.run(&raw).unwrap();
    (made.batch, made.refused)
}

/// Any changes at all, as an entry holds them: each record named once a kind, as the unifier does.
fn identified(changes: &[(u8, u8, u8)], learn: bool, complete: bool, at: i64) -> bytes::Bytes {
    let mut seen = BTreeSet::new();
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
    laws: Laws,
    known: [Known; 3],
    /// Rows that compaction dropped.
    dropped: i64,
}

impl Streams {
    fn name(&self, stream: usize) -> (ConnectionId, &'static str) {
        (self.connections[stream / 2], ["a", "b", "a"][stream])
    }

    fn batch(&mut self, bench: &Bench, stream: usize, columns: u8, rows: &[Row]) {
        let (connection, name) = self.name(stream);
        let known = &mut self.known[stream];
        if known.adopted.is_empty() {
            let first = rules(1, self.laws.shape(0b1_0101));
            bench.memory.mapping(connection, name, &first, 1);
            known.adopted.push((first, 1));
        }
        let (rules, letters) = (known.rules().clone(), &mut known.letters);
        let (batch, refused) = normal(&rules, columns, rows);
        letters.extend(refused.iter().map(|&at| Letter { columns, row: rows[at as usize], replayed: None }));
        if batch.num_rows() > 0 {
            known.rows += batch.num_rows() as i64;
            bench.memory.records(connection, name, &rules.entity, rules.version, &batch);
        }
    }

    /// The open letters that were sent with the columns of one of them, as one batch.
    fn replay(&mut self, bench: &Bench, stream: usize, nth: u8) {
        let (connection, name) = self.name(stream);
        let known = &mut self.known[stream];
        let open: Vec<usize> = (0..known.letters.len()).filter(|&at| known.letters[at].replayed.is_none()).collect();
        let Some(&one) = open.get(nth as usize % open.len().max(1)) else { return };
        let (columns, rules) = (known.letters[one].columns, known.rules().clone());
        let tried: Vec<usize> = open.into_iter().filter(|&at| known.letters[at].columns == columns).collect();
        let rows: Vec<Row> = tried.iter().map(|&at| known.letters[at].row).collect();
        let (batch, refused) = normal(&rules, columns, &rows);
        if batch.num_rows() == 0 {
            return;
        }
        let seq = bench.memory.replayed(connection, name, &rules.entity, rules.version, &batch);
        known.rows += batch.num_rows() as i64;
        let passed = (0..tried.len()).filter(|at| !refused.contains(&(*at as u32)));
        for (row, at) in passed.enumerate() {
            known.letters[tried[at]].replayed = Some((Place { seq, row: row as u32 }, rules.version));
        }
    }

    /// The rules in force, forgiving from here on, and what they refused so far.
    fn heal(&mut self, bench: &Bench, stream: usize, nth: u8) {
        let (connection, name) = self.name(stream);
        let adopted = &mut self.known[stream].adopted;
        let Some((last, _)) = adopted.last() else { return };
        let rules = last.rules.iter().map(|rule| FieldRule { lenient: true, ..rule.clone() });
        let mapping = Mapping { version: last.version + 1, rules: rules.collect(), ..last.clone() };
        let from = bench.memory.len() + 1;
        bench.memory.mapping(connection, name, &mapping, from);
        adopted.push((mapping, from));
        self.replay(bench, stream, nth);
    }

    /// The rules before the last, from where those held, and out with the rows that only the last let in.
    fn revert(&mut self, bench: &Bench, stream: usize) {
        let (connection, name) = self.name(stream);
        let known = &mut self.known[stream];
        let [.., (earlier, _), (last, from)] = known.adopted.as_slice() else { return };
        let (mapping, from) = (Mapping { version: last.version + 1, ..earlier.clone() }, *from);
        let since = |letter: &Letter| letter.replayed.is_some_and(|(_, version)| version >= last.version);
        let taken: Vec<usize> = (0..known.letters.len()).filter(|&at| since(&known.letters[at])).collect();
        let mut retracts: BTreeMap<i64, BTreeSet<u32>> = BTreeMap::new();
        for at in known.refused(&mapping, &taken) {
            let (place, _) = known.letters[at].replayed.take().unwrap();
            retracts.entry(place.seq).or_default().insert(place.row);
            known.rows -= 1;
        }
        let retracts = retracts.into_iter().map(|(seq, rows)| Retract { seq, rows: rows.into_iter().collect() });
        bench.memory.retracting(connection, name, &mapping, from, retracts.collect());
        known.adopted.push((mapping, from));
    }
}

/// Where new rules hold from.
fn reach(laws: Laws, back: u8, head: i64, noticed: &[i64]) -> i64 {
    match laws {
        Laws::Honest { .. } => {
            let all: Vec<i64> = [1, head + 1].iter().chain(noticed).copied().collect();
            all[back as usize % all.len()]
        }
        _ => (head + 1 - i64::from(back)).max(1),
    }
}

/// Plays a history, compacting or not.
async fn play(bench: &Bench, connections: [ConnectionId; 2], ops: &[Op], laws: Laws, compact: bool) -> Streams {
    let mut streams = Streams { connections, laws, known: Default::default(), dropped: 0 };
    for op in ops {
        match op {
            Op::Batch { stream, columns, rows } => streams.batch(bench, *stream, *columns, rows),
            Op::Adopt { stream, shape, back } => {
                let (connection, name) = streams.name(*stream);
                let known = &mut streams.known[*stream];
                if known.adopted.is_empty() {
                    continue;
                }
                let mapping = rules(known.adopted.len() as i64 + 1, laws.shape(*shape));
                let from = reach(laws, *back, bench.memory.len(), &known.noticed);
                bench.memory.mapping(connection, name, &mapping, from);
                known.adopted.push((mapping, from));
            }
            Op::Replay { stream, nth } => streams.replay(bench, *stream, *nth),
            Op::Heal { stream, nth } => streams.heal(bench, *stream, *nth),
            Op::Revert { stream } => streams.revert(bench, *stream),
            Op::Purge { connection } => {
                bench.memory.purge(streams.connections[*connection]);
                for stream in (0..3).filter(|stream| stream / 2 == *connection) {
                    streams.known[stream].letters.clear();
                    streams.known[stream].rows = 0;
                }
            }
            Op::Identify { changes, learn, complete } => {
                let payload = identified(changes, *learn, *complete, bench.memory.len());
                bench.memory.identity(streams.connections[0], "account", payload);
            }
            Op::Notice { stream } => streams.known[*stream].noticed.push(bench.memory.len() + 1),
            Op::Compact { .. } if !compact => {}
            Op::Compact { stream, entries, prune } => {
                let kept = i64::from(!(*prune && laws != Laws::Merge));
                let limits = Limits {
                    entries: *entries,
                    bytes: 1 << 20,
                    after: chrono::TimeDelta::zero(),
                    superseded: chrono::TimeDelta::days(kept),
                };
                let (position, noticed) = (bench.dcl.seen(&bench.scope), &streams.known[*stream].noticed);
                let dropped = bench.memory.compact(streams.name(*stream), position, noticed, &limits);
                streams.dropped += dropped;
            }
            Op::Advance => {
                bench.advance().await;
            }
            Op::Restart => bench.dcl.close(&bench.scope).await,
        }
    }
    streams
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

type Account = Vec<(String, String, [i64; 6])>;

/// Plays a history and folds it to its end, live and from nothing: both must give the same.
async fn outcome(
    connections: [ConnectionId; 2],
    ops: &[Op],
    laws: Laws,
    compact: bool,
) -> Result<(Digest, Account, i64), TestCaseError> {
    let bench = Bench::new();
    let streams = play(&bench, connections, ops, laws, compact).await;
    finish(&bench, &bench.dcl).await;
    let live = bench.dcl.digest(&bench.scope).await.unwrap();
    let stats = bench.dcl.stats(&bench.scope).await.unwrap();
    for (at, known) in streams.known.iter().enumerate() {
        let (connection, name) = streams.name(at);
        let stream = stats.streams.iter().find(|s| s.connection_id == connection && s.stream == name);
        let rows = stream.map_or(0, |s| {
            assert_eq!(s.rows, s.live + s.superseded + s.deleted);
            s.rows + s.delete_markers
        });
        prop_assert_eq!(rows, known.rows);
    }
    prop_assert_eq!(stats.streams.iter().map(|s| s.live).sum::<i64>(), live.rows);
    let (_folder, other) = bench.other();
    finish(&bench, &other).await;
    prop_assert_eq!(&other.digest(&bench.scope).await.unwrap(), &live);
    prop_assert_eq!(account(&other.stats(&bench.scope).await.unwrap()), account(&stats));
    bench.dcl.close_all().await;
    other.close_all().await;
    Ok((live, account(&stats), streams.dropped))
}

fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn connections() -> [ConnectionId; 2] {
    let ambient = Ambient::system();
    [ConnectionId::new(&ambient), ConnectionId::new(&ambient)]
}

/// The same history with and without compaction gives the same views and the same account.
fn nobody_can_tell(ops: &[Op], laws: Laws) -> Result<i64, TestCaseError> {
    on_a_runtime(async {
        let connections = connections();
        let (digest, account, dropped) = outcome(connections, ops, laws, true).await?;
        let (plain, counted, _) = outcome(connections, ops, laws, false).await?;
        prop_assert_eq!(digest, plain);
        prop_assert_eq!(account, counted);
        Ok(dropped)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_live_views_equal_a_fold_from_nothing(ops in prop::collection::vec(op(), 1..40)) {
        on_a_runtime(outcome(connections(), &ops, Laws::Any, true))?;
    }

    #[test]
    fn whatever_happens_nobody_can_tell_that_batches_were_merged(ops in prop::collection::vec(op(), 1..40)) {
        nobody_can_tell(&ops, Laws::Merge)?;
    }

    #[test]
    fn nobody_can_tell_that_superseded_batches_are_gone(
        ops in prop::collection::vec(op(), 1..60), ordered in any::<bool>(),
    ) {
        nobody_can_tell(&ops, Laws::Honest { ordered })?;
    }
}

/// The property above is worth something: in a history of a kind it draws, batches do go.
#[test]
fn a_busy_stream_loses_what_was_superseded() {
    let batch = |n: u8| Op::Batch { stream: 0, columns: 0b1_0111, rows: vec![(n % 3, n % 6, n, false)] };
    let mut ops: Vec<Op> = (0..60).map(batch).collect();
    ops.push(Op::Advance);
    ops.extend(std::iter::repeat_n(Op::Advance, 12));
    ops.push(Op::Compact { stream: 0, entries: 4, prune: true });
    ops.push(Op::Adopt { stream: 0, shape: 0b0010, back: 0 });
    for ordered in [false, true] {
        let dropped = nobody_can_tell(&ops, Laws::Honest { ordered }).unwrap();
        assert!(dropped > 20, "{dropped} of 60 rows, ordered: {ordered}");
    }
}
