//! Compaction from outside the fold: what is planned over which outlines, that views and provenance stay, and that a
//! tenant's log shrinks on a node while its views do not move.

use autonomos_runtime::Timestamp;
use autonomos_runtime::canonical::Pack;
use autonomos_runtime::store::{EntryKind, Outline, Retract};
use chrono::TimeDelta;

use super::super::compaction::{Limits, Moment, Plan, Step, plan, prune};
use super::log::{Bench, batch};
use crate::platform::shapes::ViewRequest;
use crate::task::stop::Stop;
use crate::testkit::node::TestNode;

const KIB: i64 = 1024;

fn at(minutes: i64) -> Timestamp {
    chrono::DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

/// Four make one, of at most 64 KiB, after ten minutes; superseded batches go after a thousand.
const LIMITS: Limits =
    Limits { entries: 4, bytes: 64 * KIB, after: TimeDelta::minutes(10), superseded: TimeDelta::minutes(1_000) };

fn moment(position: i64, minutes: i64) -> Moment {
    Moment { position, now: at(minutes) }
}

/// Entries of rows and KiB, written a minute apart from position 1 on.
fn entries(of: &[(i64, i64)]) -> Vec<Outline> {
    let entry = |(seq, &(rows, kib)): (i64, &(i64, i64))| Outline {
        seq,
        kind: EntryKind::Records,
        entity: Some("account".into()),
        mapping_version: Some(1),
        rows,
        bytes: kib * KIB,
        replay: false,
        at: at(seq),
        packed: None,
    };
    (1..).zip(of).map(entry).collect()
}

fn merged(outlines: &[Outline], now: Moment) -> Vec<i64> {
    plan(outlines, 0, now, &LIMITS).step.map(|s| s.seqs).unwrap_or_default()
}

/// Sizes and counts of entries, and the log positions that become one.
type Neighbours<'a> = (&'a [(i64, i64)], &'a [i64]);

#[test]
fn neighbours_of_like_size_become_one() {
    let now = moment(100, 500);
    let table: [Neighbours<'_>; 9] = [
        (&[(3, 5); 3], &[]),
        (&[(3, 5); 4], &[1, 2, 3, 4]),
        (&[(3, 5); 6], &[1, 2, 3, 4, 5, 6]),
        // What was merged waits for its like; the small ones after it are merged by themselves.
        (&[(12, 6), (3, 5), (3, 5), (3, 5), (3, 5)], &[2, 3, 4, 5]),
        (&[(12, 6), (12, 6), (12, 6), (3, 5), (3, 5), (3, 5)], &[]),
        (&[(12, 6), (12, 6), (12, 6), (12, 6), (3, 5)], &[1, 2, 3, 4, 5]),
        // A small one among larger ones goes with them.
        (&[(12, 6), (3, 5), (12, 6), (12, 6), (12, 6)], &[1, 2, 3, 4, 5]),
        // Enough to fill an entry is enough, and no more than that at once.
        (&[(900, 30), (900, 30), (900, 30)], &[1, 2]),
        // Half full is large; it stands between the others.
        (&[(3, 5), (3, 5), (900, 32), (3, 5), (3, 5)], &[]),
    ];
    for (sizes, expected) in table {
        assert_eq!(merged(&entries(sizes), now), expected, "{sizes:?}");
    }
}

#[test]
fn nothing_is_merged_over_what_stands_between() {
    let now = moment(100, 500);
    let with = |change: &dyn Fn(&mut Outline)| {
        let mut some = entries(&[(3, 5); 8]);
        change(&mut some[3]);
        merged(&some, now)
    };
    for change in [
        (|o| o.replay = true) as fn(&mut Outline),
        |o| o.kind = EntryKind::Mapping,
        |o| o.kind = EntryKind::Purge,
        |o| o.mapping_version = Some(2),
        |o| o.entity = Some("record".into()),
        |o| o.bytes = 40 * KIB,
    ] {
        assert_eq!(with(&change), [5, 6, 7, 8]);
    }
    let versions = |o: &mut Outline| o.mapping_version = Some(i64::from(o.seq > 4) + 1);
    let mut some = entries(&[(3, 5); 8]);
    some.iter_mut().for_each(versions);
    assert_eq!(merged(&some, now), [1, 2, 3, 4], "each version by itself");
}

#[test]
fn what_the_views_lack_and_what_is_young_waits() {
    let some = entries(&[(3, 5); 8]);
    assert_eq!(merged(&some, moment(5, 500)), [1, 2, 3, 4, 5]);
    assert!(merged(&some, moment(3, 500)).is_empty());
    assert_eq!(merged(&some, moment(8, 14)), [1, 2, 3, 4]);
    let plan = plan(&some, 0, moment(8, 13), &LIMITS);
    assert_eq!(plan, Plan { step: None, settled: 0, due: Some(at(18)) }, "when the last one is old enough");
}

#[test]
fn what_can_gain_nothing_is_not_looked_at_again() {
    let now = moment(100, 500);
    let settled = |some: &[Outline]| plan(some, 0, now, &LIMITS).settled;
    assert_eq!(settled(&entries(&[(3, 5), (3, 5), (900, 40), (3, 5), (3, 5)])), 3);
    assert_eq!(settled(&entries(&[(3, 5), (3, 5), (900, 40)])), 3);
    let mut some = entries(&[(3, 5); 5]);
    some[3].mapping_version = Some(2);
    some[4].mapping_version = Some(2);
    assert_eq!(settled(&some), 3);
    assert_eq!(plan(&[], 7, now, &LIMITS), Plan { settled: 7, ..Plan::default() });
}

#[test]
fn packs_are_pruned_when_their_time_has_come() {
    let mut some = entries(&[(900, 40); 6]);
    let packed = [Some(false), Some(false), Some(true), Some(false), None, Some(false)];
    some.iter_mut().zip(packed).for_each(|(o, packed)| o.packed = packed);
    let step = |seqs: &[i64]| Some(Step { seqs: seqs.to_vec(), merge: false, prune: true });
    assert_eq!(prune(&some, moment(100, 1_000), &LIMITS), None);
    assert_eq!(prune(&some, moment(100, 1_001), &LIMITS), step(&[1]));
    assert_eq!(prune(&some, moment(100, 5_000), &LIMITS), step(&[1, 2]));
    assert_eq!(prune(&some[1..], moment(100, 5_000), &LIMITS), step(&[2]));
    let many: Vec<Outline> =
        entries(&[(900, 60); 9]).into_iter().map(|o| Outline { packed: Some(false), ..o }).collect();
    assert_eq!(prune(&many, moment(100, 5_000), &LIMITS), step(&[1, 2, 3, 4]), "so much at once");
    // Entries that are merged when they are that old are pruned on the way.
    let old = plan(&entries(&[(3, 5); 4]), 0, moment(100, 5_000), &LIMITS).step.unwrap();
    let newer = plan(&entries(&[(3, 5); 4]), 0, moment(100, 1_003), &LIMITS).step.unwrap();
    assert_eq!((old.prune, newer.prune), (true, false));
}

fn at_once() -> Limits {
    Limits { after: TimeDelta::zero(), superseded: TimeDelta::zero(), ..LIMITS }
}

fn accounts() -> ViewRequest {
    ViewRequest { view: "accounts".into(), sort: Some("account_id".into()), ..ViewRequest::default() }
}

#[tokio::test]
async fn rows_say_where_they_came_from_wherever_they_are_now() {
    let bench = Bench::new();
    let connection = bench.connection();
    bench.memory.mapping(connection, "s", &super::random::rules(1, 0), 1);
    for i in 0..8 {
        let rows = [("a", i + 1, false), (["b", "c"][i as usize % 2], i + 1, false)];
        let columns = [("account_id", vec![Some("x"); 2]), ("name", vec![Some("n"); 2])];
        bench.memory.records(connection, "s", "account", 1, &batch(&rows, &columns));
    }
    while bench.advance().await.more {}
    let (page, bytes) = (bench.ask(&accounts()).await, bench.memory.bytes());
    let dropped = bench.memory.compact((connection, "s"), 9, &[], &at_once());
    assert_eq!(dropped, 12, "all but the last two batches");
    assert!(bench.memory.bytes() * 2 < bytes);
    let (_folder, other) = bench.other();
    while other.advance(&bench.scope, &bench.log).await.unwrap().more {}
    let rebuilt = other.query(&bench.scope, &accounts()).await.unwrap();
    let rebuilt: serde_json::Value = serde_json::from_slice(&rebuilt.body).unwrap();
    assert_eq!(rebuilt["items"], page["items"], "positions, rows and versions of the rules among them");
}

#[tokio::test]
async fn a_column_that_only_an_older_row_sent_keeps_its_batch() {
    let bench = Bench::new();
    let connection = bench.connection();
    bench.memory.mapping(connection, "s", &super::random::rules(1, 0b0011), 1);
    let named = |name| batch(&[("a", 0, false)], &[("account_id", vec![Some("a")]), ("name", vec![Some(name)])]);
    let sized = batch(&[("a", 0, false)], &[("account_id", vec![Some("a")]), ("industry", vec![Some("steel")])]);
    for rows in [&named("one"), &named("two"), &sized, &sized, &sized] {
        bench.memory.records(connection, "s", "account", 1, rows);
    }
    while bench.advance().await.more {}
    let live = bench.dcl.digest(&bench.scope).await.unwrap();
    // "one" is covered by "two"; "two" says the name, which no later row does; of the others only the last counts.
    assert_eq!(bench.memory.compact((connection, "s"), 6, &[], &at_once()), 3);
    let (_folder, other) = bench.other();
    other.advance(&bench.scope, &bench.log).await.unwrap();
    assert_eq!(other.digest(&bench.scope).await.unwrap(), live);
    let page = bench.ask(&accounts()).await;
    assert_eq!((&page["items"][0]["name"], &page["items"][0]["industry"]), (&"two".into(), &"steel".into()));
}

#[tokio::test]
async fn what_was_replayed_stays_where_it_is_between_packs_and_can_be_taken_back() {
    let bench = Bench::new();
    let connection = bench.connection();
    let rules = |version| super::random::rules(version, 0);
    let keyed = |keys: &[&str]| {
        let rows: Vec<(&str, i64, bool)> = keys.iter().map(|key| (*key, 0, false)).collect();
        batch(&rows, &[("account_id", keys.iter().map(|key| Some(*key)).collect())])
    };
    bench.memory.mapping(connection, "s", &rules(1), 1);
    for key in ["a", "b", "c", "d"] {
        bench.memory.records(connection, "s", "account", 1, &keyed(&[key]));
    }
    let seq = bench.memory.replayed(connection, "s", "account", 1, &keyed(&["x", "y"]));
    for key in ["e", "f", "g", "h"] {
        bench.memory.records(connection, "s", "account", 1, &keyed(&[key]));
    }
    while bench.advance().await.more {}
    assert_eq!(bench.memory.compact((connection, "s"), 10, &[], &at_once()), 0);
    let kept: Vec<usize> = bench.log.read_after(&bench.scope, 1, whole()).await.unwrap().iter().map(packed).collect();
    assert_eq!(kept, [0, 0, 0, 4, 1, 0, 0, 0, 4]);

    let here = bench.memory.len() + 1;
    bench.memory.retracting(connection, "s", &rules(2), here, vec![Retract { seq, rows: vec![0] }]);
    while bench.advance().await.more {}
    let (_folder, other) = bench.other();
    while other.advance(&bench.scope, &bench.log).await.unwrap().more {}
    for views in [&bench.dcl, &other] {
        let sql = "SELECT _key, _seq, _row FROM v_account ORDER BY _seq, _row";
        let rows = views.select(&bench.scope, sql).await.unwrap().rows;
        let place = |row: &serde_json::Map<String, serde_json::Value>| {
            (row["_key"].as_str().unwrap().to_owned(), row["_seq"].as_i64().unwrap(), row["_row"].as_i64().unwrap())
        };
        let expected = ["a", "b", "c", "d", "y", "e", "f", "g", "h"].into_iter().zip(2..);
        let expected = expected.map(|(key, seq)| (key.to_owned(), seq, i64::from(key == "y")));
        assert_eq!(rows.iter().map(place).collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }
}

/// How many batches are in an entry.
fn packed(entry: &super::super::LogEntry) -> usize {
    if entry.payload.is_empty() { 0 } else { Pack::decode(entry.seq, &entry.payload).unwrap().len() }
}

fn whole() -> autonomos_runtime::store::ReadLimit {
    autonomos_runtime::store::ReadLimit { bytes: 1 << 20, entries: 100 }
}

#[tokio::test]
async fn views_from_before_a_compaction_go_on_or_begin_anew() {
    let bench = Bench::new();
    let connection = bench.connection();
    bench.memory.mapping(connection, "s", &super::random::rules(1, 0), 1);
    let rows = |i: i64| batch(&[("a", i + 1, false), ("b", i + 1, false)], &[("name", vec![Some("x"), Some("y")])]);
    let (_old, behind) = bench.other();
    for i in 0..8 {
        bench.memory.records(connection, "s", "account", 1, &rows(i));
        if i == 4 {
            behind.advance(&bench.scope, &bench.log).await.unwrap();
        }
    }
    assert_eq!(behind.seen(&bench.scope), 6);
    while bench.advance().await.more {}
    let (live, stats) = (bench.dcl.digest(&bench.scope).await.unwrap(), bench.dcl.stats(&bench.scope).await.unwrap());
    // Merged only: what was folded already is passed over.
    let merge = Limits { superseded: TimeDelta::days(1), ..at_once() };
    assert_eq!(bench.memory.compact((connection, "s"), 9, &[], &merge), 0);
    behind.advance(&bench.scope, &bench.log).await.unwrap();
    assert_eq!(behind.digest(&bench.scope).await.unwrap(), live);
    assert_eq!(behind.stats(&bench.scope).await.unwrap().streams, stats.streams);
    // Pruned: views that stand among what is gone cannot tell what of it they have, and are folded from nothing.
    let (_older, behind) = bench.other();
    for seq in 1..=4 {
        let entry = bench.log.read_after(&bench.scope, seq - 1, limit()).await.unwrap().remove(0);
        let batch = (seq > 1).then(|| autonomos_runtime::canonical::codec::encode(&rows(seq - 2)).unwrap());
        let entry = super::super::LogEntry { payload: batch.unwrap_or(entry.payload.clone()), ..entry };
        behind.apply(&bench.scope, vec![entry], &bench.log).await.unwrap();
    }
    assert_eq!(bench.memory.compact((connection, "s"), 9, &[], &at_once()), 14);
    let entry = bench.log.read_after(&bench.scope, 8, limit()).await.unwrap().remove(0);
    let pack = Pack::decode(9, &entry.payload).unwrap();
    assert_eq!((pack.len(), pack.dropped().len(), pack.dropped()[0].rows), (1, 1, 14));
    while behind.advance(&bench.scope, &bench.log).await.unwrap().more {}
    assert_eq!(behind.digest(&bench.scope).await.unwrap(), live);
    assert_eq!(behind.stats(&bench.scope).await.unwrap().streams, stats.streams);
}

fn limit() -> autonomos_runtime::store::ReadLimit {
    autonomos_runtime::store::ReadLimit { bytes: 1, entries: 1 }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_tenants_log_shrinks_and_its_views_do_not_move() {
    // Who is who would go into the log meanwhile, and is another story.
    let node = TestNode::start(|config| {
        config.compaction.every_seconds = 0;
        config.unify.records = 0;
    })
    .await;
    let crm = node.demo("crm").await;
    for _ in 0..40 {
        node.sync(crm).await;
    }
    let (before, digest) = (node.log().await, node.digest().await);
    assert_eq!((before.compacted, before.saved), (0, 0));

    let node = node
        .again(|config| {
            config.compaction.every_seconds = 1;
            config.compaction.after_seconds = 0;
            config.compaction.entries = 8;
            config.unify.records = 0;
        })
        .await;
    node.platform.wake(&node.scope).await.unwrap();
    let seen = node.until("compaction", |seen| seen.extra["rounds"].as_u64() >= Some(1)).await;
    assert_eq!((seen.last_error, seen.restarts), (None, 0));
    let after = node.log().await;
    assert_eq!((after.head, after.rows), (before.head, before.rows));
    // All but the first batch of each of three streams, which has more rows than those after it.
    assert_eq!((after.bytes, after.compacted), (before.bytes - after.saved, 3 * (39 - 1)));
    assert!(after.bytes * 3 < before.bytes, "{after:?} of {before:?}");
    assert_eq!(node.digest().await, digest);

    // From nothing, and onward.
    let log = super::super::StoredLog::new(node.parts().store.clone());
    node.parts().dcl.rebuild(&node.scope, &log, &Stop::default()).await.unwrap();
    assert_eq!(node.digest().await, digest);
    node.sync(crm).await;
    let (after, digest) = (node.log().await, node.digest().await);
    node.parts().dcl.rebuild(&node.scope, &log, &Stop::default()).await.unwrap();
    assert_eq!(node.digest().await, digest);

    // And without what was superseded.
    let node = node
        .again(|config| {
            config.compaction.every_seconds = 1;
            config.compaction.superseded_days = 0;
            config.unify.records = 0;
        })
        .await;
    node.platform.wake(&node.scope).await.unwrap();
    let seen = node.until("compaction", |seen| seen.extra["rounds"].as_u64() >= Some(1)).await;
    let pruned = node.log().await;
    assert!(pruned.rows < after.rows && pruned.bytes < after.bytes, "{pruned:?} of {after:?}");
    assert_eq!(seen.last_error, None);
    let log = super::super::StoredLog::new(node.parts().store.clone());
    node.parts().dcl.rebuild(&node.scope, &log, &Stop::default()).await.unwrap();
    assert_eq!(node.digest().await, digest);
    node.platform.host().stop_all().await;
}
