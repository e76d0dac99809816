//! Rows that came in by a repair and go with it: the views are those from before, however and from where they are folded.

use arrow::array::RecordBatch;
use autonomos_runtime::canonical::mapping::{FieldRule, Mapping, Origin, Transform};
use autonomos_runtime::canonical::{Plan, RawBatch, Vocabulary};
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::Retract;

use super::super::Digest;
use super::log::Bench;
use crate::platform::shapes::ViewRequest;

/// Rules over `Id`, `Name`, and `Staff`, which must be a number unless they are lenient.
fn rules(version: i64, lenient: bool) -> Mapping {
    let rule = |source: &str, field: &str| FieldRule {
        source_path: source.to_owned(),
        field: field.to_owned(),
        transform: Transform::None,
        confidence: 1.0,
        origin: Origin::Rule,
        lenient: false,
    };
    let staff = FieldRule { lenient, ..rule("Staff", "employees") };
    Mapping {
        version,
        entity: "account".to_owned(),
        rules: vec![rule("Id", "account_id"), rule("Name", "name"), staff],
        key: vec!["Id".to_owned()],
        order_by: None,
    }
}

/// Rows of (id, name, staff) under rules; how many were refused is checked by the caller's data.
fn normal(rules: &Mapping, rows: &[[&str; 3]]) -> RecordBatch {
    let columns = ["Id", "Name", "Staff"].iter().enumerate().map(|(at, name)| {
        let values = rows.iter().map(|row| Some(row[at])).collect::<arrow::array::StringArray>();
        (*name, std::sync::Arc::new(values) as arrow::array::ArrayRef)
    });
    let raw = RawBatch::of(RecordBatch::try_from_iter(columns).unwrap());
    let plan = Plan::compile(Vocabulary::builtin(), rules, raw.columns.schema_ref()).unwrap();
    plan.run(&raw).unwrap().batch
}

/// A tenant whose accounts came in under strict rules, two of them as dead letters; and the position of the drift.
async fn drifted() -> (Bench, ConnectionId, i64) {
    let bench = Bench::new();
    let connection = bench.connection();
    bench.memory.mapping(connection, "s", &rules(1, false), 1);
    let first = normal(&rules(1, false), &[["a", "Acme", "1"], ["b", "Beta", "2"]]);
    bench.memory.records(connection, "s", "account", 1, &first);
    let late = normal(&rules(1, false), &[["a", "Acme 2", "many"], ["c", "Cobalt", "few"], ["d", "Delta", "4"]]);
    assert_eq!(late.num_rows(), 1);
    let from = bench.memory.records(connection, "s", "account", 1, &late);
    bench.advance().await;
    (bench, connection, from)
}

fn refused() -> RecordBatch {
    normal(&rules(2, true), &[["a", "Acme 2", "many"], ["c", "Cobalt", "few"]])
}

/// What the views are now, after folding what is left; the same is seen by a fold from nothing and after a restart.
async fn seen(bench: &Bench) -> Digest {
    while bench.advance().await.more {}
    let live = bench.dcl.digest(&bench.scope).await.unwrap();
    let stats = bench.dcl.stats(&bench.scope).await.unwrap();
    let stream = &stats.streams[0];
    assert_eq!(stream.rows, stream.live + stream.superseded + stream.deleted);
    let (_folder, other) = bench.other();
    while other.advance(&bench.scope, &bench.log).await.unwrap().more {}
    assert_eq!(other.digest(&bench.scope).await.unwrap(), live);
    let counts = |s: &super::super::Stats| (s.streams[0].rows, s.streams[0].live, s.streams[0].superseded);
    assert_eq!(counts(&other.stats(&bench.scope).await.unwrap()), counts(&stats));
    other.close_all().await;
    bench.dcl.close(&bench.scope).await;
    assert_eq!(bench.dcl.digest(&bench.scope).await.unwrap(), live);
    live
}

#[tokio::test]
async fn a_revert_takes_the_replayed_rows_along_as_often_as_it_is_asked() {
    let (bench, connection, from) = drifted().await;
    let before = seen(&bench).await;
    assert_eq!(before.rows, 3);
    let mut approved = None;
    for round in 0..3 {
        let (lenient, strict) = (rules(2 + 2 * round, true), rules(3 + 2 * round, false));
        bench.memory.mapping(connection, "s", &lenient, from);
        let seq = bench.memory.replayed(connection, "s", "account", lenient.version, &refused());
        let now = seen(&bench).await;
        assert_eq!(now.rows, 4);
        assert_eq!(approved.get_or_insert(now.digest.clone()), &now.digest);
        bench.memory.retracting(connection, "s", &strict, from, vec![Retract { seq, rows: vec![0, 1] }]);
        assert_eq!(seen(&bench).await.digest, before.digest);
    }
    let stats = bench.dcl.stats(&bench.scope).await.unwrap();
    assert_eq!((stats.streams[0].rows, stats.streams[0].live), (3, 3));
}

#[tokio::test]
async fn of_an_entry_only_the_rows_named_go_and_the_others_keep_their_place() {
    let (bench, connection, from) = drifted().await;
    bench.memory.mapping(connection, "s", &rules(2, true), from);
    let seq = bench.memory.replayed(connection, "s", "account", 2, &refused());
    let all = seen(&bench).await;
    // It reaches back by the rows it retracts alone: its rules hold from here on.
    let here = bench.memory.len() + 1;
    bench.memory.retracting(connection, "s", &rules(3, true), here, vec![Retract { seq, rows: vec![0] }]);
    let some = seen(&bench).await;
    assert_ne!(all.digest, some.digest);
    let ask = ViewRequest { view: "accounts".into(), sort: Some("account_id".into()), ..ViewRequest::default() };
    let page = bench.ask(&ask).await;
    let names: Vec<&str> = page["items"].as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Acme", "Beta", "Cobalt", "Delta"]);
    let sql = "SELECT _seq, _row FROM v_account WHERE _key = 'c'";
    let place = bench.dcl.select(&bench.scope, sql).await.unwrap().rows;
    assert_eq!((&place[0]["_seq"], &place[0]["_row"]), (&seq.into(), &1.into()));
    // A purge ends it: what is retracted afterwards was gone already.
    bench.memory.purge(connection);
    bench.memory.retracting(connection, "s", &rules(4, false), from, vec![Retract { seq, rows: vec![1] }]);
    while bench.advance().await.more {}
    assert_eq!(bench.dcl.digest(&bench.scope).await.unwrap().rows, 0);
}
